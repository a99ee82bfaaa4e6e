"""Changes that wait for a payment, and the payments that come."""

from dataclasses import replace
from typing import Any

from shared.adapters.policy_file import ADAPTERS, shipped
from shared.domain.change.change import Change
from shared.domain.change.collection import Collection
from shared.domain.order.order import Order
from shared.domain.order.payment import Payment, PaymentStatus
from shared.domain.policy.policy import Policy
from shared.ports.gateways import LinkPaid
from shared.usecases.intake.record_payment import ReportedPayment

PAY_FIRST: dict[str, Any] = {"id": "first", "mode": "before_commit", "deadline_hours": 3, "words": "Pay first."}


def collecting(*rules: dict[str, Any]) -> Policy:
    """The frozen policy with these rules of collection."""
    return replace(shipped(), collection=ADAPTERS["collection"].validate_python({"rules": rules or (PAY_FIRST,)}))


def collection_of(change: Change) -> Collection:
    assert change.collection is not None
    return change.collection


def paid_by_link(change: Change, amount: int, **more: Any) -> ReportedPayment:
    """A service reports money that came by the link of a change."""
    payment = Payment(
        payment_id=more.pop("payment_id", "pay-link"),
        method="card",
        gateway="sandbox",
        status=PaymentStatus.CAPTURED,
        authorised=amount,
        captured=amount,
        link_id=more.pop("link_id", collection_of(change).link_id),
        **more,
    )
    return ReportedPayment(payment=payment, currency="USD")


def link_paid(change: Change, amount: int, reference: str = "pi_1", **more: Any) -> LinkPaid:
    """The gateway reports it."""
    named = {"order_id": change.order_id, "key": collection_of(change).link_id, "currency": "USD"} | more
    return LinkPaid(reference=reference, amount=amount, **named)


def came(order: Order) -> int:
    """Minor units that came by links."""
    return sum(payment.captured for payment in order.payments if payment.link_id)
