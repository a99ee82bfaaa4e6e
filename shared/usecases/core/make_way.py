"""Make way for a guarded change: a change that the customer began, whoever gave it its edits, does not block one that
staff starts for a reason of fraud or law."""

from shared.domain.change import transitions
from shared.domain.change.change import Actor, Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.ports.services import Services
from shared.ports.stores import Conflict
from shared.usecases.core.new_change import Wanted, check_nothing_open
from shared.usecases.core.step_check import asked_by
from shared.usecases.core.transact import write_step

WORDS = "another change of this order goes first"
"""The timeline of the change that ended says this: the customer is told no reason."""


def in_the_way(services: Services, order: Order, wanted: Wanted) -> Change | None:
    """Return the open change that the wanted one may end; None if nothing is open.

    Raises:
        Refusal: `change-open` for every other: only what a customer began makes way, and only for a guarded reason.
    """
    if order.open_change is None:
        return None
    guarded = services.policies.current().reasons.guards(wanted.reason_code)
    change = services.changes.get(order.open_change.change_id) if guarded else None
    if change is None or not change.is_open or not makes_way(services, change, wanted.reason_code):
        check_nothing_open(order)
    return change


def makes_way(services: Services, change: Change, reason_code: str) -> bool:
    """Tell if an open change is ended when staff starts one for this reason."""
    return services.policies.current().reasons.guards(reason_code) and asked_by(change) in ("customer", "taken_over")


def make_way(services: Services, order: Order, change: Change | None, actor: Actor) -> None:
    """End the change that is in the way, in a write of its own, and have the start decided anew on the order as it is
    then. Nothing to do where nothing is in the way.

    Raises:
        Conflict: it has ended; the runner begins again.
    """
    if change is None:
        return
    ended = ChangeStatus.WITHDRAWN if change.kind in ("cancellation", "settlement") else ChangeStatus.UNDONE
    write_step(services, transitions.closed(order, change, ended, actor, services.clock.now(), WORDS))
    raise Conflict("the order is free now")
