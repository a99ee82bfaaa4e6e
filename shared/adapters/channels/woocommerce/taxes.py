"""Reads taxes on WooCommerce lines: amounts stand on the line by rate id, names and percentages on the order."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from shared.adapters.channels.reading.bounds import MAX_PARTS
from shared.adapters.channels.reading.payload import Fields
from shared.domain import money

_LIKELY_DIGITS = (Decimal("0.01"), Decimal("0.001"), Decimal("0.0001"))
_MOST_DIGITS = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class LineTax:
    """One tax on one line: `amount` in minor units, perhaps with a fraction. `rate` is None if the payload has none."""

    name: str
    rate: Decimal | None
    amount: Decimal

    def rate_on(self, net: int) -> Decimal:
        """Returns the rate, or the one with the fewest digits that explains the amount. Old versions (API 1–3,
        WooCommerce below 3.7, which has no `rate_percent`) give amounts only, and the amounts are the charge: 0.35 on
        4.95 is 7 %, and not the 7.07 % of the quotient."""
        if self.rate is not None:
            return self.rate
        if not net:
            return Decimal(0)
        with localcontext(prec=60):
            quotient, charged = self.amount / net, int(self.amount.to_integral_value(ROUND_HALF_UP))
            likely = (quotient.quantize(digits) for digits in _LIKELY_DIGITS)
            return next(
                (rate for rate in likely if money.rate_of(net, rate) == charged), quotient.quantize(_MOST_DIGITS)
            )


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
