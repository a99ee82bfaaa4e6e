"""Defines the edit `set_quantity`: another number of units of a line."""

from dataclasses import dataclass
from typing import Literal

from shared.domain.order.line import Line
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import LineEdit
from shared.domain.planning.known_lines import KnownLines
from shared.domain.planning.line_draft import Wish
from shared.domain.planning.reductions import quantity_may_be


@dataclass(frozen=True, slots=True, kw_only=True)
class SetQuantity(LineEdit):
    """Another number of units of a line; the components of a bundle keep their proportion to their parent."""

    line_id: str
    quantity: int
    op: Literal["set_quantity"] = "set_quantity"

    def apply(self, draft: EditDraft, pointer: str) -> None:
        line = draft.line(self.line_id, self.op, pointer)
        if line is not None and quantity_may_be(draft, line, self.quantity, f"{pointer}/quantity"):
            draft.wish(line, pointer, Wish(quantity=self.quantity))

    def affected_skus(self, known: KnownLines) -> set[str]:
        return known.skus_with_below(self.line_id)

    @staticmethod
    def turns(line: Line, into: Line) -> bool:
        return into.quantity != line.quantity
