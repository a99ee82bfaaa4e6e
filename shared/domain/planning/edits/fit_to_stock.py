"""Defines the edit `fit_to_stock`: lower a line to what stock can cover."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from shared.domain.order.line import Line
from shared.domain.order.product import StockLevel
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import LineEdit
from shared.domain.planning.group_fit import fit_bundle, parts_of
from shared.domain.planning.known_lines import KnownLines
from shared.domain.planning.line_draft import Wish
from shared.domain.planning.reductions import quantity_may_be
from shared.domain.planning.stock_cover import cover_so_far


@dataclass(frozen=True, slots=True, kw_only=True)
class FitToStock(LineEdit):
    """Lowers a line to what stock can cover, and a bundle to what it can cover of all its parts; a line of an untracked
    SKU needs no fitting."""

    line_id: str
    op: Literal["fit_to_stock"] = "fit_to_stock"
    reads_stock: ClassVar[bool] = True

    def apply(self, draft: EditDraft, pointer: str) -> None:
        line = draft.line(self.line_id, self.op, pointer)
        if line is None:
            return
        level, parts = draft.catalogue.stock.get(line.sku), parts_of(draft, line)
        if parts:
            fit_bundle(draft, self.op, line, parts, pointer)
        elif level is None:
            draft.wish(line, pointer, Wish(quantity=line.quantity))
        else:
            _fit(draft, line, level, pointer)

    def affected_skus(self, known: KnownLines) -> set[str]:
        return known.skus_with_below(self.line_id)

    @staticmethod
    def turns(line: Line, into: Line) -> bool:
        """Returns False: to undo it takes the right to set a quantity."""
        return False


def _fit(draft: EditDraft, line: Line, level: StockLevel, pointer: str) -> None:
    """Lowers the line to the units that are allocated, plus those available now that no line fitted before has
    taken."""
    progress = draft.order.progress_of(line)
    allocated = cover_so_far(line, progress).allocated
    left = level.available + draft.held.get(line.sku, 0) - draft.fitted[line.sku]
    taken = max(0, min(line.quantity + progress.recalled - allocated, left))
    covered = allocated + taken - progress.recalled
    if covered == 0:
        draft.refuse("nothing-in-stock", f"Stock covers none of {line.sku}; cancel the line instead.", pointer)
    elif quantity_may_be(draft, line, covered, pointer):
        draft.fitted[line.sku] += taken
        draft.wish(line, pointer, Wish(quantity=covered, allocated=allocated + taken))
