"""Decide on a change that waits, once, on the digest that was seen, as somebody who may.

Somebody other than the requester gives an approval; the customer who owns the order gives a confirmation.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.change import approvals, transitions
from shared.domain.change.approval_request import Approval
from shared.domain.change.change import Actor, Change, check_in_time
from shared.domain.change.milestones import Passed
from shared.domain.change.states import ChangeStatus, require
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.planning.plan import Planned
from shared.domain.policy.subjects import Approver
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.approving.approver_check import approver
from shared.usecases.confirming.customer_answer import Word, answered
from shared.usecases.core.access import Principal, read_change, read_order
from shared.usecases.core.next_step import next_step
from shared.usecases.core.planning import check_digest, replan
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.step_check import check_step
from shared.usecases.core.transact import transact_step


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDecision:
    change_id: str
    decision: Literal["approve", "reject"]
    digest: str
    note: str | None = None


def decide_change(services: Services, request: Request[Step], decision: ChangeDecision) -> Outcome[Step]:
    """Approve the change and take it as far as it can go if it was accepted in advance; or end it and release its
    holds.

    Raises:
        Refusal: `change-not-found`, `not-waiting`, `change-expired`, `wrong-role`, `own-change`,
            `decided-already`, `plan-changed`, or
            what now forbids the plan.
    """

    def work() -> Step:
        change = read_change(services.changes, decision.change_id, request.principal)
        if change.awaits_consent and request.principal.owns(change.customer_id):
            return _of_the_owner(services, change, request.principal, decision)
        require(change.status, ChangeStatus.PENDING_APPROVAL, "not-waiting")
        check_in_time(change, services.clock.now())
        order = read_order(services.orders, change.order_id, request.principal)
        return _decided(services, order, change, request.principal, decision)

    return transact_step(services, request, work)


def _of_the_owner(services: Services, change: Change, principal: Principal, decision: ChangeDecision) -> Step:
    """Take a signed-in confirmation: approve agrees to the terms, reject declines them."""
    check_step("confirm", change, principal)
    order = read_order(services.orders, change.order_id, principal)
    if decision.digest != change.plan.digest:
        raise Refusal("plan-changed", "These are not the terms that wait.", extra={"plan": change.plan})
    word: Word = "confirm" if decision.decision == "approve" else "decline"
    return answered(services, order, change, principal.acting(), word, "token", decision.note)


def _decided(services: Services, order: Order, change: Change, principal: Principal, decision: ChangeDecision) -> Step:
    delegation = approver(services, change, principal)
    absent = delegation.of if delegation else None
    return replace(_word_of(services, order, change, principal, decision, absent), delegation=delegation)


def _word_of(
    services: Services, order: Order, change: Change, principal: Principal, decision: ChangeDecision, absent: str | None
) -> Step:
    now, actor = services.clock.now(), Actor(id=principal.id, role=_role(change))
    if decision.digest != change.plan.digest:
        raise Refusal("plan-changed", "This is not the plan that waits.", extra={"plan": change.plan})
    if decision.decision == "reject":
        return transitions.closed(order, change, ChangeStatus.REJECTED, actor, now, decision.note)
    planned = replan(services, order, change)
    check_digest(planned, decision.digest)
    passed = Passed(approval=_approval(change, actor, absent, planned, now), approval_note=decision.note)
    rules = services.policies.current().approvals
    if len(change.approvals) + 1 < len(planned.plan.approvals):
        return approvals.asked_next(order, change, actor, now, approvals=rules, passed=passed)
    if change.accept_digest is None:
        return approvals.approved(order, change, actor, now, passed)
    check_digest(planned, change.accept_digest)
    return next_step(services, order, change, planned, actor, passed)


def _role(change: Change) -> Approver:
    if change.approver is None:
        raise Refusal("not-waiting", "This change waits for no approval.")
    return change.approver


def _approval(change: Change, actor: Actor, absent: str | None, planned: Planned, now: datetime) -> Approval:
    waited = now - change.asked.since if change.asked else timedelta()
    return Approval(
        role=_role(change),
        by=actor.id,
        at=now,
        digest=planned.plan.digest,
        policy_version=planned.plan.policy_version,
        on_behalf_of=absent,
        waited_seconds=int(waited.total_seconds()),
    )
