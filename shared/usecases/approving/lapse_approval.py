"""Lapse an approval that nobody gives: remind its approver, then ask the next level, then let the change expire. The
execution that waits looks after it, and so does the sweep; the faster one wins."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from shared.domain.change import approval_request, approvals
from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.ports.stores import Conflict
from shared.usecases.approving.ask_for_decision import outcome_of
from shared.usecases.core.expire_change import expired
from shared.usecases.core.transact import retry_conflicts, write_step
from shared.usecases.core.wait_result import Over, seconds_until

LAPSES = 8
"""Lapses that may be due at once: a reminder and an escalation for each of three levels, and the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Names the role that has to decide, and the seconds in which nothing will happen by itself."""

    role: str
    until: datetime
    seconds: int


def lapse_approval(services: Services, change_id: str, round_: int) -> Waiting | Over:
    """Do what is due, and return the role that is waited for, or how it ended.

    Raises:
        Conflict: others kept writing the change.
        Refusal: `change-not-found`.
    """
    for _ in range(LAPSES):
        if found := retry_conflicts(services, partial(_look, services, change_id, round_)):
            return found
    raise Conflict("the approval lapses on and on")


def _look(services: Services, change_id: str, round_: int) -> Waiting | Over | None:
    """Return the wait, or how it ended; None if something was due, and is done now."""
    change = services.changes.get(change_id)
    if change is None:
        raise Refusal("change-not-found", f"There is no change {change_id}.")
    if change.status is not ChangeStatus.PENDING_APPROVAL or change.round != round_:
        return Over(decision=outcome_of(change))
    now = services.clock.now()
    lapse = _lapse(services, change, now)
    if lapse is None:
        return _waiting(change, now)
    order = services.orders.load(change.order_id)
    if order is None:
        raise Conflict("the order is not there")
    write_step(services, _lapsed(services, order, change, lapse, now))
    return None


def _lapse(services: Services, change: Change, now: datetime) -> approval_request.Lapse | None:
    if change.expires_at is not None and now >= change.expires_at:
        return "expire"
    if change.asked is None or now < change.asked.due_at:
        return None
    return approval_request.lapse_of(services.policies.fresh().approvals, change.asked, now)


def _lapsed(services: Services, order: Order, change: Change, lapse: approval_request.Lapse, now: datetime) -> Step:
    if lapse == "expire" or change.asked is None:
        return expired(services, order, change)
    if lapse == "remind":
        return approvals.lapsed(order, change, lapse, approval_request.reminded(change.asked), now)
    rules = services.policies.current().approvals
    return approvals.lapsed(order, change, lapse, approval_request.escalated(rules, change.asked, now), now)


def _waiting(change: Change, now: datetime) -> Waiting:
    until = change.lapses_at or now
    return Waiting(role=str(change.waiting_for), until=until, seconds=seconds_until(until, now))
