"""Have gateways asked about refunds that may have been paid, again and again until they answer."""

from datetime import datetime, timedelta

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.payment import UNASKABLE
from shared.ports.services import Services
from shared.ports.workflows import Workflows

FIRST = timedelta(minutes=15)
"""An execution that asks is over by then, with all its repeats."""
DAY = timedelta(days=1)


def ask_about_refunds(services: Services, workflows: Workflows, change_id: str, now: datetime) -> bool:
    """Start a question for each refund of the change of which nobody knows whether it was paid, unless the one that is
    due has been started. Returns False: nothing falls out by it."""
    change = services.changes.get(change_id)
    if change is None:
        return False
    number = _due(change, now)
    for refund in change.refunds:
        if number and refund.status == "unknown" and refund.gateway not in UNASKABLE:
            workflows.start_question(refund.refund_id, change.change_id, change.order_id, refund.payment_id, number)
    return False


def _due(change: Change, now: datetime) -> int:
    """Return the number of the question that is due: at 15 minutes, 30, an hour, 2 … after the commit, then daily."""
    committed = next((entry.at for entry in change.timeline if entry.status is ChangeStatus.COMMITTED), now)
    since = now - committed
    return (min(since, DAY) // FIRST).bit_length() + since // DAY
