"""Reads the lines and fees of a WooCommerce order, rounded so that they sum to the shop's charge.

Line totals never contain tax, also with `prices_include_tax`: that flag is about the prices that the shop's staff type
in (WooCommerce REST API: Order, line_items "Line total (after discounts)" beside "total_tax"). So tax is always added.

A shop that rounds at the end sends lines cut to the cent which then miss the total by a cent or two. Two readings are
possible: `plain`, the amounts as sent; and `fine`, which takes line totals from the unrounded `price` and taxes from
the unrounded `taxes[].total`, and rounds everything together. Both are the shop's own numbers.
"""

from dataclasses import dataclass
from decimal import Decimal

from shared.adapters.channels.reading.bounds import MAX_PARTS
from shared.adapters.channels.reading.payload import Fields
from shared.adapters.channels.reading.sums import round_together
from shared.adapters.channels.woocommerce.shipping import read_shipping
from shared.adapters.channels.woocommerce.taxes import LineTax, read_line_taxes
from shared.domain.order.order import Fee, Shipping

HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Amounts:
    """A line as charged, in minor units; `total` is after discounts and before `taxes`."""

    total: int
    discount: int
    taxes: tuple[tuple[LineTax, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """All charges of the order, in whole minor units."""

    lines: tuple[Amounts, ...]
    shipping: Shipping
    fees: tuple[Fee, ...]

    @property
    def tax(self) -> int:
        lines = sum(amount for line in self.lines for _, amount in line.taxes)
        return lines + self.shipping.tax + sum(fee.tax for fee in self.fees)

    @property
    def total(self) -> int:
        lines = sum(line.total + sum(amount for _, amount in line.taxes) for line in self.lines)
        return lines + self.shipping.total + sum(fee.total for fee in self.fees)


def read_amounts(order: Fields, *, fine: bool) -> Reading:
    shipping = read_shipping(order)
    items, fees = order.objects("line_items"), order.objects("fee_lines", MAX_PARTS)
    taxes = [read_line_taxes(order, item, fine=fine) for item in items]
    totals = [_total(item, fine=fine) for item in items]
    exact = [
        *(part for total, own in zip(totals, taxes, strict=True) for part in (total, *(tax.amount for tax in own))),
        *shipping.exact,
        *(fee.exact_or_zero(key) for fee in fees for key in ("total", "total_tax")),
    ]
    rounded = iter(round_together(exact))
    return Reading(
        lines=tuple(
            Amounts(
                total=next(rounded),
                discount=_discount(item, total),
                taxes=tuple((tax, next(rounded)) for tax in own),
            )
            for item, total, own in zip(items, totals, taxes, strict=True)
        ),
        shipping=shipping.of([next(rounded) for _ in shipping.exact]),
        fees=tuple(_fee(fee, next(rounded), next(rounded)) for fee in fees),
    )


def _total(item: Fields, *, fine: bool) -> Decimal:
    total = item.exact("total")
    if total < 0:
        raise item.refusal("negative-amount", "A line's total is below zero.", "total")
    if not fine or not item.has("price"):
        return total
    unrounded = item.exact("price") * item.decimal("quantity")
    return unrounded if abs(unrounded - total) <= HALF else total


def _discount(item: Fields, total: Decimal) -> int:
    """Returns the discount: `subtotal` (before discounts) less the total. A total above it is a price raised by hand,
    without a discount."""
    subtotal = item.exact("subtotal") if item.has("subtotal") else total
    before, after = round_together([subtotal])[0], round_together([item.exact("total")])[0]
    return max(0, before - after)


def _fee(fee: Fields, amount: int, tax: int) -> Fee:
    name = fee.text_or_none("name") or fee.text_or_none("title") or "fee"
    return Fee(code=name, amount=amount, tax=tax)
