"""Defines the edit `cancel_units`: a cancellation of one line, or of some of its units."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from shared.domain.planning.cancellation import divisible, take
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import CancellationEdit
from shared.domain.planning.known_lines import KnownLines
from shared.domain.policy.subjects import CancelException


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelUnits(CancellationEdit):
    """Cancels some units of a line, or all of them, those that came least far first; of a bundle, each component's
    share."""

    line_id: str
    quantity: int | None = None
    exception: CancelException | None = None
    op: Literal["cancel_units"] = "cancel_units"
    comes_to: ClassVar[str | None] = "cancel"

    @property
    def on(self) -> str:
        return self.line_id

    def apply(self, draft: EditDraft, pointer: str) -> None:
        take_some(draft, self.line_id, self.quantity, self.exception, pointer)

    def affected_skus(self, known: KnownLines) -> set[str]:
        """Returns no SKU for a line that goes whole, because only a part of a line asks the product if it can be
        divided."""
        return set() if self.quantity is None else known.skus_with_below(self.line_id)


def take_some(
    draft: EditDraft, line_id: str, quantity: int | None, exception: CancelException | None, pointer: str
) -> None:
    """Takes units of the line, all of them without a `quantity`; or keeps the reason why they cannot go."""
    line = draft.by_id.get(line_id)
    if line is None:
        draft.refuse("unknown-line", f"The order has no line '{line_id}'.", f"{pointer}/line_id")
        return
    wanted = line.quantity if quantity is None else quantity
    if line.quantity and wanted > line.quantity:
        words = f"Only {line.quantity} of line {line.line_id} are left to cancel."
        draft.refuse("more-than-left", words, f"{pointer}/quantity")
    elif 0 < wanted < line.quantity and not divisible(draft, line):
        words = f"The quantity of {line.sku} is fixed; cancel the whole line."
        draft.refuse("quantity-not-modifiable", words, f"{pointer}/quantity")
    else:
        take(draft, line, wanted, exception, pointer)
