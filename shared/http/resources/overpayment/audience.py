"""Declares for whom the proposal of a settlement is."""

from shared.http.parts.audience import fields
from shared.http.resources.discount.audience import MONEY

OVERPAID = fields("method path", parts={"amount": MONEY})
