"""Declares the ports to the stores: orders, changes, the log, products and stock, and one atomic write."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from shared.domain.audit.log import LogEntry
from shared.domain.change.change import Change
from shared.domain.change.events import Event
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.change.summary import ChangeSummary
from shared.domain.order.order import Order
from shared.domain.order.order_summary import OrderSummary
from shared.domain.order.product import Catalogue, Product, StockLevel
from shared.ports.paging import Filter, Page
from shared.ports.requests import RequestRecord

T = TypeVar("T")


class Conflict(Exception):
    """Says that somebody else wrote first, or the store was busy: read again, plan again, try again.

    `lost` says that a condition failed, so that the same write can never succeed.
    """

    def __init__(self, what: str = "", *, lost: bool = False) -> None:
        super().__init__(what)
        self.lost = lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Describes one atomic write: a step with its log entry, its events and the request that asked for it."""

    step: Step
    after: Order
    entry: LogEntry
    events: tuple[Event, ...]
    record: RequestRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReference:
    """Names a change and tells how it stands, without its edits and its plan: what runs by itself goes through
    references, however large the changes are. `round` counts its waits; `waiting_for` is whom it waits for."""

    change_id: str
    order_id: str
    status: ChangeStatus
    round: int = 0
    waiting_for: str | None = None
    expires_at: datetime | None = None


class Orders(Protocol):
    """Keeps orders and their versions."""

    def load(self, order_id: str) -> Order | None:
        """Returns the live order in one strongly consistent read, whatever its history."""

    def load_version(self, order_id: str, version: int) -> Order | None:
        """Returns the order as its version `version` had it: live lines plus those changed since."""

    def list(self, wanted: Filter) -> Page[Order]:
        """Returns orders by customer_id, status, sku or channel: by any of these but sku newest first, else in no
        order."""

    def listed(self, wanted: Filter, shown: Callable[[Order], T]) -> Page[T]:
        """Returns the same page as `list`, each order as `shown`; no more than one whole order is in memory."""

    def find(self, wanted: Filter) -> Page[OrderSummary]:
        """Returns the orders that have, or had, all words of `q` (`search_words.terms_of`, with blanks between), newest
        first; `customer_id`, `status` and `channel` narrow them, and `sku` is one more word. A page may be short, and
        still have a cursor. It takes two reads of the store."""

    def write(self, write: Write) -> None:
        """Writes all of `write`, or nothing.

        Raises:
            Conflict: the order, the change or the stock is no longer as it was read.
            RequestKnown: the request of `write.record` has been answered before.
        """

    def unpublished(self, older_than: datetime, limit: int) -> Sequence[Sequence[Event]]:
        """Returns batches of events that should have been published by now, oldest first."""

    def finish_staged(self, older_than: datetime, limit: int) -> int:
        """Finishes large writes that a crash left between commit and stock, or gives back what they held; returns how
        many."""

    def mark_published(self, events: Sequence[Event]) -> None:
        """Marks these events of one write as published on the bus."""


class Changes(Protocol):
    def get(self, change_id: str) -> Change | None:
        """Returns the change; None if there is none.

        Raises:
            Unreadable: its row is damaged.
        """

    def get_with(
        self, change_id: str, skus: Iterable[str], tallies: Sequence[str] = ()
    ) -> tuple[Change | None, Catalogue]:
        """Returns a change and what its plan needs to know, in one read of up to 95 SKUs; `tallies` as for
        `Skus.load`."""

    def list(self, wanted: Filter) -> Page[Change]:
        """Returns changes by status, order_id, customer_id, reason_code, kind or waiting_for, created in a period.
        Those waiting for somebody come soonest deadline first; else newest first, but in no order without any of these
        filters or by kind alone. A page may have fewer than its limit, and still a cursor."""

    def summaries(self, wanted: Filter) -> Page[ChangeSummary]:
        """Returns the same page as `list`, without what grows with the size of an order."""

    def due(self, now: datetime) -> Iterator[ChangeReference]:
        """Yields open changes to which time does something by now (reminds, escalates, expires), the longest due first;
        more are read as the caller goes on."""

    def lingering(self, status: ChangeStatus, since: datetime) -> Iterator[ChangeReference]:
        """Yields changes in `status` that were created before `since`, oldest first; more are read as the caller goes
        on."""

    def keep_token(self, change_id: str, round_: int, token: str) -> bool:
        """Keeps the task token of a waiting approval, confirmation or payment; returns False if it waits no more."""

    def token(self, change_id: str, round_: int) -> str | None: ...

    def keep_refund_token(self, change_id: str, refund_id: str, token: str) -> None:
        """Keeps the task token of an execution that waits for a gateway to settle."""

    def refund_token(self, change_id: str, refund_id: str) -> str | None: ...

    def mailed(self, change_id: str, occasion: str) -> bool:
        """Returns True if a mail of this occasion has gone out already."""

    def keep_mailed(self, change_id: str, occasion: str) -> None: ...


class Log(Protocol):
    def entries(self, order_id: str) -> Sequence[LogEntry]:
        """Returns all entries of an order, in order."""


class Skus(Protocol):
    """Keeps products and stock."""

    def load(self, skus: Iterable[str], tallies: Sequence[str] = ()) -> Catalogue:
        """Returns products and stock of up to 96 SKUs in one strongly consistent read, and what is counted under the
        keys `tallies`."""

    def put_product(self, product: Product, record: RequestRecord | None) -> None: ...

    def put_stock(self, sku: str, on_hand: int, current: StockLevel | None, record: RequestRecord | None) -> None:
        """Sets on_hand, provided the level is still `current`.

        Raises:
            Conflict: it is not.
        """
