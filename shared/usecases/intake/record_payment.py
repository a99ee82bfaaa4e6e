"""Record a payment, a capture or a void that happened outside."""

from dataclasses import dataclass, replace

from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.order.payment import Payment, PaymentStatus
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.access import read_order
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.transact import transact_step


def record_payment(
    services: Services, request: Request[Step], order_id: str, reported: "ReportedPayment"
) -> Outcome[Step]:
    """Record the payment on the order: a new one, or one that has since been captured or voided. It makes a new
    revision.

    Raises:
        Refusal: `order-not-found`, `other-currency`, `captured-falls` (captured amounts only rise),
            `payment-mismatch` (another gateway or reference under a known payment id).
    """

    def work() -> Step:
        order = read_order(services.orders, order_id, request.principal)
        if reported.currency != order.currency:
            raise Refusal("other-currency", f"The order is in {order.currency}.", pointer="/captured/currency")
        return Step(
            action=f"payment_{reported.payment.status}",
            by=request.principal.acting(),
            at=services.clock.now(),
            before=order,
            after=_with_payment(order, reported.payment),
        )

    return transact_step(services, request, work)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedPayment:
    payment: Payment
    currency: str


def _with_payment(order: Order, reported: Payment) -> Order:
    known = next((payment for payment in order.payments if payment.payment_id == reported.payment_id), None)
    if known is None:
        payments = (*order.payments, reported)
    else:
        _check(known, reported)
        merged = replace(
            known,
            status=reported.status,
            authorised=reported.authorised,
            captured=reported.captured,
            expires_at=reported.expires_at or known.expires_at,
        )
        payments = tuple(merged if payment is known else payment for payment in order.payments)
    return replace(order, payments=payments, revision=order.revision + 1)


def _check(known: Payment, reported: Payment) -> None:
    if (known.gateway, known.reference) != (reported.gateway, reported.reference or known.reference):
        raise Refusal("payment-mismatch", f"Payment {known.payment_id} is another one.", pointer="/payment_id")
    if reported.captured < known.captured or (reported.status is PaymentStatus.VOIDED and reported.captured):
        raise Refusal("captured-falls", "What was captured cannot become less; refund it.", pointer="/captured")
