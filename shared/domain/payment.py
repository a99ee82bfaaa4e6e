"""Payments of an order, in minor units."""

from dataclasses import dataclass
from enum import StrEnum


class PaymentStatus(StrEnum):
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One payment. `refunding` is what refunds under way will still give back; refunded + refunding ≤ captured."""

    payment_id: str
    method: str
    gateway: str
    reference: str | None = None
    status: PaymentStatus
    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    refunding: int = 0

    @property
    def refundable(self) -> int:
        return self.captured - self.refunded - self.refunding
