"""Works out what a line comes to, from what was agreed and from how much of it is left."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import lru_cache

from tests.oracle.book import Discounts, Extent, Figures, Grant, Line, Price, Rate, Sold, Taxes
from tests.oracle.exact import half_up, part, periods

NOTHING = Fraction(0)


@lru_cache(maxsize=2000)
def figures(line: Line) -> Figures:
    """Returns what the line comes to as it stands."""
    gross = gross_of(line)
    discount = sum(discounts_of(line, gross))
    taxes = taxes_of(line, gross - discount)
    names = (rate.name for rate in line.taxes.rates)
    return Figures(gross, discount, tuple(zip(names, taxes, strict=True)), line.included)


def extent_of(line: Line) -> Extent:
    """Returns how much of the line there is: exact prices of a subscription, or units of goods."""
    return sum(charges_of(line), NOTHING) if line.charges else Fraction(line.quantity)


def charges_of(line: Line) -> list[Fraction]:
    """Returns what each charge comes to before it is rounded."""
    if not line.quantity or line.start is None or line.end is None:
        return [NOTHING for _ in line.charges]
    return [charge.price * _times(charge, line.quantity, line.start, line.end) for charge in line.charges]


def _times(charge: Price, quantity: int, start: date, end: date) -> Fraction:
    if charge.type == "recurring":
        return quantity * periods(start, end, charge.period)
    return Fraction(1 if charge.type == "one_time" else 0)


def gross_of(line: Line) -> int:
    """Returns the price before discounts: each charge rounded by itself; of goods, the share of the agreed price."""
    if line.charges:
        return sum(half_up(charge) for charge in charges_of(line))
    sold = line.sold
    if line.price != sold.price:
        return line.price * line.quantity
    if line.quantity <= sold.quantity:
        return half_up(Fraction(sold.gross * line.quantity, sold.quantity))
    return sold.gross + line.price * (line.quantity - sold.quantity)


def discounts_of(line: Line, gross: int) -> list[int]:
    """Returns the discounts: the share that is left of those agreed, or each anew where there is more, or another
    price. Together they are never more than the price."""
    agreed, extent = line.discounts, extent_of(line)
    if line.price == agreed.price and extent <= agreed.extent:
        return [min(gross, half_up(part(sum(agreed.amounts), extent, agreed.extent)))]
    left, left_then, found = gross, agreed.gross, []
    for grant, amount in zip(agreed.grants, agreed.amounts, strict=True):
        before = (amount, left_then) if line.price == agreed.price else (0, 0)
        off = max(0, min(left, _off(grant, extent, left, *before)))
        found.append(off)
        left, left_then = left - off, left_then - amount
    return found


def _off(grant: Grant, extent: Extent, left: int, amount: int, left_then: int) -> int:
    """Returns one discount: a percentage of what is beyond the agreed, or the whole amount that was granted."""
    if grant.percent is None:
        return half_up(part(grant.amount, min(extent, grant.extent), grant.extent))
    return amount + half_up(grant.percent * (left - left_then))


def taxes_of(line: Line, net: int) -> list[int]:
    """Returns the taxes: the share that is left of those charged, and the rate on what is beyond, or at another
    price."""
    agreed, extent = line.taxes, extent_of(line)
    if line.price != agreed.price:
        return by_rates(agreed.rates, net, included=line.included)
    if extent <= agreed.extent:
        return [half_up(part(amount, extent, agreed.extent)) for amount in agreed.amounts]
    beyond = by_rates(agreed.rates, net - agreed.net, included=line.included)
    return [amount + more for amount, more in zip(agreed.amounts, beyond, strict=True)]


def by_rates(rates: Sequence[Rate], net: int, *, included: bool) -> list[int]:
    """Returns each tax on a net price, rounded by itself; included taxes are contained in it, all together."""
    whole = 1 + (sum((rate.rate for rate in rates), NOTHING) if included else NOTHING)
    return [half_up(net * rate.rate / whole) for rate in rates]


def with_price_agreed(line: Line) -> Line:
    """Agrees the present price for the present units: another product."""
    return replace(line, sold=Sold(line.quantity, line.price, line.price * line.quantity))


def with_discounts_agreed(line: Line, grants: Sequence[Grant]) -> Line:
    """Agrees these discounts at the present price and extent, one after the other."""
    gross, extent = gross_of(line), extent_of(line)
    left, amounts = gross, []
    for grant in grants:
        off = min(left, _off(grant, extent, left, 0, 0))
        amounts.append(off)
        left -= off
    return replace(line, discounts=Discounts(line.price, extent, gross, tuple(grants), tuple(amounts)))


def with_taxes_agreed(line: Line, rates: Sequence[Rate], charged: Sequence[int | None] = ()) -> Line:
    """Agrees these taxes at the present price and extent: as they were charged, else by their rates."""
    line = replace(line, taxes=replace(line.taxes, rates=tuple(rates)))
    gross = gross_of(line)
    net = gross - sum(discounts_of(line, gross))
    due = by_rates(rates, net, included=line.included)
    given = [*charged, *(None for _ in due)]
    amounts = tuple(own if own is not None else tax for own, tax in zip(given, due, strict=False))
    return replace(line, taxes=Taxes(line.price, extent_of(line), net, tuple(rates), amounts))
