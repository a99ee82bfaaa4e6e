"""Reads the payment of a WooCommerce order: the one that its gateway took.

`refunds` on an order give sums but no goods, so the order's total stays and the payment holds the refunded sum: no
later refund can go beyond the rest.
"""

from shared.adapters.channels.reading.payload import Fields
from shared.domain.order.payment import Payment, PaymentStatus

_METHODS = {
    "bacs": "bank_transfer",
    "cheque": "cheque",
    "cod": "cash_on_delivery",
    "stripe": "card",
    "stripe_cc": "card",
    "woocommerce_payments": "card",
    "paypal": "paypal",
    "ppcp-gateway": "paypal",
}
_AUTHORISED_ONLY = {"_intention_status": "requires_capture", "_stripe_charge_captured": "no"}
"""Marks in the meta data of an order whose money is held and not yet taken (WooPayments, WooCommerce Stripe)."""


def read_payments(order: Fields, total: int) -> tuple[Payment, ...]:
    """Returns the gateway's payment of `total` (minor units), if there was one."""
    main = _main(order, total)
    return (main,) if main else ()


def repaid(order: Fields) -> int:
    """Returns the sum refunded so far, in minor units; the API writes refunds as negative totals."""
    return sum(abs(refund.amount_or_zero("total", negative=True)) for refund in order.objects("refunds"))


def _main(order: Fields, total: int) -> Payment | None:
    details = order.object("payment_details")
    gateway = order.text_or_none("payment_method") or (details and details.text_or_none("method_id")) or "manual"
    paid = order.has("date_paid_gmt") or order.has("date_paid") or bool(details and details.flag("paid"))
    authorised = _only_authorised(order)
    refunded = repaid(order)
    if total == 0 or not (paid or authorised or refunded):
        return None
    captured = 0 if authorised else total
    if refunded > captured:
        raise order.refusal("overpaid-refund", "More was given back than was paid.", "refunds")
    return Payment(
        payment_id=f"woocommerce:{order.id('id')}",
        method=_METHODS.get(gateway, gateway),
        gateway=gateway,
        reference=order.text_or_none("transaction_id"),
        status=PaymentStatus.AUTHORISED if authorised else PaymentStatus.CAPTURED,
        authorised=total,
        captured=captured,
        refunded=refunded,
    )


def _only_authorised(order: Fields) -> bool:
    marks = [(meta.values.get("key"), meta.values.get("value")) for meta in order.objects("meta_data")]
    return any(mark in marks for mark in _AUTHORISED_ONLY.items())
