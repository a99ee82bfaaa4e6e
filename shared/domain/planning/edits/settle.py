"""Defines the edit `settle`: money that was paid twice, or more than the order costs, goes back."""

from dataclasses import dataclass
from typing import Literal

from shared.domain.money.given import Money
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import SettlementEdit
from shared.domain.planning.known_lines import KnownLines
from shared.domain.planning.line_draft import SettleWish


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle(SettlementEdit):
    """Gives back what is overpaid, or `amount` of it, on the payment that is named, or on the last ones first. It
    leaves the content of the order alone."""

    amount: Money | None = None
    payment_id: str | None = None
    op: Literal["settle"] = "settle"

    def apply(self, draft: EditDraft, pointer: str) -> None:
        if not draft.rights.allowed(self.op, None, ""):
            return
        if self.amount is None or draft.same_currency(self.amount, "/amount"):
            draft.settlement = SettleWish(self.amount.amount if self.amount else None, self.payment_id)

    def affected_skus(self, known: KnownLines) -> set[str]:
        return set()
