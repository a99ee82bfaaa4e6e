"""The steps of a change before its commit: each returns the new order, change, stock moves and facts."""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.change import events
from shared.domain.change.approvals import approval_requested, asking_next
from shared.domain.change.change import Actor, Change, asked_by, moved
from shared.domain.change.collecting import collection_of
from shared.domain.change.events import EventType
from shared.domain.change.holding import holding, moves, units_seen, without_holds
from shared.domain.change.milestones import NOTHING_PASSED, Passed, arrived, confirmation, decided, entered
from shared.domain.change.open_change import with_open
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step, StockMove
from shared.domain.change.surplus import with_surplus
from shared.domain.change.tally import counted_once
from shared.domain.order.order import ChangeKind, Order, display
from shared.domain.planning.plan import Planned
from shared.domain.policy.documents.approvals import Approvals
from shared.domain.policy.documents.deadlines import Deadline
from shared.domain.policy.subjects import Wait


def started(order: Order, change: Change, actor: Actor, now: datetime) -> Step:
    """Returns the step that creates the change as a draft; the live order stays as it is."""
    change = entered(change, actor, now)
    fact = events.step("AmendmentStarted", order, change)
    return Step(
        action=f"{change.kind}_started",
        by=actor,
        at=now,
        before=order,
        after=with_open(order, change),
        change=change,
        facts=(fact,),
    )


def edited(order: Order, change: Change, actor: Actor, now: datetime, *, replaced: Change) -> Step:
    """Returns the step that gives a change other edits; `replaced` is the change before. One that waited for an
    approval is a draft again: its approvals are void, and what it held is free."""
    change = replace(without_holds(change), approvals=(), decided_by=None, asked=None, accept_digest=None, undoes=None)
    change = replace(change, consent=None, confirmed=(), counted=None)
    change = moved(change, ChangeStatus.DRAFT, by=actor.id, at=now, note="edits replaced")
    return Step(
        action="edits_replaced",
        by=actor,
        at=now,
        before=order,
        after=with_open(order, change),
        change_before=replaced,
        change=change,
        stock=_freed(replaced),
        facts=(events.released(order, replaced.holds),) if replaced.holds else (),
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
    """Returns the step that holds stock and asks for the first approval, or approves at once if the plan needs none."""
    counted, tallies = counted_once(order, change, planned, now)
    wait: Wait = "approval" if planned.plan.approvals else "acceptance"
    held = holding(asked_by(counted, actor.id), planned, wait, now)
    held, facts = arrived(order, held, actor, now, passed)
    if change.kind != "cancellation" and not passed.new:
        facts.append(events.step("AmendmentSubmitted", order, held))
    if planned.plan.approvals:
        held = asking_next(held, approvals, actor, now)
        facts.append(approval_requested(order, held))
    else:
        held = moved(held, ChangeStatus.APPROVED, by=actor.id, at=now, note="no approval is needed")
    return Step(
        action=f"{change.kind}_submitted",
        by=actor,
        at=now,
        before=order,
        after=with_open(order, held),
        change_before=None if passed.new else change,
        change=held,
        stock=moves(change, held),
        facts=tuple(facts),
        tallies=tallies,
        units_seen=units_seen(change, planned),
    )


def awaiting(
    order: Order,
    change: Change,
    planned: Planned,
    actor: Actor,
    now: datetime,
    *,
    times: Deadline,
    passed: Passed = NOTHING_PASSED,
) -> Step:
    """Returns the step after which the change waits for the customer or the carrier, as long as `times` allow. Without
    their agreement it has no effect."""
    counted, tallies = counted_once(order, change, planned, now)
    fresh = holding(counted, planned, "confirmation", now)
    after, facts = arrived(order, fresh, actor, now, passed)
    reminder = times.confirmation_reminder_seconds
    after = replace(
        after,
        round=after.round + 1,
        expires_at=now + timedelta(seconds=times.confirmation_seconds),
        remind_at=now + timedelta(seconds=reminder) if reminder is not None else None,
    )
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
        after=with_open(order, after),
        change_before=None if passed.new else change,
        change=after,
        stock=moves(change, after),
        facts=tuple(facts),
        tallies=tallies,
        units_seen=units_seen(change, planned),
    )


def awaiting_payment(
    order: Order, change: Change, planned: Planned, actor: Actor, now: datetime, *, passed: Passed = NOTHING_PASSED
) -> Step:
    """Returns the step after which the change waits for the customer's payment, as long as its plan says. Without the
    payment it has no effect; what it needs of the stock stays held."""
    counted, tallies = counted_once(order, change, planned, now)
    fresh = holding(counted, planned, "payment", now)
    after, facts = arrived(order, fresh, actor, now, passed)
    wanted, seconds = collection_of(change, planned.plan)
    until = now + timedelta(seconds=seconds)
    after = replace(after, round=after.round + 1, collection=wanted, expires_at=until, remind_at=None, asked=None)
    words = f"waits for the customer to pay {display(wanted.amount, order.currency)}"
    after = moved(after, ChangeStatus.PENDING_PAYMENT, by=actor.id, at=now, note=words)
    facts.append(events.payment("PaymentRequested", order, after, wanted))
    return Step(
        action="payment_requested",
        by=actor,
        at=now,
        before=order,
        after=with_open(order, after),
        change_before=None if passed.new else change,
        change=after,
        stock=moves(change, after),
        facts=tuple(facts),
        tallies=tallies,
        units_seen=units_seen(change, planned),
    )


def closed(
    order: Order, change: Change, status: ChangeStatus, actor: Actor, now: datetime, note: str | None = None
) -> Step:
    """Returns the step that ends the change without effect: holds are freed and the order stays as it was. What has
    been paid for it by then calls a person."""
    after = moved(change, status, by=actor.id, at=now, note=note)
    after = replace(without_holds(after), expires_at=None, remind_at=None, asked=None)
    if status is ChangeStatus.REJECTED:
        after = replace(after, decided_by=actor.id)
        fact = decided(order, after, "rejected")
    elif status in (ChangeStatus.DECLINED, ChangeStatus.FAILED) and change.awaited:
        fact = confirmation(order, after, change.awaited, "declined")
    else:
        fact = events.step(_ENDINGS.get((change.kind, status), "ChangeExpired"), order, after)
    facts = [fact]
    if change.holds:
        facts.append(events.released(order, change.holds))
    return with_surplus(
        Step(
            action=f"change_{status}",
            by=actor,
            at=now,
            before=order,
            after=replace(order, open_change=None),
            change_before=change,
            change=after,
            stock=_freed(change),
            facts=tuple(facts),
        )
    )


_ENDINGS: dict[tuple[ChangeKind, ChangeStatus], EventType] = {
    ("amendment", ChangeStatus.UNDONE): "AmendmentUndone",
    ("cancellation", ChangeStatus.WITHDRAWN): "CancellationWithdrawn",
    ("settlement", ChangeStatus.WITHDRAWN): "SettlementWithdrawn",
}


def _freed(change: Change) -> tuple[StockMove, ...]:
    return tuple(StockMove(sku=sku, held=-units) for sku, units in change.holds.items())
