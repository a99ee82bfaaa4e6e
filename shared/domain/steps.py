"""The steps of a change before it is committed: what each does to order, change and stock, and what it tells."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

from shared.domain import events
from shared.domain.asking import Approval, Asked, asked
from shared.domain.change import SYSTEM, Actor, Change, Consent, moved
from shared.domain.events import EventType, Fact
from shared.domain.order import OpenChange, Order
from shared.domain.plan import Party, Planned, StockDelta
from shared.domain.policies.approvals import Approvals
from shared.domain.states import ChangeStatus
from shared.domain.step import Step, StockMove
from shared.domain.touching import touched_skus

MAX_SKUS_ON_HEAD = 60
"""More SKUs than this are not carried on the order; they are read from the change instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What comes about in the very write of a step, before it: the change is new, is approved, is confirmed."""

    new: bool = False
    approval: Approval | None = None
    approval_note: str | None = None
    confirming: Party | None = None
    confirming_note: str | None = None
    consent: Consent | None = None


NOTHING_PASSED = Passed()


def arrived(order: Order, change: Change, actor: Actor, now: datetime, passed: Passed) -> tuple[Change, list[Fact]]:
    """The change with what has passed on its timeline, and the facts of it."""
    facts: list[Fact] = []
    if passed.new:
        facts += [events.step(type_, order, change) for type_ in _OPENING[change.kind]]
        change = _entered(change, actor, now)
    if passed.approval:
        change = approved_by(change, passed.approval, passed.approval_note)
        facts.append(_decided(order, change, "approved"))
    if passed.confirming:
        note = f"the {passed.confirming} agreed" + (f": {passed.confirming_note}" if passed.confirming_note else "")
        change = moved(change, ChangeStatus.PENDING_CONFIRMATION, by=actor.id, at=now, note=note)
        change = replace(change, confirmed=(*change.confirmed, passed.confirming))
        facts.append(_confirmation(order, change, passed.confirming, "confirmed"))
    if passed.consent:
        change = replace(change, consent=passed.consent)
        if "customer" not in change.confirmed:
            change = replace(change, confirmed=_with_customer(change))
    return change, facts


def started(order: Order, change: Change, actor: Actor, now: datetime) -> Step:
    """The change exists as a draft; the live order stays as it is."""
    change = _entered(change, actor, now)
    fact = events.step("AmendmentStarted", order, change)
    return Step(
        action="amendment_started",
        by=actor,
        at=now,
        before=order,
        after=_with_open(order, change),
        change=change,
        facts=(fact,),
    )


def edited(order: Order, change: Change, actor: Actor, now: datetime, *, replaced: Change) -> Step:
    """A draft got other edits; `replaced` is the change as it was."""
    change = moved(change, ChangeStatus.DRAFT, by=actor.id, at=now, note="edits replaced")
    return Step(
        action="edits_replaced",
        by=actor,
        at=now,
        before=order,
        after=_with_open(order, change),
        change_before=replaced,
        change=change,
    )


def submitted(
    order: Order,
    change: Change,
    planned: Planned,
    actor: Actor,
    now: datetime,
    *,
    approvals: Approvals,
    passed: Passed = NOTHING_PASSED,
) -> Step:
    """Stock is held; the change waits for its approval, or is approved at once where it needs none."""
    held = replace(change, holds=_taken(planned.plan.stock), plan=planned.plan)
    held, facts = arrived(order, held, actor, now, passed)
    if change.kind == "amendment" and not passed.new:
        facts.append(events.step("AmendmentSubmitted", order, held))
    if planned.plan.approvals:
        held = asking_next(held, approvals, actor, now)
        facts.append(_approval_requested(order, held))
    else:
        held = moved(held, ChangeStatus.APPROVED, by=actor.id, at=now, note="no approval is needed")
    return Step(
        action=f"{change.kind}_submitted",
        by=actor,
        at=now,
        before=order,
        after=_with_open(order, held),
        change_before=None if passed.new else change,
        change=held,
        stock=_held(held),
        facts=tuple(facts),
    )


def approved(order: Order, change: Change, actor: Actor, now: datetime, passed: Passed) -> Step:
    """The last decision is yes, and the change waits to be accepted."""
    after, facts = arrived(order, change, actor, now, passed)
    return Step(
        action="change_approved",
        by=actor,
        at=now,
        before=order,
        after=_with_open(order, after),
        change_before=change,
        change=after,
        facts=tuple(facts),
    )


def awaiting(
    order: Order,
    change: Change,
    planned: Planned,
    actor: Actor,
    now: datetime,
    *,
    expires_at: datetime,
    passed: Passed = NOTHING_PASSED,
) -> Step:
    """The change waits for the customer, or for the carrier: no confirmation, no effect."""
    fresh = replace(change, plan=planned.plan, holds=change.holds or _taken(planned.plan.stock))
    after, facts = arrived(order, fresh, actor, now, passed)
    after = replace(after, round=after.round + 1, expires_at=expires_at)
    party = after.awaited
    after = moved(after, ChangeStatus.PENDING_CONFIRMATION, by=actor.id, at=now, note=f"waits for the {party}")
    if party == "carrier":
        facts.append(events.interception(order, after))
    else:
        facts.append(events.step("ConfirmationRequested", order, after, party=party, round=after.round))
    return Step(
        action="confirmation_requested",
        by=actor,
        at=now,
        before=order,
        after=_with_open(order, after),
        change_before=None if passed.new else change,
        change=after,
        stock=_held(after) if passed.new else (),
        facts=tuple(facts),
    )


def closed(
    order: Order, change: Change, status: ChangeStatus, actor: Actor, now: datetime, note: str | None = None
) -> Step:
    """The change ends without effect: holds go back, the order is as it was."""
    after = moved(change, status, by=actor.id, at=now, note=note)
    after = replace(after, holds={}, expires_at=None, asked=None)
    if status is ChangeStatus.REJECTED:
        after = replace(after, decided_by=actor.id)
        fact = _decided(order, after, "rejected")
    elif status in (ChangeStatus.DECLINED, ChangeStatus.FAILED) and change.awaited:
        fact = _confirmation(order, after, change.awaited, "declined")
    else:
        fact = events.step(_ENDINGS.get(status, "ChangeExpired"), order, after)
    facts = [fact]
    if change.holds:
        facts.append(events.released(order, change.holds))
    return Step(
        action=f"change_{status}",
        by=actor,
        at=now,
        before=order,
        after=replace(order, open_change=None),
        change_before=change,
        change=after,
        stock=tuple(StockMove(sku=sku, held=-units) for sku, units in change.holds.items()),
        facts=tuple(facts),
    )


def asked_next(
    order: Order, change: Change, actor: Actor, now: datetime, *, approvals: Approvals, passed: Passed
) -> Step:
    """One approval is given, and the plan needs another: the next role is asked."""
    after, facts = arrived(order, change, actor, now, passed)
    after = asking_next(after, approvals, actor, now)
    facts.append(_approval_requested(order, after))
    return Step(
        action="change_approved",
        by=actor,
        at=now,
        before=order,
        after=_with_open(order, after),
        change_before=change,
        change=after,
        facts=tuple(facts),
    )


def asking_next(change: Change, approvals: Approvals, actor: Actor, now: datetime) -> Change:
    """The change waiting for the first approval of its plan that has not been given."""
    step = len(change.approvals)
    request = asked(approvals, change.plan.approvals[step].role, step, now)
    fresh = replace(change, round=change.round + 1, asked=request)
    return moved(fresh, ChangeStatus.PENDING_APPROVAL, by=actor.id, at=now, note=f"waits for {request.role}")


def approved_by(change: Change, approval: Approval, note: str | None) -> Change:
    """The change with an approval given: approved, or waiting on for the others that its plan needs."""
    given = (*change.approvals, approval)
    last = len(given) >= len(change.plan.approvals)
    status = ChangeStatus.APPROVED if last else ChangeStatus.PENDING_APPROVAL
    words = f"{approval.role} approved" + (f": {note}" if note else "")
    after = moved(change, status, by=approval.by, at=approval.at, note=words)
    return replace(after, approvals=given, decided_by=approval.by, asked=None)


def lapsed(order: Order, change: Change, lapse: Literal["remind", "escalate"], request: Asked, now: datetime) -> Step:
    """Nobody decided in time: the role is reminded, or the next one is asked in its place."""
    note = f"{request.role} is reminded"
    if lapse == "escalate":
        note = f"{' and '.join(request.passed_over)} did not decide in time; {request.role} is asked"
    after = moved(replace(change, asked=request), ChangeStatus.PENDING_APPROVAL, by=SYSTEM.id, at=now, note=note)
    type_: EventType = "ApprovalReminded" if lapse == "remind" else "ApprovalEscalated"
    fact = events.step(type_, order, after, role=request.role, round=after.round)
    return Step(
        action="approval_reminded" if lapse == "remind" else "approval_escalated",
        by=SYSTEM,
        at=now,
        before=order,
        after=order,
        change_before=change,
        change=after,
        facts=(fact,),
    )


_OPENING: dict[str, tuple[EventType, ...]] = {
    "amendment": ("AmendmentStarted", "AmendmentSubmitted"),
    "cancellation": ("CancellationRequested",),
}

_ENDINGS: dict[ChangeStatus, EventType] = {
    ChangeStatus.UNDONE: "AmendmentUndone",
    ChangeStatus.WITHDRAWN: "CancellationWithdrawn",
}


def _entered(change: Change, actor: Actor, now: datetime) -> Change:
    return moved(change, ChangeStatus.DRAFT, by=actor.id, at=now)


def _with_customer(change: Change) -> tuple[Party, ...]:
    return tuple(party for party in get_args(Party) if party in ("customer", *change.confirmed))


def _with_open(order: Order, change: Change) -> Order:
    skus = touched_skus(order, change.edits)
    return replace(
        order,
        open_change=OpenChange(
            change_id=change.change_id,
            kind=change.kind,
            status=change.status,
            skus=skus if len(skus) <= MAX_SKUS_ON_HEAD else (),
        ),
    )


def _taken(stock: Iterable[StockDelta]) -> dict[str, int]:
    return {move.sku: -move.delta for move in stock if move.delta < 0}


def _held(change: Change) -> tuple[StockMove, ...]:
    return tuple(StockMove(sku=sku, held=units) for sku, units in change.holds.items())


def _approval_requested(order: Order, change: Change) -> Fact:
    needed = change.plan.approvals[len(change.approvals)]
    return events.step("ApprovalRequested", order, change, role=needed.role, because=needed.because, round=change.round)


def _decided(order: Order, change: Change, decision: str) -> Fact:
    return events.step("ApprovalDecided", order, change, decision=decision, round=change.round)


def _confirmation(order: Order, change: Change, party: Party, decision: str) -> Fact:
    return events.step("ConfirmationDecided", order, change, party=party, decision=decision, round=change.round)
