"""Shows a payment of an order in replies."""

from shared.domain.order.payment import Payment
from shared.http.parts.view import Json, money, present, time


def payment_view(payment: Payment, currency: str) -> Json:
    return present(
        {
            "payment_id": payment.payment_id,
            "method": payment.method,
            "gateway": payment.gateway,
            "reference": payment.reference,
            "status": payment.status.value,
            "authorised": money(payment.authorised, currency),
            "captured": money(payment.captured, currency),
            "refunded": money(payment.refunded, currency),
            "refunding": money(payment.refunding, currency) if payment.refunding else None,
            "expires_at": time(payment.expires_at) if payment.expires_at else None,
            "link_id": payment.link_id,
        }
    )
