"""Reads finance's report of a refund that was made by hand."""

from typing import Literal

from pydantic import StrictBool

from shared.http.parts.fields import Given, Note, Word
from shared.usecases.refunding.settle_by_hand import PaidByHand


class SettlementBody(Given):
    """A refund was made by hand; `reference` is the bank's.

    The gateway is asked first. Where it may have paid and cannot be reached, look there, and say in `gateway_says` what
    it says; if it has paid, the reference is the gateway's. `paid_as_well` reports money that went back although the
    refund is settled otherwise: the change falls out until somebody has seen to it.
    """

    reference: Word
    note: Note | None = None
    gateway_says: Literal["paid", "not_paid"] | None = None
    paid_as_well: StrictBool = False

    def to_domain(self, change_id: str, refund_id: str) -> PaidByHand:
        return PaidByHand(
            change_id=change_id,
            refund_id=refund_id,
            reference=self.reference,
            note=self.note,
            gateway_says=self.gateway_says,
            paid_as_well=self.paid_as_well,
        )
