"""Declares for whom the fields of an order are: its owner reads it whole, but for the segment that we put them in."""

from shared.http.parts.audience import fields
from shared.http.resources.discount.audience import DISCOUNT, MONEY
from shared.http.resources.line.audience import LINE, TAX
from shared.http.resources.overpayment.audience import OVERPAID

ADDRESS = fields("name line1 line2 city region postal_code country")
SHIPPING = fields("method tax_included", parts={"price": MONEY, "tax": MONEY, "taxes": TAX, "goodwill": MONEY})
TOTALS = fields(
    parts=dict.fromkeys(
        ("items", "discount", "shipping", "tax", "fees", "total", "paid", "refunded", "refunding", "balance_due"), MONEY
    )
)
_PAYMENT = fields(
    "payment_id method gateway reference status expires_at link_id",
    parts=dict.fromkeys(("authorised", "captured", "refunded", "refunding"), MONEY),
)

BASE = "order_id version status channel channel_order_id currency placed_at supersedes backordered erased_at"
PARTS = {
    "source": fields("type reference"),
    "customer": fields("customer_id tier email name", staff="segment"),
    "shipping_address": ADDRESS,
    "billing_address": ADDRESS,
    "shipping": SHIPPING,
    "tax_exemption": fields("kind reason jurisdiction"),
    "discounts": DISCOUNT,
    "fees": fields("code", parts={"amount": MONEY, "tax": MONEY}),
    "payments": _PAYMENT,
    "totals": TOTALS,
    "settlement": OVERPAID,
    "open_change": fields("change_id kind status", staff="waits_for waits_since waits_until"),
}
ORDER_IN_LIST = fields(BASE, parts=PARTS)
ORDER = fields(BASE, parts={**PARTS, "lines": LINE})
