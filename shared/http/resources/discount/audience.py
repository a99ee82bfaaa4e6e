"""Declares for whom the fields of a discount are."""

from shared.http.parts.audience import fields

MONEY = fields("amount currency")
DISCOUNT = fields("code type value")
LINE_DISCOUNT = fields("code type value scope after_tax", parts={"amount": MONEY})
