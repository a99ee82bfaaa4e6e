"""Declares for whom the proposal of a settlement is: customers read how much is overpaid, staff how to ask for it."""

from shared.http.parts.audience import fields
from shared.http.resources.discount.audience import MONEY

OVERPAID = fields(staff="method path", parts={"amount": MONEY})
