"""Derives the status of a line and of an order from quantities and progress, by one table; it is never stored."""

from shared.domain.order.line import HEADING, Line, LineStatus, Progress
from shared.domain.order.order import Order

OrderStatus = LineStatus
"""An order has the statuses of its lines."""

NOTHING_TO_DELIVER = (OrderStatus.FULFILLED, OrderStatus.CANCELLED)
"""Names the statuses of an order of which nothing will be sent any more."""


def line_status(line: Line, progress: Progress, *, draft: bool = False) -> LineStatus:
    """Returns the status of one line, from the first row that fits."""
    if draft:
        return LineStatus.DRAFT
    if line.quantity == 0:
        return LineStatus.CANCELLED
    if progress.out >= line.quantity:
        return LineStatus.FULFILLED
    if progress.out:
        return LineStatus.PARTIALLY_FULFILLED
    if progress.picked or progress.packed:
        return LineStatus.IN_FULFILLMENT
    return LineStatus.PENDING


def order_status(order: Order) -> OrderStatus:
    """Returns the status of an order, from those of its lines; cancelled lines count only if there are no others, and a
    line that only heads a bundle never does."""
    goods = [line for line in order.lines if HEADING not in line.constraints]
    statuses = {line_status(line, order.progress_of(line)) for line in goods}
    live = statuses - {LineStatus.CANCELLED}
    if not live:
        return LineStatus.CANCELLED
    if len(live) == 1:
        return next(iter(live))
    if live & {LineStatus.FULFILLED, LineStatus.PARTIALLY_FULFILLED}:
        return LineStatus.PARTIALLY_FULFILLED
    return LineStatus.IN_FULFILLMENT
