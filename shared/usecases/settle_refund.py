"""Give one refund back, exactly once: ask before repeating, settle when it happened, fall out when it cannot."""

from dataclasses import dataclass, replace

from shared.domain import events
from shared.domain.change import SYSTEM, Change, Refund, RefundStatus, moved
from shared.domain.events import EventType
from shared.domain.order import Order
from shared.domain.payment import Payment
from shared.domain.refusal import Refusal
from shared.domain.states import ChangeStatus
from shared.domain.steps import Step
from shared.ports import Conflict, Gateways, RefundOrder, Services
from shared.usecases.acknowledge_change import completed
from shared.usecases.attempt import ATTEMPTS
from shared.usecases.recording import recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRefund:
    refund_id: str
    change_id: str
    order_id: str


def pay_refund(services: Services, gateways: Gateways, named: NamedRefund) -> str:
    """Ask the gateway whether it happened, and only if not, for the refund. Returns the gateway's reference.

    Raises:
        GatewayUnavailable, GatewayUnknown, GatewayDeclined
    """
    order, _, refund = _read(services, named)
    if refund.status == "settled":
        return refund.reference or ""
    payment = _payment(order, refund)
    gateway = gateways.named(payment.gateway)
    return gateway.find(refund.refund_id) or gateway.refund(
        RefundOrder(
            key=refund.refund_id,
            payment_id=payment.payment_id,
            gateway=payment.gateway,
            reference=payment.reference,
            amount=refund.amount,
            captured=payment.captured,
            currency=order.currency,
        )
    )


def settle_refund(services: Services, named: NamedRefund, reference: str) -> None:
    """The refund happened: the payment shows it, and the change may be completed. Settling twice settles once."""
    _finish(services, named, "settled", reference)


def fail_refund(services: Services, named: NamedRefund, because: str) -> None:
    """The refund cannot be made: the change falls out, and says to the operator what failed."""
    _finish(services, named, "failed", because)


def _finish(services: Services, named: NamedRefund, status: RefundStatus, detail: str) -> None:
    for tried in range(ATTEMPTS):
        order, change, refund = _read(services, named)
        if refund.status == status:
            return
        step = _settled(services, order, change, refund, detail)
        if status == "failed":
            step = _failed(services, order, change, refund, detail)
        try:
            services.orders.write(recorded(step, services.ids))
            return
        except Conflict:
            services.clock.pause(0.02 * 2**tried * services.ids.jitter())
    raise Conflict


def _settled(services: Services, order: Order, change: Change, refund: Refund, reference: str) -> Step:
    now = services.clock.now()
    done = replace(refund, status="settled", reference=reference)
    after = moved(
        _with_refund(change, done), change.status, by=SYSTEM.id, at=now, note=f"refund {refund.refund_id} settled"
    )
    return _step(services, order, change, completed(after, SYSTEM.id, now), done, "RefundSettled")


def _failed(services: Services, order: Order, change: Change, refund: Refund, because: str) -> Step:
    now = services.clock.now()
    failed = replace(refund, status="failed")
    status = ChangeStatus.FALLOUT if change.status is ChangeStatus.COMMITTED else change.status
    note = f"refund {refund.refund_id} failed: {because}; pay it by hand, or correct the payment, then resolve"
    after = moved(_with_refund(change, failed), status, by=SYSTEM.id, at=now, note=note)
    return _step(services, order, change, after, failed, "RefundFailed")


def _step(services: Services, order: Order, change: Change, after: Change, refund: Refund, type_: EventType) -> Step:
    facts = [
        events.step(
            type_,
            order,
            after,
            refund_id=refund.refund_id,
            payment_id=refund.payment_id,
            amount=events.refund_money(refund.amount, order),
        )
    ]
    if after.status is ChangeStatus.FALLOUT and change.status is not ChangeStatus.FALLOUT:
        facts.append(events.step("ChangeFellOut", order, after, refund_id=refund.refund_id))
    return Step(
        action="refund_settled" if refund.status == "settled" else "refund_failed",
        by=SYSTEM,
        at=services.clock.now(),
        before=order,
        after=_paid_back(order, refund) if refund.status == "settled" else order,
        change_before=change,
        change=after,
        facts=tuple(facts),
    )


def _paid_back(order: Order, refund: Refund) -> Order:
    """What was under way is now refunded: their sum, which plans read, stays, so the revision does too."""
    payments = tuple(
        replace(
            payment,
            refunded=payment.refunded + refund.amount,
            refunding=payment.refunding - refund.amount,
        )
        if payment.payment_id == refund.payment_id
        else payment
        for payment in order.payments
    )
    return replace(order, payments=payments)


def _with_refund(change: Change, refund: Refund) -> Change:
    refunds = tuple(refund if known.refund_id == refund.refund_id else known for known in change.refunds)
    return replace(change, refunds=refunds)


def _read(services: Services, named: NamedRefund) -> tuple[Order, Change, Refund]:
    order, change = services.orders.load(named.order_id), services.changes.get(named.change_id)
    refund = next((known for known in change.refunds if known.refund_id == named.refund_id), None) if change else None
    if order is None or change is None or refund is None:
        raise Refusal("refund-not-found", f"There is no refund {named.refund_id}.")
    return order, change, refund


def _payment(order: Order, refund: Refund) -> Payment:
    return next(payment for payment in order.payments if payment.payment_id == refund.payment_id)
