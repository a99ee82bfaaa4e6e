"""Defines the edit `cancel_order`: a cancellation of every line that is left."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from shared.domain.planning.cancellation import ended, take
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edit_rights import TAKES_UNITS
from shared.domain.planning.edits.base import CancellationEdit
from shared.domain.planning.known_lines import KnownLines
from shared.domain.policy.subjects import CancelException


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder(CancellationEdit):
    """Cancels every line that is left; each component of a bundle is taken by itself, so that none is left out.

    Of a subscription that has ended nothing is left, unless there is nothing else: then its refusal says so.
    """

    exception: CancelException | None = None
    op: Literal["cancel_order"] = "cancel_order"
    judged_as: ClassVar[str | None] = TAKES_UNITS
    comes_to: ClassVar[str | None] = "cancel"

    def apply(self, draft: EditDraft, pointer: str) -> None:
        live = [line for line in draft.order.lines if line.quantity]
        left = [line for line in live if not ended(draft, line)] or live
        if not left:
            draft.refuse("already-cancelled", "Nothing of this order is left to cancel.", "/lines")
        for line in left:
            take(draft, line, line.quantity, self.exception, "/lines")

    def affected_skus(self, known: KnownLines) -> set[str]:
        """Returns no SKU: units that are freed need no stock, and a line that goes whole may be indivisible."""
        return set()
