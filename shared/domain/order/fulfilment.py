"""Applies reports of the warehouse and the carrier: units of a line picked, packed, shipped, delivered or returned."""

from dataclasses import replace

from shared.domain.order.line import Line
from shared.domain.order.order import Order
from shared.domain.order.progress import FulfilmentEvent, Progress
from shared.domain.refusal import Refusal

_BEFORE = {
    FulfilmentEvent.PICKED: (),
    FulfilmentEvent.PACKED: ("picked",),
    FulfilmentEvent.SHIPPED: ("picked", "packed"),
    FulfilmentEvent.DELIVERED: (),
    FulfilmentEvent.RETURNED: (),
}
"""Steps that an event implies: what was shipped has been picked and packed, whether reported or not."""


def after(order: Order, line: Line, event: FulfilmentEvent, quantity: int) -> Progress:
    """Returns the line's progress when `quantity` more units have come as far as `event`.

    Raises:
        Refusal: `beyond-quantity`, if more units would have come so far than the order holds (than have shipped, for
            delivered and returned).
    """
    progress = order.progress_of(line)
    reached = getattr(progress, event) + quantity
    limit = _limit(progress, line, event)
    if reached > limit:
        raise Refusal(
            "beyond-quantity",
            f"{reached} units of line {line.line_id} would be {event}; only {limit} can be.",
            pointer="/quantity",
        )
    implied = {step: max(getattr(progress, step), reached) for step in _BEFORE[event]}
    return replace(progress, **{event.value: reached, **implied})


def _limit(progress: Progress, line: Line, event: FulfilmentEvent) -> int:
    """Returns the units that can come so far; units that a cancellation recalled have shipped, but will not arrive any
    more."""
    if event is FulfilmentEvent.DELIVERED:
        return progress.shipped - progress.intercepted
    return progress.shipped if event is FulfilmentEvent.RETURNED else line.quantity + progress.recalled
