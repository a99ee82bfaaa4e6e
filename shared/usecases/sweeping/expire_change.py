"""Expire an open change whose time is over, and release what it holds."""

from shared.domain.change import transitions
from shared.domain.change.change import SYSTEM, Change
from shared.domain.change.states import ChangeStatus
from shared.ports.services import Services
from shared.ports.stores import Conflict
from shared.usecases.core.transact import ATTEMPTS
from shared.usecases.core.write_assembly import recorded


def expire_change(services: Services, change_id: str, unanswered_round: int | None = None) -> bool:
    """Expire one change if it is still open and due; whoever was faster wins.

    It is due when its time is over, or when the approval of `unanswered_round` has waited as long as it may.
    """
    for tried in range(ATTEMPTS):
        change = services.changes.get(change_id)
        if change is None or not (_due(change, services) or _unanswered(change, unanswered_round)):
            return False
        order = services.orders.load(change.order_id)
        if order is None:
            return False
        step = transitions.closed(order, change, ChangeStatus.EXPIRED, SYSTEM, services.clock.now(), "its time is over")
        try:
            services.orders.write(recorded(step, services.ids))
            return True
        except Conflict:
            services.clock.pause(0.02 * 2**tried * services.ids.jitter())
    raise Conflict("the change is being written")


def _due(change: Change, services: Services) -> bool:
    return change.is_open and change.expires_at is not None and services.clock.now() >= change.expires_at


def _unanswered(change: Change, round_: int | None) -> bool:
    return change.status is ChangeStatus.PENDING_APPROVAL and change.round == round_
