"""Applies what happens to a change in the same write as a step and before it: it is created, approved or confirmed."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from shared.domain.change import events
from shared.domain.change.answers import Consent
from shared.domain.change.approval_request import Approval
from shared.domain.change.change import Actor, Change, moved
from shared.domain.change.events import EventType, Fact
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order, display
from shared.domain.planning.plan import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The milestones that the change passes in this write, each with its note."""

    new: bool = False
    approval: Approval | None = None
    approval_note: str | None = None
    confirming: Party | None = None
    confirming_note: str | None = None
    consent: Consent | None = None
    paid: bool = False


NOTHING_PASSED = Passed()


def arrived(order: Order, change: Change, actor: Actor, now: datetime, passed: Passed) -> tuple[Change, list[Fact]]:
    """Returns the change with the passed milestones on its timeline, and the facts that tell of them."""
    facts: list[Fact] = []
    if passed.new:
        facts += [events.step(type_, order, change) for type_ in _OPENING[change.kind]]
        change = entered(change, actor, now)
    if passed.approval:
        change = approved_by(change, passed.approval, passed.approval_note)
        facts.append(decided(order, change, "approved"))
    if passed.confirming:
        note = f"the {passed.confirming} agreed" + (f": {passed.confirming_note}" if passed.confirming_note else "")
        change = moved(change, ChangeStatus.PENDING_CONFIRMATION, by=actor.id, at=now, note=note)
        change = replace(change, confirmed=(*change.confirmed, passed.confirming))
        facts.append(confirmation(order, change, passed.confirming, "confirmed"))
    if passed.consent:
        change = replace(change, consent=passed.consent)
        if "customer" not in change.confirmed:
            change = replace(change, confirmed=_with_customer(change))
    if passed.paid and (came := change.collection):
        words = f"the customer paid {display(came.collected, order.currency)}"
        change = moved(change, ChangeStatus.PENDING_PAYMENT, by=actor.id, at=now, note=words)
        facts.append(events.payment("PaymentCollected", order, change, came))
    return change, facts


def entered(change: Change, actor: Actor, now: datetime) -> Change:
    return moved(change, ChangeStatus.DRAFT, by=actor.id, at=now)


def approved_by(change: Change, approval: Approval, note: str | None) -> Change:
    """Returns the change with one more approval: approved, or still pending if its plan needs others."""
    given = (*change.approvals, approval)
    last = len(given) >= len(change.plan.approvals)
    status = ChangeStatus.APPROVED if last else ChangeStatus.PENDING_APPROVAL
    words = f"{approval.role} approved" + (f": {note}" if note else "")
    after = moved(change, status, by=approval.by, at=approval.at, note=words)
    return replace(after, approvals=given, decided_by=approval.by, asked=None)


def decided(order: Order, change: Change, decision: str) -> Fact:
    return events.step("ApprovalDecided", order, change, decision=decision, round=change.round)


def confirmation(order: Order, change: Change, party: Party, decision: str) -> Fact:
    return events.step("ConfirmationDecided", order, change, party=party, decision=decision, round=change.round)


_OPENING: dict[str, tuple[EventType, ...]] = {
    "amendment": ("AmendmentStarted", "AmendmentSubmitted"),
    "cancellation": ("CancellationRequested",),
    "exchange": ("AmendmentStarted", "AmendmentSubmitted"),
    "settlement": ("SettlementRequested",),
}


def _with_customer(change: Change) -> tuple[Party, ...]:
    return tuple(party for party in get_args(Party) if party in ("customer", *change.confirmed))
