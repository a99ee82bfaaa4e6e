"""Describes a refund, or a release of an authorisation, that a change asks for."""

from dataclasses import dataclass
from typing import Literal

RefundStatus = Literal["requested", "pending", "unknown", "settled", "failed"]
"""`failed` is what the gateway has declined, and no more. `unknown` may have been paid: nobody pays it again before the
gateway has been asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money on its way back on one payment, in minor units; `refund_id` derives the id from the change and the payment.

    A `release` gives no money back: it reduces an authorisation by `amount` to `keep`. `pending` means that the gateway
    has taken the refund and will report its end later; `unknown` that nobody could find out whether it was paid;
    `came_back` that a settled refund failed afterwards. `also_settled_as` are other references under which it was
    settled as well, by a person or at the gateway: the customer may have it twice.
    `credit_memo` is the number of the memo that billing gets; `gateway` is the one that the payment was made through.
    """

    refund_id: str
    payment_id: str
    amount: int
    kind: Literal["refund", "release"] = "refund"
    keep: int = 0
    status: RefundStatus = "requested"
    reference: str | None = None
    credit_memo: str | None = None
    came_back: bool = False
    also_settled_as: tuple[str, ...] = ()
    gateway: str = ""

    @property
    def is_over(self) -> bool:
        """Tells if it is settled once, and for good: no person has to look where its money is."""
        return self.status == "settled" and not self.came_back and not self.also_settled_as
