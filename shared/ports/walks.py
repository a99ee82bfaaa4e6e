"""Declares the port to everything that is kept, page by page, and the record of how far a walk through it has come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from shared.domain.audit.reconciliation import Books
from shared.domain.audit.stock_count import Shelf, StockCount, Suspect
from shared.ports.paging import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Records the progress of a reconciliation. First orders are looked at one by one (`pending` of the page that
    `cursor` has led past), and their claims on each SKU are counted; then the counters are compared. A SKU that differs
    is counted once more, in a second `turn`. `uncounted` orders could not be read; `rev` counts the writes of this
    record. The call that goes on with a walk adds to `counted` in place."""

    walk_id: str
    rev: int = 0
    turn: Literal[1, 2] = 1
    part: Literal["orders", "stock"] = "orders"
    cursor: str | None = None
    pending: tuple[str, ...] = ()
    begun: bool = False
    ended: bool = False
    uncounted: int = 0
    counted: dict[str, StockCount] = field(default_factory=dict)
    suspects: dict[str, Suspect] = field(default_factory=dict)


class Unreadable(Exception):
    """Says that a row is there, and is not in a shape that we write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedWrite:
    """Names a large write whose stock is still being moved, by its id."""

    write_id: str
    since: datetime
    skus: frozenset[str]


class Ledgers(Protocol):
    """Reads everything that is kept, page by page past the indexes that people read by, and keeps how far a walk has
    come."""

    def order_ids(self, cursor: str | None, limit: int) -> Page[str]: ...

    def books(self, order_id: str) -> Books | None:
        """Returns all that is kept of one order, read strongly consistently (its list of changes comes from an index).

        Raises:
            Unreadable: a row of the order itself, or of its log, is damaged.
            Conflict: it is being written.
        """

    def make_findable(self, books: Books) -> int:
        """Writes rows for the words by which the order is not found yet, and returns how many words those are: of an
        order that came in before it could be searched for, all; of one of very many SKUs, those that its own write had
        no room for.

        Raises:
            Conflict: the order is no longer as it was read.
        """

    def shelves(self, cursor: str | None, limit: int) -> Page[Shelf]:
        """Returns the counters of every SKU that is tracked."""

    def unfinished(self) -> Sequence[UnfinishedWrite]:
        """Returns large writes whose stock is not where it belongs yet."""

    def walk(self, walk_id: str) -> Walk | None: ...

    def keep_walk(self, walk: Walk, until: datetime) -> Walk:
        """Keeps the walk and returns it with its next `rev`; it is forgotten some time after `until`, if nobody goes
        on.

        Raises:
            Conflict: somebody else goes on with it.
        """

    def end_walk(self, walk: Walk) -> None: ...
