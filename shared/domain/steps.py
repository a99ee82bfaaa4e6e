"""The steps of a change: what each does to the order, the change, stock, and what it tells. Pure.

A `Step` is everything that one write must do together; the store does all of it or nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain import events
from shared.domain.assets import carried
from shared.domain.canonical import sha256
from shared.domain.change import Actor, Change, Refund, moved
from shared.domain.events import Fact
from shared.domain.order import OpenChange, Order
from shared.domain.plan import Planned, StockDelta
from shared.domain.states import ChangeStatus
from shared.domain.touching import touched_skus


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMove:
    """How the counters of one SKU move; available follows (on_hand − held − allocated). None may fall below zero."""

    sku: str
    on_hand: int = 0
    held: int = 0
    allocated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One write: from `before` (None: a new order) to `after`, with its change, its stock and its facts."""

    action: str
    by: Actor
    at: datetime
    before: Order | None
    after: Order
    change_before: Change | None = None
    change: Change | None = None
    stock: tuple[StockMove, ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        return self.before is self.after and self.change_before is self.change


def unchanged(order: Order, change: Change, by: Actor, at: datetime) -> Step:
    """Nothing is left to do: the same was said before."""
    return Step(action="nothing", by=by, at=at, before=order, after=order, change_before=change, change=change)


MAX_SKUS_ON_HEAD = 60
"""More SKUs than this are not carried on the order; they are read from the change instead."""


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


def submitted(order: Order, change: Change, planned: Planned, actor: Actor, now: datetime, *, new: bool) -> Step:
    """Stock is held; the change waits for its approval, or is approved at once where it needs none."""
    held = replace(change, holds=_taken(planned.plan.stock), plan=planned.plan)
    facts = [events.step("AmendmentStarted", order, change)] if new else []
    if new:
        held = _entered(held, actor, now)
    facts.append(events.step("AmendmentSubmitted", order, held))
    if planned.plan.approvals:
        held = moved(replace(held, round=held.round + 1), ChangeStatus.PENDING_APPROVAL, by=actor.id, at=now)
        facts.append(_approval_requested(order, held))
    else:
        held = moved(held, ChangeStatus.APPROVED, by=actor.id, at=now, note="no approval is needed")
    return Step(
        action="amendment_submitted",
        by=actor,
        at=now,
        before=order,
        after=_with_open(order, held),
        change_before=None if new else change,
        change=held,
        stock=tuple(StockMove(sku=sku, held=units) for sku, units in held.holds.items()),
        facts=tuple(facts),
    )


def approved(order: Order, change: Change, actor: Actor, now: datetime, note: str | None) -> Step:
    """The decision is yes, and the change waits to be accepted."""
    after = replace(moved(change, ChangeStatus.APPROVED, by=actor.id, at=now, note=note), decided_by=actor.id)
    return Step(
        action="change_approved",
        by=actor,
        at=now,
        before=order,
        after=_with_open(order, after),
        change_before=change,
        change=after,
        facts=(_decided(order, after, "approved"),),
    )


def committed(
    order: Order,
    change: Change,
    planned: Planned,
    actor: Actor,
    now: datetime,
    *,
    new: bool = False,
    approval_note: str | None = None,
    approving: bool = False,
) -> Step:
    """The planned order becomes the live one: a new version, stock allocated, refunds requested, all at once."""
    facts = []
    after = change
    if new:
        after = _entered(after, actor, now)
        facts += [events.step(type_, order, change) for type_ in ("AmendmentStarted", "AmendmentSubmitted")]
    if approving:
        after = replace(
            moved(after, ChangeStatus.APPROVED, by=actor.id, at=now, note=approval_note), decided_by=actor.id
        )
        facts.append(_decided(order, after, "approved"))
    version = planned.after.version
    after = moved(after, ChangeStatus.COMMITTED, by=actor.id, at=now)
    after = replace(
        after,
        plan=planned.plan,
        committed_version=version,
        holds={},
        refunds=_refunds(change, planned),
        expires_at=None,
    )
    assets = carried(order, planned.after, now, change.change_id)
    live = replace(planned.after, open_change=None, assets=assets)
    facts.append(events.amended(order, live, after, planned.plan.changed))
    freed = {move.sku: move.delta for move in planned.plan.stock if move.delta > 0}
    facts += [events.released(live, freed)] if freed else []
    facts += [events.assets_changed(live, planned.plan.assets)] if planned.plan.assets else []
    facts += [_refund_requested(live, after, refund) for refund in after.refunds]
    return Step(
        action="order_amended",
        by=actor,
        at=now,
        before=order,
        after=live,
        change_before=None if new else change,
        change=after,
        stock=_allocations(planned.plan.stock, change.holds),
        facts=tuple(facts),
    )


def closed(
    order: Order, change: Change, status: ChangeStatus, actor: Actor, now: datetime, note: str | None = None
) -> Step:
    """The change ends without effect: holds go back, the order is as it was."""
    after = moved(change, status, by=actor.id, at=now, note=note)
    after = replace(after, holds={}, expires_at=None)
    if status is ChangeStatus.REJECTED:
        after = replace(after, decided_by=actor.id)
        fact = _decided(order, after, "rejected")
    else:
        fact = events.step("AmendmentUndone" if status is ChangeStatus.UNDONE else "ChangeExpired", order, after)
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


def _entered(change: Change, actor: Actor, now: datetime) -> Change:
    return moved(change, ChangeStatus.DRAFT, by=actor.id, at=now)


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


def _allocations(stock: Iterable[StockDelta], holds: dict[str, int]) -> tuple[StockMove, ...]:
    """Holds become allocations; what was not held is allocated directly; what is freed becomes available."""
    moves = {move.sku: -move.delta for move in stock}
    return tuple(
        StockMove(sku=sku, held=-holds.get(sku, 0), allocated=moves.get(sku, 0)) for sku in sorted({*moves, *holds})
    )


def _refunds(change: Change, planned: Planned) -> tuple[Refund, ...]:
    return tuple(
        Refund(
            refund_id=refund_id(change.change_id, refund.payment_id),
            payment_id=refund.payment_id,
            amount=refund.amount,
        )
        for refund in planned.plan.refunds
    )


def refund_id(change_id: str, payment_id: str) -> str:
    """One refund per change and payment, so one id: whoever asks twice asks for the same."""
    return f"ref_{sha256(f'{change_id}/{payment_id}')[:24]}"


def _approval_requested(order: Order, change: Change) -> Fact:
    needed = change.plan.approvals[0]
    return events.step("ApprovalRequested", order, change, role=needed.role, because=needed.because, round=change.round)


def _decided(order: Order, change: Change, decision: str) -> Fact:
    return events.step("ApprovalDecided", order, change, decision=decision, round=change.round)


def _refund_requested(order: Order, change: Change, refund: Refund) -> Fact:
    return events.step(
        "RefundRequested",
        order,
        change,
        refund_id=refund.refund_id,
        payment_id=refund.payment_id,
        amount=events.refund_money(refund.amount, order),
    )
