"""Reads taxes on WooCommerce lines: amounts stand on the line by rate id, names and percentages on the order."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from shared.adapters.channels.reading.bounds import MAX_PARTS
from shared.adapters.channels.reading.payload import Fields
from shared.domain import money

_LIKELY_DIGITS = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class LineTax:
    """One tax on one line: `amount` in minor units, perhaps with a fraction. `rate` is None if the payload has none."""

    name: str
    rate: Decimal | None
    amount: Decimal

    def rate_on(self, net: int) -> Decimal:
        """Returns the rate, or tax ÷ net to four digits. Old versions (API 1–3, WooCommerce below 3.7, which has no
        `rate_percent`) give amounts only, and the amounts are the charge."""
        if self.rate is not None:
            return self.rate
        with localcontext(prec=60):
            return (self.amount / net).quantize(_LIKELY_DIGITS) if net else Decimal(0)


def read_line_taxes(order: Fields, item: Fields, *, fine: bool) -> tuple[LineTax, ...]:
    """Returns the line's taxes by rate. Unless `fine`, they sum to `total_tax`, the line's tax as the shop rounded
    it."""
    rates = {each.text("rate_id"): each for each in order.objects("tax_lines", MAX_PARTS) if each.has("rate_id")}
    parts = [each for each in item.objects("taxes", MAX_PARTS) if each.has("total") and each.exact("total") > 0]
    amounts = [each.exact("total") for each in parts]
    total = item.exact("total_tax") if item.has("total_tax") else sum(amounts, Decimal(0))
    if total < 0:
        raise item.refusal("negative-amount", "A line's tax is below zero.", "total_tax")
    if not parts:
        only = next(iter(rates.values())) if len(rates) == 1 else None
        return (_tax(only, total),) if total else ()
    if not fine and total == int(total):
        amounts = [Decimal(part) for part in money.allocate(int(total), _weights(amounts))]
    told = [rates.get(each.text_or_none("id") or "") for each in parts]
    return tuple(_tax(rate, amount) for rate, amount in zip(told, amounts, strict=True))


def _weights(amounts: Sequence[Decimal]) -> list[int]:
    with localcontext(prec=60):
        return [int(amount.scaleb(19)) for amount in amounts]


def _tax(rate: Fields | None, amount: Decimal) -> LineTax:
    if rate is None:
        return LineTax("Tax", None, amount)
    name = rate.text_or_none("label") or rate.text_or_none("title") or rate.text_or_none("rate_code") or "Tax"
    percent = rate.rate("rate_percent") / 100 if rate.has("rate_percent") else None
    return LineTax(name, percent, amount)
