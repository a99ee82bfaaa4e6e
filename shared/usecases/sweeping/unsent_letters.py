"""Tell of letters that never went out although their execution is over, because the mail was down for too long."""

from datetime import datetime, timedelta

from shared.domain.change.change import Change
from shared.ports.services import Services

AGAIN = timedelta(minutes=90)
"""Longer than an execution tries by itself (infra/statemachines: a good hour), and the time between attempts."""


def attempt_due(services: Services, change: Change, occasion: str, now: datetime) -> int:
    """Return the number of the further attempt that is due for a letter of a change's present status, 1 for the first;
    0 if the letter went out, if the first attempt is still under way, or if there is no address to write to."""
    since = max(entry.at for entry in change.timeline if entry.status is change.status)
    attempt = int((now - since) / AGAIN)
    if attempt == 0 or services.changes.mailed(change.change_id, occasion):
        return 0
    order = services.orders.load(change.order_id)
    return attempt if order and order.customer.email else 0
