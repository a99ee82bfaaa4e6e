"""Reads finance's report of a refund that was made by hand."""

from shared.http.parts.fields import Given, Note, Word
from shared.usecases.refunding.settle_by_hand import PaidByHand


class SettlementBody(Given):
    """A refund was made by hand; `reference` is the bank's."""

    reference: Word
    note: Note | None = None

    def to_domain(self, change_id: str, refund_id: str) -> PaidByHand:
        return PaidByHand(change_id=change_id, refund_id=refund_id, reference=self.reference, note=self.note)
