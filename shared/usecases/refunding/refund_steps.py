"""Make the steps of a refund, or of a release: under way at the gateway, settled, failed, unknown. Nothing is read or
written here.

No money moves by a release, so none is booked on the payment.
"""

from dataclasses import replace
from datetime import datetime

from shared.domain.change import events
from shared.domain.change.change import SYSTEM, Actor, Change, moved
from shared.domain.change.events import EventType, Fact
from shared.domain.change.refund import Refund
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.order.order import Order, display
from shared.ports.gateways import Callback
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
    completes: bool = True,
) -> Step:
    """Book the refund: the payment shows it, and the change is completed if it waits for nothing else, unless it is not
    to. `by` is the person who made it by hand, in whose `words`."""
    done = replace(refund, status="settled", reference=reference or refund.reference)
    note = f"{refund.kind} {refund.refund_id} settled" + (f": {words}" if words else "")
    after = moved(_with(change, done), change.status, by=by.id, at=now, note=note)
    after = completed(after, by.id, now) if completes else after
    paid_back = _paid_back(order, change, refund) if refund.kind == "refund" else order
    step = _step(order, paid_back, change, after, f"{refund.kind}_settled", now, told(order, after, done))
    return replace(step, by=by)


def failed(order: Order, change: Change, refund: Refund, because: str, now: datetime) -> Step:
    """Mark the refund as failed, which its gateway has declined: a person takes it on, and reads on the change what to
    do."""
    remedy = "pay it by hand, or correct the payment" if refund.kind == "refund" else "release it by hand"
    note = f"{refund.kind} {refund.refund_id} failed: {because}; {remedy}, then resolve"
    given = _with(change, replace(refund, status="failed"))
    return _fell_out(order, change, given, refund, note, f"{refund.kind}_failed", now, tells="RefundFailed")


def unknown(order: Order, change: Change, refund: Refund, because: str, now: datetime) -> Step:
    """Mark that nobody could find out what became of the refund. A person reads that it may have been paid, and the
    sweep goes on asking; nobody is told that it failed."""
    done, remedy = ("paid", "pay nothing") if refund.kind == "refund" else ("released", "release nothing")
    note = f"{refund.kind} {refund.refund_id} may have been {done}: look at the gateway first, and {remedy} before"
    note += f" ({because}); the sweep goes on asking it; then settle or resolve, with what the gateway says"
    given = _with(change, replace(refund, status="unknown"))
    return _fell_out(order, change, given, refund, note, f"{refund.kind}_unknown", now)


def settled_again(
    order: Order, change: Change, refund: Refund, reference: str, now: datetime, *, by: Actor = SYSTEM
) -> Step:
    """Note that the refund, which is settled, was settled under another reference as well, by a person or at the
    gateway. Nothing is booked a second time: a person finds out which of them to get back."""
    note = f"refund {refund.refund_id} is settled twice: as {refund.reference}, and as {reference}; the customer may"
    note += " have it twice: look at the gateway and at the bank, get one of them back, then resolve"
    given = _with(change, replace(refund, also_settled_as=(*refund.also_settled_as, reference)))
    step = _fell_out(order, change, given, refund, note, f"{refund.kind}_settled_again", now)
    return replace(step, by=by)


def misreported(order: Order, change: Change, refund: Refund, said: Callback, now: datetime) -> Step | None:
    """Note for a person, once, a report that does not tell the amount of the refund, so that nothing is booked by
    it."""
    amount = "an amount that cannot be read"
    if said.amount is not None:
        amount = f"{said.amount} minor units of {said.currency[:10]}"
    note = f"the gateway reports {refund.kind} {refund.refund_id} as {said.outcome} under {said.reference[:100]}, with "
    note += f"{amount} instead of {display(refund.amount, order.currency)}: nothing is booked; look at the gateway"
    if any(entry.note == note for entry in change.timeline):
        return None
    return _fell_out(order, change, change, refund, note, f"{refund.kind}_misreported", now)


def came_back(order: Order, change: Change, refund: Refund, because: str, now: datetime) -> Step:
    """Note that the refund had settled, and failed afterwards. Our books still have it as given back: a person looks
    where the money is, so that nothing is paid twice."""
    note = f"{refund.kind} {refund.refund_id} failed after it had settled: {because}; see whether the customer has it"
    note += ", pay it by hand if not, then resolve"
    given = _with(change, replace(refund, came_back=True))
    return _fell_out(order, change, given, refund, note, f"{refund.kind}_came_back", now, tells="RefundFailed")


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


def _fell_out(
    order: Order,
    change: Change,
    given: Change,
    refund: Refund,
    note: str,
    action: str,
    now: datetime,
    *,
    tells: EventType | None = None,
) -> Step:
    """Return the step to `given`, whose refund needs a person: the change falls out, if it can, and `note` says what to
    do. `tells` is the fact that subscribers hear of the refund besides."""
    status = ChangeStatus.FALLOUT if change.has_taken_effect else change.status
    after = moved(given, status, by=SYSTEM.id, at=now, note=note)
    facts = [_fact(tells, order, after, refund)] if tells else []
    if after.status is not change.status:
        facts.append(events.step("ChangeFellOut", order, after, refund_id=refund.refund_id))
    return _step(order, order, change, after, action, now, *facts)


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
