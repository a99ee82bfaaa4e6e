"""Reads the payments of a WooCommerce order: the one that its gateway took, and gift cards.

The extension Gift Cards lists what cards paid in `gift_cards` and takes it off the order's `total` (WooCommerce, "Gift
Cards: REST API Reference", Orders). It is money of the customer like any other.
"""

from dataclasses import replace

from shared.adapters.channels.reading.bounds import MAX_PAYMENTS
from shared.adapters.channels.reading.payload import Fields
from shared.domain.order.payment import Payment, PaymentStatus

GIFT_CARD = "gift_card"
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


def gift_cards(order: Fields) -> int:
    """Returns the sum that gift cards paid, in minor units; the order's `total` leaves it out."""
    return sum(card.amount("amount") for card in order.objects("gift_cards", MAX_PAYMENTS - 1))


def read_payments(order: Fields, total: int, refunded: int) -> tuple[Payment, ...]:
    """Returns the gateway's payment of `total` (minor units), if there was one, and one for each gift card. What was
    `refunded` is of the gateway's as far as it goes, and then of the gift cards in their order."""
    main = _main(order, total, refunded)
    cards = [_card(order, number, card) for number, card in enumerate(order.objects("gift_cards"), start=1)]
    given = []
    for payment in (*((main,) if main else ()), *cards):
        back = min(refunded, payment.captured)
        refunded -= back
        given.append(replace(payment, refunded=back))
    if refunded:
        raise order.refusal("overpaid-refund", "More was given back than was paid.", "refunds")
    return tuple(given)


def _card(order: Fields, number: int, card: Fields) -> Payment:
    """Returns a gift card's part. Its code is money to whoever knows it, so it is kept nowhere; its id may pay for
    other orders too."""
    amount = card.amount("amount")
    return Payment(
        payment_id=f"woocommerce:{order.id('id')}:gift_card:{number}",
        method=GIFT_CARD,
        gateway=GIFT_CARD,
        status=PaymentStatus.CAPTURED,
        authorised=amount,
        captured=amount,
    )


def _main(order: Fields, total: int, refunded: int) -> Payment | None:
    details = order.object("payment_details")
    gateway = order.text_or_none("payment_method") or (details and details.text_or_none("method_id")) or "manual"
    times = [order.time_or_none(key) for key in ("date_paid_gmt", "date_paid")]
    paid = any(times) or bool(details and details.flag("paid"))
    authorised = _only_authorised(order)
    if total == 0 or not (paid or authorised or refunded):
        return None
    return Payment(
        payment_id=f"woocommerce:{order.id('id')}",
        method=_METHODS.get(gateway, gateway),
        gateway=gateway,
        reference=order.text_or_none("transaction_id"),
        status=PaymentStatus.AUTHORISED if authorised else PaymentStatus.CAPTURED,
        authorised=total,
        captured=0 if authorised else total,
    )


def _only_authorised(order: Fields) -> bool:
    marks = [(meta.values.get("key"), meta.values.get("value")) for meta in order.objects("meta_data")]
    return any(mark in marks for mark in _AUTHORISED_ONLY.items())
