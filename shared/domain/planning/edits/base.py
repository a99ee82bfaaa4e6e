"""Defines the base of every edit; each edit declares everything about itself as one class, in a file of its own.

From these classes follow the words that policy knows, the catalogue that is read, what is judged when a change is
undone, what a replay and the report of refusals compare, and the edit's form in storage and in replies.
"""

from abc import ABC, abstractmethod
from dataclasses import fields
from typing import Any, ClassVar

from shared.domain.order.line import Line
from shared.domain.order.order import ChangeKind
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.known_lines import KnownLines


class EditBase(ABC):
    """Describes one typed operation on an order. `op` is its name, in stored changes too; it is the default of a field.

    `kind` is the kind of change that holds it. `parts` are the fields that need a right of their own, which policy
    knows as `<op>.<field>`. `judged_as` names the edit whose rules decide, where it has none of its own. `comes_to`
    is shared by edits that come to the same, whatever kind of change holds them. `reads_stock` says that its outcome
    depends on how much stock there is, so that a replay must know how much there was.
    """

    __slots__ = ()

    op: str
    kind: ClassVar[ChangeKind]
    parts: ClassVar[tuple[str, ...]] = ()
    judged_as: ClassVar[str | None] = None
    comes_to: ClassVar[str | None] = None
    reads_stock: ClassVar[bool] = False

    @abstractmethod
    def apply(self, draft: EditDraft, pointer: str) -> None:
        """Notes on the draft what this edit wants, or why it cannot be; `pointer` leads to it in the request."""

    @abstractmethod
    def affected_skus(self, known: KnownLines) -> set[str]:
        """Returns the SKUs whose products and stock must be known before this edit can be planned."""

    @staticmethod
    @abstractmethod
    def turns(line: Line, into: Line) -> bool:
        """Returns True if this edit takes part in making the one line of the other: whoever undoes a change needs the
        right to each edit that does."""

    @property
    def on(self) -> str:
        """Returns the line or the product that the edit names; "" for the whole order."""
        return ""


def op_of(kind: type[EditBase]) -> str:
    """Returns the op of a class of edits, which stands as its field's default."""
    declared: Any = kind
    return str({each.name: each.default for each in fields(declared)}["op"])


class AmendmentEdit(EditBase):
    """Describes an edit that an amendment holds."""

    __slots__ = ()
    kind: ClassVar[ChangeKind] = "amendment"


class CancellationEdit(EditBase):
    """Describes an edit that a cancellation holds. `restore` alone brings back the units it took, so it judges no
    undo."""

    __slots__ = ()
    kind: ClassVar[ChangeKind] = "cancellation"

    @staticmethod
    def turns(line: Line, into: Line) -> bool:
        return False


class ExchangeEdit(EditBase):
    """Describes an edit that only an exchange holds. `restore` alone brings back what it took, so it judges no undo."""

    __slots__ = ()
    kind: ClassVar[ChangeKind] = "exchange"

    @staticmethod
    def turns(line: Line, into: Line) -> bool:
        return False


class SettlementEdit(EditBase):
    """Describes the edit that a settlement holds. It moves money alone, so there is nothing to undo."""

    __slots__ = ()
    kind: ClassVar[ChangeKind] = "settlement"

    @staticmethod
    def turns(line: Line, into: Line) -> bool:
        return False


class LineEdit(AmendmentEdit):
    """Edits one line, found by its id."""

    __slots__ = ()
    line_id: str

    @property
    def on(self) -> str:
        return self.line_id

    def affected_skus(self, known: KnownLines) -> set[str]:
        return known.sku_of(self.line_id)


class LinesEdit(AmendmentEdit):
    """Edits one line by its id, or every line of a SKU."""

    __slots__ = ()
    line_id: str | None
    sku: str | None

    @property
    def on(self) -> str:
        return self.line_id or self.sku or ""

    def affected_skus(self, known: KnownLines) -> set[str]:
        return known.sku_of(self.line_id) if self.sku is None else {self.sku}


class OrderEdit(AmendmentEdit):
    """Edits the order as a whole, and leaves the content of its lines alone."""

    __slots__ = ()

    @staticmethod
    def turns(line: Line, into: Line) -> bool:
        return False
