"""Let go of changes that fell out because money came for nothing, once that is given back."""

from shared.domain.change.change import SYSTEM, Change, moved
from shared.domain.change.step import Step
from shared.domain.change.surplus import ended_as, is_returned, without_surplus
from shared.domain.order.order import Order
from shared.ports.services import Services
from shared.ports.stores import Conflict
from shared.usecases.core.completion import completed
from shared.usecases.core.transact import write_step

_WORDS = "what came by its payment link for nothing has been given back, or has paid for something else"


def return_surplus(services: Services, change_id: str) -> None:
    """Put a change back to where it stood, if nothing is left to give back. Safe to run twice at once; what changes at
    that moment is left to the next sweep."""
    change = services.changes.get(change_id)
    order = services.orders.load(change.order_id) if change and change.surplus else None
    if change is None or order is None or not is_returned(order, change):
        return
    try:
        write_step(services, _step(services, order, change))
    except Conflict:
        return


def _step(services: Services, order: Order, change: Change) -> Step:
    now = services.clock.now()
    status = change.status if change.has_taken_effect else ended_as(change)
    after = moved(without_surplus(change), status, by=SYSTEM.id, at=now, note=_WORDS)
    return Step(
        action="surplus_returned",
        by=SYSTEM,
        at=now,
        before=order,
        after=order,
        change_before=change,
        change=completed(after, SYSTEM.id, now),
    )
