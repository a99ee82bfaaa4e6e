"""Defines the edit `take_back`: units that go in an exchange, whatever stage they have reached."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edit_rights import TAKES_UNITS
from shared.domain.planning.edits.base import ExchangeEdit
from shared.domain.planning.edits.cancel_units import take_some
from shared.domain.planning.known_lines import KnownLines
from shared.domain.policy.subjects import CancelException


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack(ExchangeEdit):
    """Takes units of a line back in an exchange, or of every line of a `sku`; of a bundle, each component's share.

    Units that have left are intercepted or sent back by the nature of an exchange. An `exception` says which units are
    meant first: `return` those that have arrived, `intercept` those on their way.
    """

    line_id: str | None = None
    sku: str | None = None
    quantity: int | None = None
    exception: CancelException | None = None
    op: Literal["take_back"] = "take_back"
    judged_as: ClassVar[str | None] = TAKES_UNITS
    comes_to: ClassVar[str | None] = "cancel"

    @property
    def on(self) -> str:
        return self.line_id or self.sku or ""

    def apply(self, draft: EditDraft, pointer: str) -> None:
        for line_id in draft.matching(self.line_id, self.sku, pointer):
            take_some(draft, line_id, self.quantity, self.exception, pointer)

    def affected_skus(self, known: KnownLines) -> set[str]:
        """Returns the SKUs of the lines and of the bundles that they head, because units of them may be sent anew."""
        return known.skus_of(self.line_id, self.sku)
