"""Expire an open change whose time is over, and release what it holds; one that was paid in time is committed."""

from functools import partial

from shared.domain.change import transitions
from shared.domain.change.change import SYSTEM, Change
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.ports.services import Services
from shared.usecases.core.commit_paid import is_paid, paid_step
from shared.usecases.core.transact import retry_conflicts, write_step


def expire_change(services: Services, change_id: str) -> bool:
    """Expire one change if it is still open and its time is over; the faster caller wins.

    Returns True if this call expired it.

    Raises:
        Conflict: others kept writing it.
    """
    return retry_conflicts(services, partial(_expire, services, change_id))


def _expire(services: Services, change_id: str) -> bool:
    change = services.changes.get(change_id)
    if change is None or not _due(change, services):
        return False
    order = services.orders.load(change.order_id)
    if order is None:
        return False
    if is_paid(change):
        write_step(services, paid_step(services, order, change))
        return False
    write_step(services, expired(services, order, change))
    return True


def expired(services: Services, order: Order, change: Change) -> Step:
    """Return the step that ends a change whose time is over."""
    return transitions.closed(order, change, ChangeStatus.EXPIRED, SYSTEM, services.clock.now(), "its time is over")


def _due(change: Change, services: Services) -> bool:
    return change.is_open and change.expires_at is not None and services.clock.now() >= change.expires_at
