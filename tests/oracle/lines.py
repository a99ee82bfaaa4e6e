"""Works out what a line comes to, from what was agreed and from how much of it is left."""

from collections import Counter
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
    found = priced(line)
    return less(found, goodwill_of(line, found.total)) if line.goodwill else found


def priced(line: Line) -> Figures:
    """Returns what the line comes to without goodwill."""
    gross = gross_of(line)
    discounts = discounts_of(line, gross)
    taxes = taxes_of(line)
    names = (rate.name for rate in line.taxes.rates)
    found = Figures(gross, sum(discounts), tuple(zip(names, taxes, strict=True)), line.included)
    return _with_used(found, line) if line.used else found


def _with_used(rest: Figures, line: Line) -> Figures:
    """Returns what the rest of a line comes to with what former products of it have used."""
    gross = rest.gross + sum(each.gross for each in line.used)
    discount = rest.discount + sum(each.discount for each in line.used)
    taxes = Counter(dict(rest.taxes))
    for name, amount in [tax for each in line.used for tax in each.taxes]:
        taxes[name] += amount
    return Figures(gross, discount, tuple(taxes.items()), rest.included)


def less(found: Figures, goodwill: int) -> Figures:
    """Returns figures after goodwill: price and taxes fall in proportion, taxes rounded together."""
    if not goodwill:
        return found
    left = shares([Fraction((found.total - goodwill) * amount, found.total) for _, amount in found.taxes])
    taxes = tuple((name, amount) for (name, _), amount in zip(found.taxes, left, strict=True))
    lower = goodwill if found.included else goodwill - found.tax + sum(left)
    return replace(found, discount=found.discount + lower, taxes=taxes)


def goodwill_of(line: Line, most: int) -> int:
    """Returns the goodwill on a line: what is left of it, and no more than the line costs."""
    left = min(most, goodwill_left(line))
    return most if most - left <= _cents_of_rounding(line) else left


def _cents_of_rounding(line: Line) -> int:
    """Returns what may not be left of units that cost nothing when all of them were there: a cent for each number that
    is rounded anew."""
    last = line.goodwill[-1]
    if not last.whole or line.price != last.price or line.quantity > last.extent.units:
        return 0
    return 1 + len(line.discounts.grants) + len(line.taxes.rates) + len(line.charges)


def goodwill_left(line: Line) -> int:
    """Returns so much of the goodwill on a line as is left of the line."""
    shares_left = [min(Fraction(1), whole_extent_of(line, each.price).share_of(each.extent)) for each in line.goodwill]
    amounts = zip(line.goodwill, shares_left, strict=True)
    return half_up(sum((each.amount * share for each, share in amounts), Fraction(0)))


def extent_of(line: Line, price: int) -> Extent:
    """Returns how much of the line there is: what its units and dates cost at a price that was agreed."""
    return Extent(gross_of(replace(line, price=price)), line.quantity)


def whole_extent_of(line: Line, price: int) -> Extent:
    """Returns how much of the line there is, with what former products of it used."""
    rest = extent_of(line, price)
    return replace(rest, price=rest.price + sum(each.gross for each in line.used))


def without_later(line: Line, seats: int) -> Line:
    """Returns the line without the units that joined after those of this number."""
    later = sum(each.units for each in line.seats if each.number > seats and each.end is None)
    kept = tuple(each for each in line.seats if each.number <= seats)
    return replace(line, quantity=line.quantity - later, seats=kept) if len(kept) < len(line.seats) else line


def charges_of(line: Line) -> list[Fraction]:
    """Returns what each charge comes to before it is rounded: units are charged from their day to their day."""
    if line.start is None or line.end is None or not (line.quantity or line.seats):
        return [Fraction(0) for _ in line.charges]
    spans = [(line.quantity - line.joined, line.start, line.end)]
    spans += [(each.units, each.start, each.end or line.end) for each in line.seats]
    return [charge.price * _times(charge, spans) for charge in line.charges]


def _times(charge: Price, spans: Sequence[tuple[int, date, date]]) -> Fraction:
    if charge.type == "recurring":
        return sum((units * periods(start, end, charge.period) for units, start, end in spans), Fraction(0))
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
    """Returns the discounts: the shares that are left of those agreed, and the percentages of what is beyond; each anew
    at another price. Together they are never more than the price."""
    if line.price != line.discounts.price:
        amounts, left_then = [0 for _ in line.discounts.grants], 0
    else:
        amounts, left_then = agreed_part(line)
        if left_then == gross:
            return capped(amounts, gross)
    left, found, whole = gross, [], granted_of(line)
    if line.price == line.discounts.price:
        agreed = zip(line.discounts.grants, line.discounts.amounts, amounts, whole, strict=True)
        whole = [given if grant.amount > was else now for grant, was, now, given in agreed]
    for grant, amount, granted in zip(line.discounts.grants, amounts, whole, strict=True):
        off = granted if grant.percent is None else amount + half_up(grant.percent * (left - left_then))
        found.append(max(0, min(left, off)))
        left, left_then = left - found[-1], left_then - amount
    return found


