"""Derives the status of a line and of an order from quantities and progress, by one table; it is never stored.

`ORDER_TAKES` is the table of what may still be asked of an order in each status (DESIGN.md, "Versions and states").
"""

from typing import Literal

from shared.domain.order.line import HEADING, Line, LineStatus
from shared.domain.order.order import Order
from shared.domain.order.progress import Progress
from shared.domain.refusal import Violation

OrderStatus = LineStatus
"""An order has the statuses of its lines."""

NOTHING_TO_DELIVER = (OrderStatus.FULFILLED, OrderStatus.CANCELLED)
"""Names the statuses of an order of which nothing will be sent any more."""

ShownOnly = Literal["pending_cancellation", "superseded"]
"""Statuses that a line has for readers alone: a cancellation of it waits, or its version is a former one."""

Asked = Literal["amendment", "cancellation", "stop", "exception", "exchange", "goodwill", "undo", "settlement"]
"""Names what somebody asks of an order: to amend it; to cancel units of it, by exception (`intercept`, `return`)
those that have left; to stop a running subscription; to exchange units for others; a goodwill credit; to undo a
committed change; to give back what is overpaid."""

_S = OrderStatus
_ALWAYS: frozenset[Asked] = frozenset({"goodwill", "undo", "settlement"})
_WHILE_UNDER_WAY: frozenset[Asked] = _ALWAYS | {"amendment", "cancellation", "stop", "exception", "exchange"}

ORDER_TAKES: dict[OrderStatus, frozenset[Asked]] = {
    _S.DRAFT: frozenset(),  # no order that was placed is a draft: only a version to come is
    _S.PENDING: _WHILE_UNDER_WAY,
    _S.IN_FULFILLMENT: _WHILE_UNDER_WAY,
    _S.PARTIALLY_FULFILLED: _WHILE_UNDER_WAY,
    _S.FULFILLED: _ALWAYS | {"stop", "exception", "exchange"},
    _S.CANCELLED: _ALWAYS,
}

_REFUSALS: dict[OrderStatus, str] = {
    _S.DRAFT: "The order is a draft, and takes nothing yet.",
    _S.FULFILLED: (
        "The order is fulfilled: ask for an interception or a return (exception), for an exchange, or for a goodwill "
        "credit."
    ),
    _S.CANCELLED: "The order is cancelled: undo that change, or place a new order.",
}


def refused_by_status(order: Order, asked: Asked) -> Violation | None:
    """The refusal `order-status` of what an order in its status does not take, in the table's words; else None."""
    status = order_status(order)
    return None if asked in ORDER_TAKES[status] else Violation("order-status", _REFUSALS[status])


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


def being_cancelled(order: Order) -> frozenset[str]:
    """Returns the ids of the lines that the order's open cancellation takes from."""
    runs = order.open_change.cancels if order.open_change else ()
    return frozenset(line.line_id for first, last in runs for line in order.lines[first : last + 1])


def order_status(order: Order, *, draft: bool = False) -> OrderStatus:
    """Returns the status of an order, from those of its lines; cancelled lines count only if there are no others, and a
    line that only heads a bundle never does. A version to come that holds a `draft` line is a draft."""
    if draft:
        return LineStatus.DRAFT
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
