"""Asks if a change makes an order larger than one may be."""

from collections.abc import Sequence

from shared.domain.order.bounds import excess, size_of
from shared.domain.order.order import Order
from shared.domain.planning.plan import LineChange
from shared.domain.refusal import Violation


def outgrown(after: Order, changes: Sequence[LineChange]) -> Violation | None:
    """Returns what forbids the change where it adds to an order more than one may hold; None if nothing does. A change
    that adds nothing may always be made, and only the lines that differ are measured for that."""
    was = size_of(change.before for change in changes if change.before)
    is_now = size_of(change.after for change in changes)
    if is_now.lines <= was.lines and is_now.parts <= was.parts and is_now.text <= was.text:
        return None
    return excess(size_of(after.lines), "/edits")
