"""Declares for whom the fields of terms are: customers read every sum, and which rule asks for it nobody but staff."""

from shared.http.parts.audience import fields
from shared.http.resources.discount.audience import MONEY

PLANNED_REFUND = fields("payment_id method", parts={"amount": MONEY})
PLANNED_FEE = fields("code on line_id because", staff="rule", parts={"amount": MONEY, "tax": MONEY})
CANCELLED_UNITS = fields("line_id sku stage quantity", parts={"amount": MONEY})
REVERSED_TAX = fields("name jurisdiction", parts={"amount": MONEY})

_SUMS = (
    "goods shipping_refunded order_fees_refunded fees_total credit replacements tax_reversed refund released "
    "amount_due new_total"
)
TERMS = fields(
    parts={
        **dict.fromkeys(_SUMS.split(), MONEY),
        "fees": PLANNED_FEE,
        "refunds": PLANNED_REFUND,
        "how_long": fields("words refund_days"),
    }
)
