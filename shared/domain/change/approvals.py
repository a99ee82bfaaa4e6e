"""The steps of an approval: it is asked for, given, escalated, or its time runs out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from shared.domain.change import events
from shared.domain.change.approval_request import Asked, asked
from shared.domain.change.change import SYSTEM, Actor, Change, moved
from shared.domain.change.events import EventType, Fact
from shared.domain.change.milestones import Passed, arrived
from shared.domain.change.open_change import with_open
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.policy.documents.approvals import Approvals


def approved(order: Order, change: Change, actor: Actor, now: datetime, passed: Passed) -> Step:
    """Returns the step after the last approval: the change is approved and waits to be accepted."""
    after, facts = arrived(order, change, actor, now, passed)
    return _given(order, change, after, actor, facts)


def asked_next(
    order: Order, change: Change, actor: Actor, now: datetime, *, approvals: Approvals, passed: Passed
) -> Step:
    """Returns the step after an approval that is not the last: the next role is asked."""
    after, facts = arrived(order, change, actor, now, passed)
    after = asking_next(after, approvals, actor, now)
    return _given(order, change, after, actor, [*facts, approval_requested(order, after)])


def _given(order: Order, before: Change, after: Change, actor: Actor, facts: Sequence[Fact]) -> Step:
    return Step(
        action="change_approved",
        by=actor,
        at=after.updated_at,
        before=order,
        after=with_open(order, after),
        change_before=before,
        change=after,
        facts=tuple(facts),
    )


def asking_next(change: Change, approvals: Approvals, actor: Actor, now: datetime) -> Change:
    """Returns the change, waiting for the first approval of its plan that nobody has given yet."""
    step = len(change.approvals)
    request = asked(approvals, change.plan.approvals[step].role, step, now)
    fresh = replace(change, round=change.round + 1, asked=request)
    return moved(fresh, ChangeStatus.PENDING_APPROVAL, by=actor.id, at=now, note=f"waits for {request.role}")


def lapsed(order: Order, change: Change, lapse: Literal["remind", "escalate"], request: Asked, now: datetime) -> Step:
    """Returns the step that the clock takes when nobody decided in time: it reminds the role or asks the next one."""
    note, escalations = f"{request.role} is reminded", change.escalations
    if lapse == "escalate":
        note = f"{' and '.join(request.passed_over)} did not decide in time; {request.role} is asked"
        escalations += 1
    fresh = replace(change, asked=request, escalations=escalations)
    after = moved(fresh, ChangeStatus.PENDING_APPROVAL, by=SYSTEM.id, at=now, note=note)
    type_: EventType = "ApprovalReminded" if lapse == "remind" else "ApprovalEscalated"
    fact = events.step(type_, order, after, role=request.role, round=after.round)
    return Step(
        action="approval_reminded" if lapse == "remind" else "approval_escalated",
        by=SYSTEM,
        at=now,
        before=order,
        after=with_open(order, after),
        change_before=change,
        change=after,
        facts=(fact,),
    )


def approval_requested(order: Order, change: Change) -> Fact:
    needed = change.plan.approvals[len(change.approvals)]
    return events.step("ApprovalRequested", order, change, role=needed.role, because=needed.because, round=change.round)
