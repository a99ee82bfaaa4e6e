"""Sums the money that a change moves on a line, so that approvals are asked for by all of it: units that come never
make up for a price that falls, nor for a shorter time."""

from collections.abc import Iterable
from itertools import pairwise

from shared.domain.order.goodwill import keeping_goodwill
from shared.domain.order.line import Line
from shared.domain.order.pricing import moved
from shared.domain.order.terms import Terms, terms_of
from shared.domain.planning.plan import LineChange


def moved_on_lines(lines: Iterable[LineChange]) -> int:
    """Returns the minor units that move on the lines, up or down, each step of each line for itself."""
    return sum(_moved(each.before, each.after) for each in lines)


def _moved(before: Line | None, after: Line) -> int:
    """Returns the minor units that move on one line. Another product moves the whole of both."""
    if before is None:
        return abs(after.total)
    if before.sku != after.sku:
        return before.total + after.total
    sums = (before.total, *(_at(before, terms).total for terms in _steps(before, after)), after.total)
    return sum(abs(later - earlier) for earlier, later in pairwise(sums))


def _steps(before: Line, after: Line) -> tuple[Terms, ...]:
    """Returns the terms between a line and what becomes of it: first with its units, then for its dates as well. Price,
    discounts and taxes are the last step. There are none where all that changes is the price, or the line goes."""
    here, there = terms_of(before), terms_of(after)
    if not after.quantity or here._replace(unit_price=there.unit_price) == there:
        return ()
    units = here._replace(quantity=there.quantity, joined=there.joined, ended=there.ended)
    dates = there._replace(unit_price=here.unit_price)
    return tuple(terms for terms in dict.fromkeys((units, dates)) if terms != here)


def _at(line: Line, terms: Terms) -> Line:
    return keeping_goodwill(line, lambda bare: moved(bare, terms))
