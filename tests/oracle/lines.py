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
    agreed = line.discounts
    if is_part(line):
        return shares([amount * extent_of(line).share_of(agreed.extent) for amount in agreed.amounts], gross)
    beyond = line.price == agreed.price
    left, left_then, found = gross, agreed.gross if beyond else 0, []
    for grant, amount, granted in zip(agreed.grants, agreed.amounts, granted_of(line), strict=True):
        more = 0 if grant.percent is None else half_up(grant.percent * (left - left_then))
        found.append(max(0, min(left, granted + more if beyond or grant.percent is None else more)))
        left, left_then = left - found[-1], left_then - amount if beyond else 0
    return found


def granted_of(line: Line) -> list[int]:
    """Returns the share that is left of each fixed amount as it was granted, and what each percentage came to."""
    extent, grants = extent_of(line), line.discounts.grants
    fixed = iter(shares([each.amount * min(Fraction(1), extent.share_of(each.extent)) for each in grants
                         if each.percent is None]))  # fmt: skip
    return [
        next(fixed) if each.percent is None else amount
        for each, amount in zip(grants, line.discounts.amounts, strict=True)
    ]


def is_part(line: Line) -> bool:
    """Tells if the line is a part of what its discounts were agreed for, or all of it, at the same price."""
    return line.price == line.discounts.price and extent_of(line).share_of(line.discounts.extent) <= 1


def shares(exact: Sequence[Fraction], most: int | None = None) -> list[int]:
    """Returns amounts that are rounded together: each takes what brings the sum so far to the exact one, half-up."""
    sums = [half_up(sum(exact[:count], Fraction(0))) for count in range(len(exact) + 1)]
    sums = sums if most is None else [min(most, each) for each in sums]
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
        off = min(left, grant.amount if grant.percent is None else half_up(grant.percent * left))
        amounts.append(off)
        left -= off
    granted = tuple(replace(grant, extent=extent) for grant in grants)
    return replace(line, discounts=Discounts(line.price, extent, gross, granted, tuple(amounts)))


def grants_as_shown(line: Line) -> list[Grant]:
    """Returns the discounts as they stand for what is left of the line, but for what a low price cuts."""
    agreed, whole = line.discounts, granted_of(line)
    shown = discounts_of(line, gross_of(line)) if is_part(line) else whole
    return [
        replace(grant, amount=given if amount < grant.amount else now)
        for grant, amount, now, given in zip(agreed.grants, agreed.amounts, shown, whole, strict=True)
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
