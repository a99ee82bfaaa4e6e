"""Reads the shipping of a WooCommerce order: one price, and its taxes with the rates that its lines name."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shared.adapters.channels.reading.payload import Fields
from shared.adapters.channels.reading.texts import listed
from shared.adapters.channels.woocommerce.taxes import LineTax, read_line_taxes
from shared.domain.intake.new_order import NewTax
from shared.domain.intake.new_shipping import taxed_shipping
from shared.domain.order.order import Shipping


@dataclass(frozen=True, slots=True)
class ReadShipping:
    """Shipping as charged, in minor units, perhaps with fractions. `taxes` have rates; where the payload does not give
    them for all of the tax there are none, and `tax` is an amount only."""

    method: str | None
    price: Decimal
    tax: Decimal
    taxes: tuple[LineTax, ...]

    @property
    def exact(self) -> tuple[Decimal, ...]:
        """Returns the amounts that are to be rounded: the price, and each tax or their sum."""
        return (self.price, *(tax.amount for tax in self.taxes)) if self.taxes else (self.price, self.tax)

    def of(self, rounded: Sequence[int]) -> Shipping:
        """Returns the shipping at the amounts of `exact` in whole minor units."""
        price, *amounts = rounded
        if not self.taxes:
            return Shipping(method=self.method, price=price, unrated=amounts[0])
        taxes = [
            NewTax(name=tax.name, rate=tax.rate or Decimal(0), amount=amount)
            for tax, amount in zip(self.taxes, amounts, strict=True)
        ]
        return taxed_shipping(price, taxes, method=self.method)


def read_shipping(order: Fields) -> ReadShipping:
    """Returns shipping from the shipping lines, or from the order's own `shipping_total` and `shipping_tax` (API 1-3:
    `total_shipping`) if the lines have none."""
    lines = order.objects("shipping_lines")
    price, tax = _sum(lines, "total"), _sum(lines, "total_tax")
    if price is None:
        price = order.exact_or_zero("shipping_total" if order.has("shipping_total") else "total_shipping")
    tax = order.exact_or_zero("shipping_tax") if tax is None else tax
    return ReadShipping(_method(lines), price, tax, _taxes(order, lines, tax))


def _sum(lines: Sequence[Fields], key: str) -> Decimal | None:
    if not lines or not all(line.has(key) for line in lines):
        return None
    return sum((line.exact(key) for line in lines), Decimal(0))


def _taxes(order: Fields, lines: Sequence[Fields], tax: Decimal) -> tuple[LineTax, ...]:
    """Returns the taxes of all shipping lines that cost something, if these are taxed alike and come to the tax that
    was charged."""
    paid = [read_line_taxes(order, line, fine=False) for line in lines if line.has("total") and line.exact("total") > 0]
    kinds = {tuple((each.name, each.rate) for each in taxes) for taxes in paid}
    if len(kinds) != 1 or any(each.rate is None for taxes in paid for each in taxes):
        return ()
    together = tuple(
        LineTax(same[0].name, same[0].rate, sum((each.amount for each in same), Decimal(0)))
        for same in zip(*paid, strict=True)
    )
    return together if sum((each.amount for each in together), Decimal(0)) == tax else ()


def _method(lines: Sequence[Fields]) -> str | None:
    titles = [title for line in lines if (title := line.text_or_none("method_title"))]
    return listed(titles, " + ")
