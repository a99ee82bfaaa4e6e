"""What time does to an approval that nobody gives: who is asked is reminded, then the next level is asked, then it
expires. The execution that waits looks after it, and so does the sweep; whoever is faster wins."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.change import approval_request, approvals
from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.ports.stores import Conflict
from shared.usecases.approving.ask_for_decision import outcome_of
from shared.usecases.core.transact import ATTEMPTS
from shared.usecases.core.wait_result import Over, seconds_until
from shared.usecases.core.write_assembly import recorded
from shared.usecases.sweeping.expire_change import expire_change


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Who has to decide, and for how many more seconds nothing will happen by itself."""

    role: str
    until: datetime
    seconds: int


def lapse_approval(services: Services, change_id: str, round_: int) -> Waiting | Over:
    """Do what is due, and say who is waited for, or how it ended.

    Raises:
        Conflict: others kept writing the change.
        Refusal: `change-not-found`.
    """
    for tried in range(ATTEMPTS):
        change = services.changes.get(change_id)
        if change is None:
            raise Refusal("change-not-found", f"There is no change {change_id}.")
        if change.status is not ChangeStatus.PENDING_APPROVAL or change.round != round_:
            return Over(decision=outcome_of(change))
        now = services.clock.now()
        lapse = _lapse(services, change, now)
        if lapse is None:
            return _waiting(change, now)
        if lapse == "expire":
            expire_change(services, change_id, unanswered_round=round_)
        elif not _written(services, change, lapse, now):
            services.clock.pause(0.02 * 2**tried * services.ids.jitter())
    raise Conflict("the change is being written")


def _lapse(services: Services, change: Change, now: datetime) -> approval_request.Lapse | None:
    if change.expires_at is not None and now >= change.expires_at:
        return "expire"
    if change.asked is None or now < change.asked.due_at:
        return None
    return approval_request.lapse_of(services.policies.fresh().approvals, change.asked, now)


def _written(services: Services, change: Change, lapse: approval_request.Lapse, now: datetime) -> bool:
    order = services.orders.load(change.order_id)
    if order is None or change.asked is None or lapse == "expire":
        return False
    if lapse == "remind":
        step = approvals.lapsed(order, change, lapse, approval_request.reminded(change.asked), now)
    else:
        rules = services.policies.current().approvals
        step = approvals.lapsed(order, change, lapse, approval_request.escalated(rules, change.asked, now), now)
    try:
        services.orders.write(recorded(step, services.ids))
    except Conflict:
        return False
    return True


def _waiting(change: Change, now: datetime) -> Waiting:
    until = change.due_at or now
    return Waiting(role=str(change.waiting_for), until=until, seconds=seconds_until(until, now))
