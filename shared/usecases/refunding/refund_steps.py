"""Make the steps of a refund, or of a release: under way at the gateway, settled, failed. Nothing is read or written
here.

No money moves by a release, so none is booked on the payment.
"""

from dataclasses import replace
from datetime import datetime

from shared.domain.change import events
from shared.domain.change.change import SYSTEM, Actor, Change, Refund, moved
from shared.domain.change.events import EventType, Fact
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.usecases.core.completion import completed


def under_way(order: Order, change: Change, refund: Refund, reference: str, now: datetime) -> Step:
    """Mark the refund as under way: the gateway has taken it, and will report how it ended. Nobody else needs to hear
    of it."""
    pending = replace(refund, status="pending", reference=reference)
    note = f"{refund.kind} {refund.refund_id} is under way at the gateway"
    after = moved(_with(change, pending), change.status, by=SYSTEM.id, at=now, note=note)
    return _step(order, order, change, after, f"{refund.kind}_pending", now)


def settled(
    order: Order,
    change: Change,
    refund: Refund,
    reference: str,
    now: datetime,
    *,
    by: Actor = SYSTEM,
    words: str | None = None,
) -> Step:
    """Book the refund: the payment shows it, and the change is completed if it waits for nothing else. `by` is the
    person who made it by hand, in whose `words`."""
    done = replace(refund, status="settled", reference=reference or refund.reference)
    note = f"{refund.kind} {refund.refund_id} settled" + (f": {words}" if words else "")
    after = moved(_with(change, done), change.status, by=by.id, at=now, note=note)
    after = completed(after, by.id, now)
    paid_back = _paid_back(order, change, refund) if refund.kind == "refund" else order
    step = _step(order, paid_back, change, after, f"{refund.kind}_settled", now, told(order, after, done))
    return replace(step, by=by)


def failed(order: Order, change: Change, refund: Refund, because: str, now: datetime) -> Step:
    """Mark the refund as failed: a person takes it on, and reads on the change what to do."""
    status = ChangeStatus.FALLOUT if change.status is ChangeStatus.COMMITTED else change.status
    remedy = "pay it by hand, or correct the payment" if refund.kind == "refund" else "release it by hand"
    note = f"{refund.kind} {refund.refund_id} failed: {because}; {remedy}, then resolve"
    after = moved(_with(change, replace(refund, status="failed")), status, by=SYSTEM.id, at=now, note=note)
    facts = [_fact("RefundFailed", order, after, refund)]
    if after.status is not change.status:
        facts.append(events.step("ChangeFellOut", order, after, refund_id=refund.refund_id))
    return _step(order, order, change, after, f"{refund.kind}_failed", now, *facts)


def came_back(order: Order, change: Change, refund: Refund, because: str, now: datetime) -> Step:
    """Note that the refund had settled, and failed afterwards. Our books still have it as given back: a person looks
    where the money is, so that nothing is paid twice."""
    status = (
        ChangeStatus.FALLOUT if change.status in (ChangeStatus.COMMITTED, ChangeStatus.COMPLETED) else change.status
    )
    note = f"{refund.kind} {refund.refund_id} failed after it had settled: {because}; see whether the customer has it"
    note += ", pay it by hand if not, then resolve"
    after = moved(_with(change, replace(refund, came_back=True)), status, by=SYSTEM.id, at=now, note=note)
    facts = [_fact("RefundFailed", order, after, refund)]
    if after.status is not change.status:
        facts.append(events.step("ChangeFellOut", order, after, refund_id=refund.refund_id))
    return _step(order, order, change, after, f"{refund.kind}_came_back", now, *facts)


def spent_otherwise(order: Order, change: Change, refund: Refund) -> bool:
    """Return True if its change was given up, and the money set aside for it has gone back, or is going back, by
    others."""
    if change.status is not ChangeStatus.FAILED or refund.kind != "refund":
        return False
    payment = next(payment for payment in order.payments if payment.payment_id == refund.payment_id)
    return payment.refundable < refund.amount


def too_much(order: Order, change: Change, refund: Refund, reference: str, now: datetime) -> Step | None:
    """Note for a person, once, that a late refund is beyond what the payment holds, so that it cannot be booked."""
    note = f"{refund.kind} {refund.refund_id} settled late ({reference}), when its money had gone back otherwise: "
    note += "the customer may have too much; compare with the gateway"
    if any(entry.note == note for entry in change.timeline):
        return None
    after = moved(change, change.status, by=SYSTEM.id, at=now, note=note)
    return _step(order, order, change, after, f"{refund.kind}_too_much", now)


def told(order: Order, change: Change, refund: Refund) -> Fact:
    """Return the fact that subscribers are told of a refund, or a release, that has ended."""
    if refund.status == "failed":
        return _fact("RefundFailed", order, change, refund)
    return _fact("RefundSettled" if refund.kind == "refund" else "AuthorisationReduced", order, change, refund)


def _step(
    before: Order, after: Order, change: Change, changed: Change, action: str, now: datetime, *facts: Fact
) -> Step:
    return Step(
        action=action,
        by=SYSTEM,
        at=now,
        before=before,
        after=after,
        change_before=change,
        change=changed,
        facts=facts,
    )


def _fact(type_: EventType, order: Order, change: Change, refund: Refund) -> Fact:
    amount = events.refund_money(refund.amount, order)
    return events.step(type_, order, change, refund_id=refund.refund_id, payment_id=refund.payment_id, amount=amount)


def _paid_back(order: Order, change: Change, refund: Refund) -> Order:
    """Return the order with the amount refunded that was under way: their sum, which plans read, stays, and so does the
    revision.

    Of a change that was given up, nothing was under way any more: if it is settled late all the same, the sum rises.
    """
    given_up = change.status is ChangeStatus.FAILED
    payments = tuple(
        replace(
            payment,
            refunded=payment.refunded + refund.amount,
            refunding=payment.refunding - (0 if given_up else refund.amount),
        )
        if payment.payment_id == refund.payment_id
        else payment
        for payment in order.payments
    )
    return replace(order, payments=payments, revision=order.revision + (1 if given_up else 0))


def _with(change: Change, refund: Refund) -> Change:
    refunds = tuple(refund if known.refund_id == refund.refund_id else known for known in change.refunds)
    return replace(change, refunds=refunds)
