"""Defines the edit `credit`: goodwill, an amount given back while the goods stay with the customer."""

from dataclasses import dataclass
from typing import Literal

from shared.domain.money.given import Money
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import CancellationEdit
from shared.domain.planning.known_lines import KnownLines


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit(CancellationEdit):
    """Gives goodwill in a cancellation: never more than the order still costs."""

    amount: Money
    op: Literal["credit"] = "credit"

    def apply(self, draft: EditDraft, pointer: str) -> None:
        where = "/goodwill/amount"
        if not draft.rights.allowed(self.op, None, where) or not draft.same_currency(self.amount, where):
            return
        if self.amount.amount > max(0, draft.order.totals.total):
            draft.refuse("credit-over-total", "A goodwill credit cannot exceed what the order costs.", where)
            return
        draft.credit += self.amount.amount

    def affected_skus(self, known: KnownLines) -> set[str]:
        return set()
