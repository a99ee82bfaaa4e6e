"""Approve or reject a change that waits: decided once, by somebody else than who asked, on the digest they saw."""

from dataclasses import dataclass
from typing import Literal

from shared.domain import steps
from shared.domain.change import Change, check_in_time
from shared.domain.order import Order
from shared.domain.policy import Role
from shared.domain.refusal import Refusal
from shared.domain.states import ChangeStatus, require
from shared.domain.steps import Step
from shared.ports import Answer, Services
from shared.usecases.access import Principal, read_change, read_order
from shared.usecases.attempt import Request, attempt
from shared.usecases.planning import check_digest, replan


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    change_id: str
    decision: Literal["approve", "reject"]
    digest: str
    note: str | None = None


def decide_change(services: Services, request: Request, decision: Decision) -> Answer:
    """The change approved, and committed at once if it was accepted in advance; or rejected, its holds released.

    Raises:
        Refusal: `change-not-found`, `not-waiting`, `change-expired`, `wrong-role`, `own-change`, `plan-changed`, or
            what now forbids the plan.
    """

    def work() -> Step:
        change = read_change(services.changes, decision.change_id, request.principal)
        require(change.status, ChangeStatus.PENDING_APPROVAL, "not-waiting")
        check_in_time(change, services.clock.now())
        _check_approver(change, request.principal)
        order = read_order(services.orders, change.order_id, request.principal)
        return _decided(services, order, change, request.principal, decision)

    return attempt(services, request, work)


def _check_approver(change: Change, principal: Principal) -> None:
    role = change.waiting_for
    if role is None or role not in principal.roles:
        raise Refusal("wrong-role", f"This change waits for a {role}.")
    if principal.id == change.requested_by.id:
        raise Refusal("own-change", "Nobody approves what they asked for themselves.")


def _decided(services: Services, order: Order, change: Change, principal: Principal, decision: Decision) -> Step:
    role: frozenset[Role] = frozenset({change.waiting_for}) if change.waiting_for else frozenset()
    actor, now = principal.acting(role), services.clock.now()
    if decision.digest != change.plan.digest:
        raise Refusal("plan-changed", "This is not the plan that waits.", extra={"plan": change.plan})
    if decision.decision == "reject":
        return steps.closed(order, change, ChangeStatus.REJECTED, actor, now, decision.note)
    planned = replan(services, order, change)
    check_digest(planned, decision.digest)
    if change.accept_digest is None:
        return steps.approved(order, change, actor, now, decision.note)
    check_digest(planned, change.accept_digest)
    return steps.committed(order, change, planned, actor, now, approving=True, approval_note=decision.note)
