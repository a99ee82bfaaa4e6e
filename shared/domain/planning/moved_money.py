"""Sums the money that a change moves on a line, so that approvals are asked for by all of it: units that come never
make up for a price that falls, nor for a shorter time."""

from collections.abc import Iterable, Set
from itertools import pairwise

from shared.domain.order.goodwill import keeping_goodwill
from shared.domain.order.line import Line
from shared.domain.order.pricing import moved, total_at
from shared.domain.order.terms import Terms, terms_of
from shared.domain.planning.plan import LineChange


def moved_on_lines(lines: Iterable[LineChange], one_step: Set[str]) -> int:
    """Returns the minor units that move on the lines, up or down, each step of each line for itself. Lines in
    `one_step` move by nothing but their number of units, and by goodwill."""
    return sum([_moved(each.before, each.after, one_step=each.line_id in one_step) for each in lines])


def _moved(before: Line | None, after: Line, *, one_step: bool) -> int:
    """Returns the minor units that move on one line. Another product moves the whole of both."""
    if before is None:
        return abs(after.total)
    if before.sku != after.sku:
        return before.total + after.total
    if one_step and before.goodwill is after.goodwill:
        return abs(after.total - before.total)
    sums = (before.total, *(_total_at(before, terms) for terms in _steps(before, after)), after.total)
    return sum(abs(later - earlier) for earlier, later in pairwise(sums))


def _steps(before: Line, after: Line) -> tuple[Terms, ...]:
    """Returns the terms between a line and what becomes of it: first with its units, then for its dates as well. Price,
    discounts and taxes are the last step. There are none where all that changes is the price, or the line goes."""
    here, there = terms_of(before), terms_of(after)
    if not after.quantity or here._replace(unit_price=there.unit_price) == there:
        return ()
    dates = there._replace(unit_price=here.unit_price)
    units = dates._replace(start_date=here.start_date, end_date=here.end_date)
    return tuple(terms for terms in dict.fromkeys((units, dates)) if terms != here)


def _total_at(line: Line, terms: Terms) -> int:
    return total_at(line, terms) if line.goodwill is None else _moved_keeping(line, terms).total


def _moved_keeping(line: Line, terms: Terms) -> Line:
    return keeping_goodwill(line, lambda bare: moved(bare, terms))