def agreed_part(line: Line) -> tuple[list[int], int]:
    """Returns what is left of the agreed discounts, and the price that they are on."""
    agreed, kept = line.discounts, without_later(line, line.discounts.seats)
    share = extent_of(kept, agreed.price).share_of(agreed.extent)
    if share > 1:
        return list(agreed.amounts), agreed.gross
    gross = gross_of(kept)
    return capped(shares([amount * share for amount in agreed.amounts]), gross), gross


def capped(amounts: Sequence[int], most: int) -> list[int]:
    """Returns the amounts as far as there is room, one after the other."""
    sums = [min(most, sum(amounts[:count])) for count in range(len(amounts) + 1)]
    return [after - before for before, after in pairwise(sums)]


def granted_of(line: Line) -> list[int]:
    """Returns the share that is left of each fixed amount as it was granted, and what each percentage came to."""
    agreed, kept = line.discounts, without_later(line, line.discounts.seats)
    extent, grants = extent_of(kept, agreed.price), agreed.grants
    fixed = [
        each.amount * min(Fraction(1), extent.share_of(each.extent)) if each.percent is None else Fraction(0)
        for each in grants
    ]
    amounts = zip(grants, shares(fixed), line.discounts.amounts, strict=True)
    return [share if each.percent is None else amount for each, share, amount in amounts]


def shares(exact: Sequence[Fraction]) -> list[int]:
    """Returns amounts that are rounded together: each takes what brings the sum so far to the exact one, half-up."""
    sums = [half_up(sum(exact[:count], Fraction(0))) for count in range(len(exact) + 1)]
    return [after - before for before, after in pairwise(sums)]


def taxable_of(line: Line) -> int:
    """Returns the price that is taxed: after all discounts but deductions without tax."""
    gross = gross_of(line)
    off = zip(line.discounts.grants, discounts_of(line, gross), strict=True)
    return gross - sum(amount for grant, amount in off if not grant.after_tax)


def taxes_of(line: Line) -> list[int]:
    """Returns the taxes: the share that is left of those charged, and the rates on what is beyond, or at another
    price."""
    agreed, net = line.taxes, taxable_of(line)
    if line.price != agreed.price:
        return by_rates(agreed.rates, net, included=line.included)
    kept = without_later(line, agreed.seats)
    share = extent_of(kept, agreed.price).share_of(agreed.extent)
    net_then = agreed.net if share > 1 else taxable_of(kept)
    if share < 1 and agreed.net and agreed.extent != line.discounts.extent:
        share = Fraction(net_then, agreed.net)
    beyond = by_rates(agreed.rates, net - net_then, included=line.included)
    return [
        half_up(amount * min(Fraction(1), share)) + more for amount, more in zip(agreed.amounts, beyond, strict=True)
    ]


def by_rates(rates: Sequence[Rate], net: int, *, included: bool) -> list[int]:
    """Returns each tax on a net price, rounded by itself; included taxes are contained in it, all together."""
    whole = 1 + (sum((rate.rate for rate in rates), Fraction(0)) if included else 0)
    return [half_up(net * rate.rate / whole) for rate in rates]


def with_price_agreed(line: Line) -> Line:
    """Agrees the present price for the present units: another product."""
    return replace(line, sold=Sold(line.quantity, line.price, line.price * line.quantity))


def with_discounts_agreed(line: Line, grants: Sequence[Grant]) -> Line:
    """Agrees these discounts at the present price and extent, one after the other."""
    gross, extent = gross_of(line), extent_of(line, line.price)
    left, amounts = gross, []
    for grant in grants:
        off = min(left, grant.amount if grant.percent is None else half_up(grant.percent * left))
        amounts.append(off)
        left -= off
    granted = tuple(replace(grant, extent=extent) for grant in grants)
    agreed = Discounts(line.price, extent, gross, granted, tuple(amounts), line.last_seats)
    return replace(line, discounts=agreed)


def grants_as_shown(line: Line) -> list[Grant]:
    """Returns the discounts as they stand for what is left of the line, but for what a low price cuts."""
    agreed, whole = line.discounts, granted_of(line)
    shown = agreed_part(line)[0] if line.price == agreed.price else whole
    return [
        replace(grant, amount=given if amount < grant.amount else now)
        for grant, amount, now, given in zip(agreed.grants, agreed.amounts, shown, whole, strict=True)
    ]


def with_taxes_agreed(line: Line, rates: Sequence[Rate], charged: Sequence[int | None] = ()) -> Line:
    """Agrees these taxes at the present price and extent: as they were charged, else by their rates."""
    net = taxable_of(line)
    due = by_rates(rates, net, included=line.included)
    given = [*charged, *(None for _ in due)]
    amounts = tuple(own if own is not None else tax for own, tax in zip(given, due, strict=False))
    return replace(
        line, taxes=Taxes(line.price, extent_of(line, line.price), net, tuple(rates), amounts, line.last_seats)
    )
