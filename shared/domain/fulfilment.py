"""What warehouse and carrier report: how many units of a line were picked, packed, shipped, delivered, returned."""

from dataclasses import replace

from shared.domain.line import FulfilmentEvent, Line, Progress
from shared.domain.order import Order
from shared.domain.refusal import Refusal

_BEFORE = {
    FulfilmentEvent.PICKED: (),
    FulfilmentEvent.PACKED: ("picked",),
    FulfilmentEvent.SHIPPED: ("picked", "packed"),
    FulfilmentEvent.DELIVERED: (),
    FulfilmentEvent.RETURNED: (),
}
"""Steps that an event implies: what was shipped has been picked and packed, whether reported or not."""

_OF_SHIPPED = frozenset({FulfilmentEvent.DELIVERED, FulfilmentEvent.RETURNED})


def after(order: Order, line: Line, event: FulfilmentEvent, quantity: int) -> Progress:
    """The line's progress when `quantity` more units have come as far as `event`.

    Raises:
        Refusal: `beyond-quantity`, if more units would have come so far than the order holds (than have shipped, for
            delivered and returned).
    """
    progress = order.progress_of(line)
    reached = getattr(progress, event) + quantity
    limit = progress.shipped if event in _OF_SHIPPED else line.quantity
    if reached > limit:
        raise Refusal(
            "beyond-quantity",
            f"{reached} units of line {line.line_id} would be {event}; only {limit} can be.",
            pointer="/quantity",
        )
    implied = {step: max(getattr(progress, step), reached) for step in _BEFORE[event]}
    return replace(progress, **{event.value: reached, **implied})
