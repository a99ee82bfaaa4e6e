"""Compares all the books of one order with each other and reports what does not agree. It is pure.

Stock, which many orders share, is counted in `stock_count`.

Every difference names ids and numbers only, so a report of them may be logged and mailed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.audit.log import Anchor, LogEntry, verify
from shared.domain.change.change import Change
from shared.domain.change.events import Event
from shared.domain.change.refund import Refund
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.order.payment import Payment

GRACE = timedelta(minutes=10)
"""Gives the stream and the sweep so long to deal with an event before it counts as a difference."""
ANCHORED_WITHIN = timedelta(hours=1)
"""An entry of the log that no anchor holds fast so long after it was written has nobody who anchors it: it takes them a
minute or so (ADR 0045)."""
UNASKED = timedelta(hours=1)
"""A refund still only requested so long after the commit has no execution that works on it."""

Kind = Literal[
    "order-unreadable",
    "change-unreadable",
    "version-unreadable",
    "versions-not-dense",
    "totals",
    "log-broken",
    "log-unanchored",
    "open-change-missing",
    "open-change-ended",
    "open-change-unnamed",
    "change-overdue",
    "payment-bounds",
    "payment-refunded",
    "payment-refunding",
    "refund-not-asked",
    "refund-not-at-gateway",
    "refund-not-booked",
    "refund-settled-twice",
    "event-unpublished",
    "events-missing",
    "write-unfinished",
    "stock-missing",
    "stock-unbalanced",
    "stock-negative",
    "stock-held",
    "stock-allocated",
    "hold-orphaned",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Reports one disagreement; `about` is the id to find it by (an order, change, payment, refund, SKU or write)."""

    kind: Kind
    about: str
    order_id: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Lists the events of one write, as the outbox has them."""

    events: tuple[Event, ...]
    unpublished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Holds all that is stored of one order. `original` is the order as it came in (its header), `readable` are the
    past versions that can be read, `unreadable` the ids of changes that cannot; `anchors` is None where nobody keeps
    any; `events_kept` is how long the outbox keeps events; `found_by` are the hashes of words that lead to the
    order."""

    order: Order
    original: Order | None
    readable: frozenset[int]
    changes: tuple[Change, ...] = ()
    unreadable: tuple[str, ...] = ()
    entries: tuple[LogEntry, ...] = ()
    anchors: tuple[Anchor, ...] | None = None
    outbox: tuple[Told, ...] = ()
    events_kept: timedelta = timedelta(days=30)
    found_by: frozenset[str] = frozenset()

    def change(self, change_id: str) -> Change | None:
        return next((change for change in self.changes if change.change_id == change_id), None)


def book_differences(books: Books, now: datetime) -> tuple[Difference, ...]:
    """Returns everything in an order's own books that does not agree."""
    found = (_unreadable, _versions, _totals, _log, _open_changes, _payments, _requested, _outbox)
    return tuple(difference for look in found for difference in look(books, now))


def _unreadable(books: Books, _: datetime) -> Iterator[Difference]:
    """Reports changes that cannot be read; no check that needs all changes together can run while there is one."""
    for change_id in books.unreadable:
        yield _of(books, "change-unreadable", change_id, "the record cannot be read")


def _versions(books: Books, _: datetime) -> Iterator[Difference]:
    order = books.order
    made = sorted(change.committed_version for change in books.changes if change.committed_version)
    if not books.unreadable and made != list(range(2, order.version + 1)):
        words = f"it is at version {order.version}; committed changes made {made}"
        yield _of(books, "versions-not-dense", order.order_id, words)
    for version in range(1, order.version):
        if version not in books.readable:
            yield _of(books, "version-unreadable", order.order_id, f"version {version}")


def _totals(books: Books, _: datetime) -> Iterator[Difference]:
    order, total = books.order, books.order.totals.total
    parts = sum(line.total for line in order.lines) + order.shipping.total + sum(fee.total for fee in order.fees)
    if parts != total:
        yield _of(books, "totals", order.order_id, f"{parts} in parts, {total} in all (minor units)")
    last = max((each for each in books.changes if each.committed_version), key=_version, default=None)
    if last is not None and not books.unreadable and last.plan.totals_after.total != total:
        words = f"it costs {total}, the plan of {last.change_id} said {last.plan.totals_after.total} (minor units)"
        yield _of(books, "totals", order.order_id, words)


def _log(books: Books, now: datetime) -> Iterator[Difference]:
    ledger = books.order.ledger
    result = verify(books.entries, ledger.log_seq, ledger.log_hash, books.anchors or ())
    if not result.verified:
        yield _of(books, "log-broken", books.order.order_id, f"entry {result.broken_at}: {result.because}")
    elif books.anchors is not None:
        yield from _unanchored(books, now, result.anchored_to or 0)


