"""All that is kept, read for reconciliation: orders in the order of a scan, each with everything of it; stock; walks.

RECONCILE#<walk>  WALK         how far a walk has come; every write of it is conditional on its rev
                  TALLY#<n>    what it has counted, packed
"""

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb import outbox, rows, walks
from shared.adapters.dynamodb.codec import joined
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.listing import BATCH, whole_rows
from shared.adapters.dynamodb.order_reading import READS, TornRead, order_from
from shared.adapters.dynamodb.order_write import Tables
from shared.adapters.dynamodb.staging import SHARD
from shared.adapters.dynamodb.stored.kinds import CHANGE, ENTRY, EVENTS, LINES, MOVES
from shared.domain.audit.log import LogEntry
from shared.domain.audit.reconciliation import Books, Told
from shared.domain.audit.stock_count import Shelf
from shared.domain.change.change import Change
from shared.domain.order.order import Order
from shared.ports.stores import Conflict, Page
from shared.ports.walks import UnfinishedWrite, Unreadable, Walk

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Row = dict[str, Any]

_DAMAGED = (ValueError, KeyError, TypeError, zlib.error)
"""What reading raises for bytes that we did not write."""


class DynamoLedgers:
    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def order_ids(self, cursor: str | None, limit: int) -> Page[str]:
        """By an index whose keys never change, so that an order is met once, however often it is written meanwhile."""
        reply = self._client.scan(TableName=self._tables.orders, IndexName="by_channel", Limit=limit, **_start(cursor))
        found = tuple(values(row)["pk"].removeprefix(rows.partition("")) for row in reply["Items"])
        return Page(items=found, cursor=_cursor(reply))

    def shelves(self, cursor: str | None, limit: int) -> Page[Shelf]:
        reply = self._client.scan(TableName=self._tables.skus, Limit=limit, ConsistentRead=True, **_start(cursor))
        found = tuple(_shelf(row) for row in map(values, reply["Items"]) if "on_hand" in row)
        return Page(items=found, cursor=_cursor(reply))

    def unfinished(self) -> Sequence[UnfinishedWrite]:
        index = {"IndexName": "unpublished", "KeyConditionExpression": "unpublished = :shard"}
        found = self._all(self._tables.orders, **index, ExpressionAttributeValues=item({":shard": SHARD}))
        keys = [{name: row[name] for name in ("pk", "sk")} for row in found]
        return [_write(values(row)) for row in _whole(self._client, self._tables.orders, keys)]

    # ------------------------------------------------------------------------------------------------------ one order

    def books(self, order_id: str) -> Books | None:
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
        )

    def _rows(self, order_id: str) -> list[Item]:
        """The order's whole partition in one query: what is live, what was before, and its outbox."""
        given = item({":pk": rows.partition(order_id)})
        return self._all(
            self._tables.orders, KeyConditionExpression="pk = :pk", ExpressionAttributeValues=given, ConsistentRead=True
        )

    def _entries(self, order_id: str) -> tuple[LogEntry, ...]:
        found = self._all(
            self._tables.log,
            KeyConditionExpression="order_id = :order",
            ExpressionAttributeValues=item({":order": order_id}),
            ConsistentRead=True,
        )
        return tuple(ENTRY.unpack(values(row)["body"]) for row in found)

    def _changes(self, order: Order) -> tuple[tuple[Change, ...], tuple[str, ...]]:
        """Its changes, and the ids of those that cannot be read. The index may lag: the one that the order names as
        open is asked for by its id."""
        found = self._all(
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
        for row in map(values, _whole(self._client, self._tables.changes, keys)):
            try:
                changes.append(CHANGE.unpack(row["body"]))
            except _DAMAGED:
                unreadable.append(row["change_id"])
        return tuple(changes), tuple(unreadable)

    def _all(self, table: str, **query: Any) -> list[Item]:
        found: list[Item] = []
        start: Any = {}
        while True:
            reply = self._client.query(TableName=table, **query, **start)
            found += reply["Items"]
            if "LastEvaluatedKey" not in reply:
                return found
            start = {"ExclusiveStartKey": reply["LastEvaluatedKey"]}

    # ---------------------------------------------------------------------------------------------------------- walks

    def walk(self, walk_id: str) -> Walk | None:
        return walks.read(self._client, self._tables.orders, walk_id)

    def keep_walk(self, walk: Walk, until: datetime) -> Walk:
        return walks.keep(self._client, self._tables.orders, walk, until)

    def end_walk(self, walk: Walk) -> None:
        walks.end(self._client, self._tables.orders, walk)


@dataclass(frozen=True, slots=True)
class _Partition:
    """An order's rows, sorted out. `headers` are those of past versions that can be read."""

    live: list[Row] = field(default_factory=list)
    outbox: list[Row] = field(default_factory=list)
    headers: dict[int, Order] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Iterable[Row]) -> "_Partition":
        kept, pasts = cls(), dict[int, list[Row]]()
        for row in found:
            kind, _, rest = row["sk"].partition("#")
            if kind == "PAST":
                pasts.setdefault(int(rest.partition("#")[0]), []).append(row)
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


def _shelf(row: Row) -> Shelf:
    return Shelf(
        sku=row["sku"],
        on_hand=row["on_hand"],
        held=row["held"],
        allocated=row["allocated"],
        available=row["available"],
    )


def _write(row: Row) -> UnfinishedWrite:
    return UnfinishedWrite(
        write_id=row["pk"].removeprefix("STAGE#"),
        since=datetime.fromisoformat(row["waiting_since"]),
        skus=frozenset(move["sku"] for move in MOVES.plain(row["moves"])),
    )


def _whole(client: "DynamoDBClient", table: str, keys: Sequence[Item]) -> list[Item]:
    batches = (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))
    return [row for batch in batches for row in whole_rows(client, table, batch)]


def _cursor(reply: Any) -> str | None:
    return json.dumps(reply["LastEvaluatedKey"]) if "LastEvaluatedKey" in reply else None


def _start(cursor: str | None) -> Any:
    return {"ExclusiveStartKey": json.loads(cursor)} if cursor else {}
