"""All that is kept of one order, as reconciliation looks at it: the order, its versions, changes, log and outbox."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb import outbox, rows
from shared.adapters.dynamodb.codec import joined
from shared.adapters.dynamodb.find_rows import listed_of
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.listing import all_whole_rows
from shared.adapters.dynamodb.order_reading import READS, TornRead, order_from
from shared.adapters.dynamodb.order_write import Tables
from shared.adapters.dynamodb.querying import all_rows
from shared.adapters.dynamodb.stored.kinds import CHANGE, ENTRY, EVENTS, LINES
from shared.domain.audit.log import LogEntry
from shared.domain.audit.reconciliation import Books, Told
from shared.domain.change.change import Change
from shared.domain.order.order import Order
from shared.ports.stores import Conflict
from shared.ports.walks import Unreadable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Row = dict[str, Any]

_DAMAGED = (ValueError, KeyError, TypeError, zlib.error)
"""What reading raises for bytes that we did not write."""


class DynamoBooks:
    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def of(self, order_id: str) -> Books | None:
        """Raises:
        Unreadable: a row of the order itself, or of its log, is damaged.
        Conflict: it is being written.
        """
        for _ in range(READS):
            try:
                kept = _Partition.of(map(values, self._rows(order_id)))
                order = order_from(kept.live)
                return None if order is None else self._books(order, kept)
            except TornRead:
                continue
            except _DAMAGED as error:
                raise Unreadable(type(error).__name__) from error
        raise Conflict("the order is being written")

    def _books(self, order: Order, kept: "_Partition") -> Books:
        changes, unreadable = self._changes(order)
        return Books(
            order=order,
            original=order if order.version == 1 else kept.headers.get(1),
            readable=frozenset(kept.headers),
            changes=changes,
            unreadable=unreadable,
            entries=self._entries(order.order_id),
            outbox=tuple(_told(row) for row in kept.outbox),
            events_kept=outbox.KEPT,
            found_by=frozenset(kept.found),
        )

    def _rows(self, order_id: str) -> list[Item]:
        """The order's whole partition in one query: what is live, what was before, and its outbox."""
        given = item({":pk": rows.partition(order_id)})
        return all_rows(
            self._client,
            self._tables.orders,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=given,
            ConsistentRead=True,
        )

    def _entries(self, order_id: str) -> tuple[LogEntry, ...]:
        found = all_rows(
            self._client,
            self._tables.log,
            KeyConditionExpression="order_id = :order",
            ExpressionAttributeValues=item({":order": order_id}),
            ConsistentRead=True,
        )
        return tuple(ENTRY.unpack(values(row)["body"]) for row in found)

    def _changes(self, order: Order) -> tuple[tuple[Change, ...], tuple[str, ...]]:
        """Its changes, and the ids of those that cannot be read. The index may lag: the one that the order names as
        open is asked for by its id."""
        found = all_rows(
            self._client,
            self._tables.changes,
            IndexName="by_order",
            KeyConditionExpression="order_id = :order",
            ExpressionAttributeValues=item({":order": order.order_id}),
        )
        keys = [{name: row[name] for name in ("change_id", "part")} for row in found]
        if order.open_change:
            named = item({"change_id": order.open_change.change_id, "part": "RECORD"})
            keys += [named] if named not in keys else []
        changes: list[Change] = []
        unreadable: list[str] = []
        for row in map(values, all_whole_rows(self._client, self._tables.changes, keys)):
            try:
                changes.append(CHANGE.unpack(row["body"]))
            except _DAMAGED:
                unreadable.append(row["change_id"])
        return tuple(changes), tuple(unreadable)


@dataclass(frozen=True, slots=True)
class _Partition:
    """An order's rows, sorted out. `headers` are those of past versions that can be read."""

    live: list[Row] = field(default_factory=list)
    outbox: list[Row] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    headers: dict[int, Order] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Iterable[Row]) -> "_Partition":
        kept, pasts = cls(), dict[int, list[Row]]()
        for row in found:
            kind, _, rest = row["sk"].partition("#")
            if kind == "PAST":
                pasts.setdefault(int(rest.partition("#")[0]), []).append(row)
            elif kind == "FOUND":
                kept.found.extend((*listed_of(row).personal, *listed_of(row).others))
            else:
                (kept.live if kind == "LIVE" else kept.outbox).append(row)
        for version, past in pasts.items():
            if (header := _header(past)) is not None:
                kept.headers[version] = header
        return kept


def _header(past: Sequence[Row]) -> Order | None:
    """The header of a past version; None if any row of it cannot be read."""
    try:
        for row in past:
            LINES.unpack(row["body"])
        return joined(next(row["head"] for row in past if "head" in row), (), {})
    except (*_DAMAGED, StopIteration):
        return None


def _told(row: Row) -> Told:
    return Told(events=EVENTS.unpack(row["events"]), unpublished="unpublished" in row or "waiting_since" in row)