def _unanchored(books: Books, now: datetime, anchored_to: int) -> Iterator[Difference]:
    late = [entry.seq for entry in books.entries if entry.seq > anchored_to and entry.at + ANCHORED_WITHIN <= now]
    if late:
        words = f"entries {late[0]} to {late[-1]} are held fast by no anchor"
        yield _of(books, "log-unanchored", books.order.order_id, words)


def _open_changes(books: Books, now: datetime) -> Iterator[Difference]:
    named = books.order.open_change.change_id if books.order.open_change else None
    known = books.change(named) if named else None
    if named and known is None and named not in books.unreadable:
        yield _of(books, "open-change-missing", named, "the order names it as open; it is not there")
    if known is not None and not known.is_open:
        yield _of(books, "open-change-ended", known.change_id, f"the order names it as open; it is {known.status}")
    for change in books.changes:
        if change.is_open and change.change_id != named:
            words = f"it is {change.status}; the order names {named or 'none'} as open"
            yield _of(books, "open-change-unnamed", change.change_id, words)
        elif change.is_open and change.expires_at is not None and change.expires_at + GRACE <= now:
            yield _of(books, "change-overdue", change.change_id, "its time was over long ago")


def _payments(books: Books, _: datetime) -> Iterator[Difference]:
    for payment in books.order.payments:
        if payment.refundable < 0 or min(payment.refunded, payment.refunding) < 0:
            words = f"captured {payment.captured}, refunded {payment.refunded}, refunding {payment.refunding}"
            yield _of(books, "payment-bounds", payment.payment_id, words)
        if books.original is not None and not books.unreadable:
            yield from _booked(books, books.original, payment)


def _booked(books: Books, original: Order, payment: Payment) -> Iterator[Difference]:
    """Compares a payment with the refunds of its changes. A refund that an operator gave up is no longer under way, but
    counts if it settled all the same; refunds made before the order came here stand in its first version."""
    before = next((each.refunded for each in original.payments if each.payment_id == payment.payment_id), 0)
    settled = before + sum(refund.amount for _, refund in refunds_of(books, payment) if refund.status == "settled")
    under_way = sum(
        refund.amount
        for change, refund in refunds_of(books, payment)
        if refund.status != "settled" and change.status is not ChangeStatus.FAILED
    )
    if payment.refunded != settled:
        words = f"{payment.refunded} booked as refunded, {settled} settled"
        yield _of(books, "payment-refunded", payment.payment_id, words)
    if payment.refunding != under_way:
        words = f"{payment.refunding} booked as under way, {under_way} in its refunds"
        yield _of(books, "payment-refunding", payment.payment_id, words)


def _requested(books: Books, now: datetime) -> Iterator[Difference]:
    for change in books.changes:
        if change.status not in (ChangeStatus.COMMITTED, ChangeStatus.FALLOUT):
            continue
        committed = next((entry.at for entry in change.timeline if entry.status is ChangeStatus.COMMITTED), now)
        for refund in change.refunds:
            if refund.status == "requested" and committed + UNASKED <= now:
                words = f"{refund.kind} of {change.change_id}: requested, and no gateway was asked"
                yield _of(books, "refund-not-asked", refund.refund_id, words)


def _outbox(books: Books, now: datetime) -> Iterator[Difference]:
    """Reports events that the outbox lost, and marks that stay longer than they should."""
    order, reached = books.order, 0
    at = books.entries[0].at if books.entries else now - books.events_kept
    for told in books.outbox:
        first, last = told.events[0], told.events[-1]
        if told.unpublished and first.occurred_at + GRACE <= now:
            yield _of(books, "event-unpublished", first.id, f"events {first.sequence} to {last.sequence}")
        if first.sequence != reached + 1 and at + books.events_kept > now:
            yield _of(books, "events-missing", order.order_id, f"events {reached + 1} to {first.sequence - 1}")
        reached, at = last.sequence, last.occurred_at
    if reached != order.ledger.event_seq and at + books.events_kept > now:
        yield _of(books, "events-missing", order.order_id, f"events {reached + 1} to {order.ledger.event_seq}")


def refunds_of(books: Books, payment: Payment) -> Sequence[tuple[Change, Refund]]:
    return [
        (change, refund)
        for change in books.changes
        for refund in change.refunds
        if refund.kind == "refund" and refund.payment_id == payment.payment_id
    ]


def _of(books: Books, kind: Kind, about: str, words: str) -> Difference:
    return Difference(kind=kind, about=about, order_id=books.order.order_id, words=words)


def _version(change: Change) -> int:
    return change.committed_version or 0
