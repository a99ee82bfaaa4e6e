"""Every minute: what time does to changes that wait: reminders, escalations, and the end of those that are over."""

import logging
from datetime import datetime

from shared.domain.change import Change
from shared.ports.services import Services
from shared.usecases.expire_change import expire_change
from shared.usecases.lapse_approval import lapse_approval

BATCH = 100

logger = logging.getLogger(__name__)


def mind_deadlines(services: Services) -> int:
    """Do what is due, a batch at a time; returns how many changes expired. Safe to run twice at once.

    Raises:
        ExceptionGroup: of some it could not be done; all the others have had their turn.
    """
    now = services.clock.now()
    expired, troubles = 0, list[Exception]()
    for change in services.changes.due(now, BATCH):
        try:
            expired += _mind(services, change, now)
        except Exception as error:  # noqa: BLE001 (whatever it is, those due after it are as urgent)
            logger.error("time could not move a change on: %s: %s", change.change_id, type(error).__name__)
            troubles.append(error)
    if troubles:
        raise ExceptionGroup("of some changes time could not do what is due", troubles)
    return expired


def _mind(services: Services, change: Change, now: datetime) -> bool:
    if change.expires_at is not None and now >= change.expires_at:
        return expire_change(services, change.change_id)
    lapse_approval(services, change.change_id, change.round)
    after = services.changes.get(change.change_id)
    return after is not None and not after.is_open
