"""Defines the edit `credit`: goodwill, an amount given back while the goods stay with the customer."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from shared.domain.money.given import Money
from shared.domain.order.line import Line
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import CancellationEdit
from shared.domain.planning.known_lines import KnownLines
from shared.domain.planning.line_draft import CreditWish


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit(CancellationEdit):
    """Gives goodwill in a cancellation, tax included: on one line, on shipping (which needs a right of its own), or
    without either on the whole order; never more than that still costs."""

    amount: Money
    line_id: str | None = None
    shipping: bool | None = None
    op: Literal["credit"] = "credit"
    parts: ClassVar[tuple[str, ...]] = ("shipping",)

    @property
    def on(self) -> str:
        return self.line_id or ""

    def apply(self, draft: EditDraft, pointer: str) -> None:
        where = "/goodwill/amount"
        line = draft.by_id.get(self.line_id or "")
        if self.line_id is not None and line is None:
            draft.refuse("unknown-line", f"The order has no line '{self.line_id}'.", "/goodwill/on/line_id")
        elif self._may_be_given(draft, line, where) and draft.same_currency(self.amount, where):
            draft.credits.append(CreditWish(self.amount.amount, self.line_id, bool(self.shipping), where))

    def affected_skus(self, known: KnownLines) -> set[str]:
        return set()

    def _may_be_given(self, draft: EditDraft, line: Line | None, pointer: str) -> bool:
        if not draft.rights.allowed(self.op, line, pointer):
            return False
        return not self.shipping or draft.rights.allowed(f"{self.op}.shipping", None, "/goodwill/on")
