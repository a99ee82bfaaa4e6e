"""Declares for whom the view behind a confirmation link is: whoever holds it reads as a customer does."""

from shared.http.parts.audience import fields
from shared.http.resources.discount.audience import MONEY
from shared.http.resources.terms.audience import TERMS

CONFIRMATION = fields(
    "order_id change_id kind status waiting expires_at reason changes digest",
    parts={"cancelled": fields("line_id sku stage quantity title", parts={"amount": MONEY}), "terms": TERMS},
)
