"""Works out what a line comes to, from what was agreed and from how much of it is left."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from tests.oracle.book import Discounts, Extent, Figures, Grant, Line, Price, Rate, Sold, Taxes
from tests.oracle.exact import half_up, part, periods


@lru_cache(maxsize=2000)
def figures(line: Line) -> Figures:
    """Returns what the line comes to as it stands."""
    gross = gross_of(line)
    discount = sum(discounts_of(line, gross))
    taxes = taxes_of(line, gross - discount)
    names = (rate.name for rate in line.taxes.rates)
    return Figures(gross, discount, tuple(zip(names, taxes, strict=True)), line.included)


def extent_of(line: Line) -> Extent:
    """Returns how much of the line there is: what its units and dates cost at the price that was agreed."""
    return Extent(gross_of(replace(line, price=line.sold.price)), line.quantity)


def charges_of(line: Line) -> list[Fraction]:
    """Returns what each charge comes to before it is rounded."""
    if not line.quantity or line.start is None or line.end is None:
        return [Fraction(0) for _ in line.charges]
    return [charge.price * _times(charge, line.quantity, line.start, line.end) for charge in line.charges]


def _times(charge: Price, quantity: int, start: date, end: date) -> Fraction:
    if charge.type == "recurring":
        return quantity * periods(start, end, charge.period)
    return Fraction(1 if charge.type == "one_time" else 0)


def gross_of(line: Line) -> int:
    """Returns the price before discounts: each charge rounded by itself; of goods, with the share of what the
    channel adjusted."""
    if line.charges:
        return sum(half_up(charge) for charge in charges_of(line))
    sold = line.sold
    if line.price != sold.price:
        return line.price * line.quantity
    adjustment = sold.gross - sold.price * sold.quantity
    return line.price * line.quantity + half_up(part(adjustment, Fraction(line.quantity), Fraction(sold.quantity)))


def discounts_of(line: Line, gross: int) -> list[int]:
    """Returns the discounts: the shares that are left of those agreed, or each anew where there is more, or another
    price. Together they are never more than the price."""
    if is_part(line):
        return shares(line.discounts.amounts, extent_of(line).share_of(line.discounts.extent), gross)
    agreed, left, left_then, found = line.discounts, gross, line.discounts.gross, []
    for grant, amount in zip(agreed.grants, agreed.amounts, strict=True):
        before = (amount, left_then) if line.price == agreed.price else (0, 0)
        off = max(0, min(left, _off(grant, extent_of(line), left, *before)))
        found.append(off)
        left, left_then = left - off, left_then - amount
    return found


def _off(grant: Grant, extent: Extent, left: int, amount: int, left_then: int) -> int:
    """Returns one discount: a percentage of what is beyond the agreed, or the share of the amount that was granted."""
    if grant.percent is None:
        return half_up(grant.amount * min(Fraction(1), extent.share_of(grant.extent)))
    return amount + half_up(grant.percent * (left - left_then))


def is_part(line: Line) -> bool:
    """Tells if the line is a part of what its discounts were agreed for, or all of it, at the same price."""
    return line.price == line.discounts.price and extent_of(line).share_of(line.discounts.extent) <= 1


def shares(amounts: Sequence[int], share: Fraction, most: int) -> list[int]:
    """Returns the shares of amounts, rounded together: each takes what brings the sum so far to its share."""
    sums = [min(most, half_up(sum(amounts[:count]) * share)) for count in range(len(amounts) + 1)]
    return [after - before for before, after in pairwise(sums)]


def taxes_of(line: Line, net: int) -> list[int]:
    """Returns the taxes: the share that is left of those charged, and the rate on what is beyond, or at another
    price."""
    agreed, share = line.taxes, extent_of(line).share_of(line.taxes.extent)
    if line.price != agreed.price:
        return by_rates(agreed.rates, net, included=line.included)
    if share <= 1:
        return [half_up(amount * share) for amount in agreed.amounts]
    beyond = by_rates(agreed.rates, net - agreed.net, included=line.included)
    return [amount + more for amount, more in zip(agreed.amounts, beyond, strict=True)]


def by_rates(rates: Sequence[Rate], net: int, *, included: bool) -> list[int]:
    """Returns each tax on a net price, rounded by itself; included taxes are contained in it, all together."""
    whole = 1 + (sum((rate.rate for rate in rates), Fraction(0)) if included else 0)
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


def grants_as_shown(line: Line) -> list[Grant]:
    """Returns the discounts as they stand for what is left of the line, but for what a low price cuts."""
    extent, shown = extent_of(line), discounts_of(line, gross_of(line))
    cut = [amount < grant.amount for grant, amount in zip(line.discounts.grants, line.discounts.amounts, strict=True)]
    return [
        replace(grant, amount=_off(grant, extent, 0, 0, 0) if low or not is_part(line) else amount, extent=extent)
        for grant, amount, low in zip(line.discounts.grants, shown, cut, strict=True)
    ]


def with_taxes_agreed(line: Line, rates: Sequence[Rate], charged: Sequence[int | None] = ()) -> Line:
    """Agrees these taxes at the present price and extent: as they were charged, else by their rates."""
    line = replace(line, taxes=replace(line.taxes, rates=tuple(rates)))
    gross = gross_of(line)
    net = gross - sum(discounts_of(line, gross))
    due = by_rates(rates, net, included=line.included)
    given = [*charged, *(None for _ in due)]
    amounts = tuple(own if own is not None else tax for own, tax in zip(given, due, strict=False))
    return replace(line, taxes=Taxes(line.price, extent_of(line), net, tuple(rates), amounts))
