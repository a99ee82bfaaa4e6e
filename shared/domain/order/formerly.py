"""Splits a line that was another product while it ran into what that has used, which stays, and the rest, which moves.

What was used stays paid net: its price, its share of each discount, and its share of the tax actually charged
(`FormerProduct`). The line's own figures tell both together; whatever prices the line anew sees the rest alone.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from shared.domain.order.carried import Row, before_tax, tax_amounts
from shared.domain.order.line import Line
from shared.domain.order.line_history import Basis, FormerProduct
from shared.domain.order.line_price import LineDiscount, Tax

Likeness = Callable[[Row], Hashable]
"""Tells by what two rows are the same discount, or the same tax."""

_DISCOUNTS: Sequence[Likeness[LineDiscount]] = (
    lambda row: (row.scope, row.code, row.after_tax),
    lambda row: (row.scope, row.after_tax),
    lambda row: row.after_tax,
)
_TAXES: Sequence[Likeness[Tax]] = (
    lambda row: (row.name, row.rate, row.jurisdiction),
    lambda row: row.name,
    lambda _: None,
)


def keeping_former(line: Line, change: Callable[[Line], Line]) -> Line:
    """Returns the line changed by `change`, which sees the rest alone; what former products used stays."""
    if not line.formerly:
        return change(line)
    rest = rest_of(line)
    after = change(rest)
    return line if after is rest else with_former(after, line.formerly)


def rest_of(line: Line) -> Line:
    """Returns the line without what former products of it have used."""
    if not line.formerly:
        return line
    return replace(_plus(line, line.formerly, -1), formerly=())


def with_former(rest: Line, formerly: tuple[FormerProduct, ...]) -> Line:
    """Returns the rest of a line together with what these products have used: each discount and tax in the row of its
    like, and in a row of its own where there is none."""
    return replace(_plus(with_rows_for(rest, formerly), formerly, 1), formerly=formerly)


def with_rows_for(rest: Line, formerly: Sequence[FormerProduct]) -> Line:
    """Returns the rest with rows of nothing for the discounts and taxes of former products that are like none of
    it."""
    discounts, taxes = list(rest.discounts), list(rest.taxes)
    for former in formerly:
        discounts += [
            replace(each, type="amount", percent=None, amount=0)
            for each, place in zip(former.discounts, _places(discounts, former.discounts, _DISCOUNTS), strict=True)
            if place is None
        ]
        taxes += [replace(each, rate=each.rate * 0, amount=0) for each in former.taxes] if not taxes else []
    if len(discounts) == len(rest.discounts) and len(taxes) == len(rest.taxes):
        return rest
    more = len(discounts) - len(rest.discounts), len(taxes) - len(rest.taxes)
    basis, taxed = _wider(rest.basis, *more), _wider(rest.taxed, *more)
    return replace(rest, discounts=tuple(discounts), taxes=tuple(taxes), basis=basis, taxed=taxed)


def _wider(basis: Basis | None, discounts: int, taxes: int) -> Basis | None:
    if basis is None:
        return None
    return replace(basis, discounts=(*basis.discounts, *(0,) * discounts), taxes=(*basis.taxes, *(0,) * taxes))


def used_of_each(rows: Sequence[LineDiscount], formerly: Iterable[FormerProduct]) -> list[int]:
    """Returns the minor units that former products have used of each of these discounts."""
    return _sums(rows, [former.discounts for former in formerly], _DISCOUNTS)


def retaxed(formerly: Iterable[FormerProduct], rates: Sequence[Tax], *, included: bool) -> tuple[FormerProduct, ...]:
    """Returns former products on other rates: all of them together bear each tax half-up, so that many that used
    little come to what one that used all of it would."""
    former = list(formerly)
    reached = accumulate((each.amount - _before_tax(each.discounts) for each in former), initial=0)
    taxes = [tax_amounts(net, [rate.rate for rate in rates], included=included) for net in reached]
    return tuple(
        replace(each, taxes=tuple(replace(rate, amount=b - a) for rate, a, b in zip(rates, *pair, strict=True)))
        for each, pair in zip(former, pairwise(taxes), strict=True)
    )


def _before_tax(discounts: Sequence[LineDiscount]) -> int:
    return before_tax(discounts, [each.amount for each in discounts])


def _plus(line: Line, formerly: Sequence[FormerProduct], sign: int) -> Line:
    discounts = used_of_each(line.discounts, formerly)
    taxes = _sums(line.taxes, [former.taxes for former in formerly], _TAXES)
    return replace(
        line,
        gross=line.gross + sign * sum(former.amount for former in formerly),
        discounts=_each_plus(line.discounts, discounts, sign),
        taxes=_each_plus(line.taxes, taxes, sign),
    )


def _each_plus(rows: Sequence[Row], amounts: Sequence[int], sign: int) -> tuple[Row, ...]:
    pairs = zip(rows, amounts, strict=True)
    return tuple(replace(row, amount=row.amount + sign * amount) if amount else row for row, amount in pairs)


def _sums(rows: Sequence[Row], used: Iterable[Sequence[Row]], alike: Sequence[Likeness[Row]]) -> list[int]:
    sums = [0] * len(rows)
    for each in used:
        for row, place in zip(each, _places(rows, each, alike), strict=True):
            if place is not None:
                sums[place] += row.amount
    return sums


def _places(rows: Sequence[Row], used: Sequence[Row], alike: Sequence[Likeness[Row]]) -> list[int | None]:
    """Returns for each row that is used the place of its like: by the first likeness that finds any, the second of two
    alike is the second there as well, or the last."""
    return [_place(rows, used[:number], row, alike) for number, row in enumerate(used)]


def _place(rows: Sequence[Row], earlier: Sequence[Row], row: Row, alike: Sequence[Likeness[Row]]) -> int | None:
    for like in alike:
        found = [place for place, each in enumerate(rows) if like(each) == like(row)]
        if found:
            count = sum(1 for each in earlier if like(each) == like(row))
            return found[min(count, len(found) - 1)]
    return None
