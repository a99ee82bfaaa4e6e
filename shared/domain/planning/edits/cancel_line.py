"""Defines the edit `cancel_line`: take a line, or some of its units, out of the order."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from shared.domain.order.line import Line
from shared.domain.planning.cancellation import divisible, running
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import LinesEdit
from shared.domain.planning.known_lines import KnownLines
from shared.domain.planning.reductions import drop, refuse_fixed_quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelLine(LinesEdit):
    """Takes a line, or some units of it, out of the order: by `line_id`, or every line of a `sku`.

    Cancelling units of a bundle's parent cancels their share of each component.
    """

    line_id: str | None = None
    sku: str | None = None
    quantity: int | None = None
    op: Literal["cancel_line"] = "cancel_line"
    comes_to: ClassVar[str | None] = "cancel"

    def apply(self, draft: EditDraft, pointer: str) -> None:
        for line_id in draft.matching(self.line_id, self.sku, pointer):
            line = draft.line(line_id, self.op, pointer)
            if line is not None:
                _cancel(draft, line, self.quantity, pointer)

    def affected_skus(self, known: KnownLines) -> set[str]:
        return known.skus_of(self.line_id, self.sku)

    @staticmethod
    def turns(line: Line, into: Line) -> bool:
        """Returns False: to bring units back takes the right to set a quantity."""
        return False


def _cancel(draft: EditDraft, line: Line, wanted: int | None, pointer: str) -> None:
    left = line.quantity - (0 if running(draft, line) else draft.order.progress_of(line).out)
    quantity = left if wanted is None else wanted
    where = f"{pointer}/quantity"
    if quantity > left:
        draft.refuse("more-than-left", f"Only {left} of line {line.line_id} can be cancelled.", where)
    elif quantity < left and not divisible(draft, line):
        refuse_fixed_quantity(draft, line, where)
    else:
        drop(draft, line, quantity, pointer)
