"""Mind the deadlines of waiting changes, every minute: remind, escalate, free stock, and end those that are over."""

from datetime import datetime

from shared.ports.services import Services
from shared.ports.stores import ChangeReference
from shared.usecases.approving.lapse_approval import lapse_approval
from shared.usecases.core.expire_change import expire_change
from shared.usecases.core.isolate_failures import isolate_failures
from shared.usecases.core.time_left import UNLIMITED, TimeLeft
from shared.usecases.sweeping.free_holds import free_holds


def mind_deadlines(services: Services, time: TimeLeft = UNLIMITED) -> int:
    """Do what is due, the longest due first, one change at a time; return how many changes expired. Running it twice at
    once is safe.

    Raises:
        ExceptionGroup: of some it could not be done; all the others have had their turn.
    """
    now = services.clock.now()
    return isolate_failures(
        "what is due", [(lambda change: _mind(services, change, now), services.changes.due(now))], time
    )


def _mind(services: Services, change: ChangeReference, now: datetime) -> bool:
    if change.expires_at is not None and now >= change.expires_at:
        return expire_change(services, change.change_id)
    free_holds(services, change.change_id)
    lapse_approval(services, change.change_id, change.round)
    after = services.changes.get(change.change_id)
    return after is not None and not after.is_open
