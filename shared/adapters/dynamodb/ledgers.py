"""All that is kept, read for reconciliation: orders in the order of a scan, stock, large writes; and walks over it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb import rows, walks
from shared.adapters.dynamodb.items import item, values
from shared.adapters.dynamodb.listing import all_whole_rows
from shared.adapters.dynamodb.make_findable import make_findable
from shared.adapters.dynamodb.order_books import DynamoBooks
from shared.adapters.dynamodb.order_write import Tables
from shared.adapters.dynamodb.querying import all_rows
from shared.adapters.dynamodb.staging import SHARD
from shared.adapters.dynamodb.stored.kinds import MOVES
from shared.domain.audit.reconciliation import Books
from shared.domain.audit.stock_count import Shelf
from shared.ports.paging import Page
from shared.ports.walks import UnfinishedWrite, Walk

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Row = dict[str, Any]


class DynamoLedgers:
    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def order_ids(self, cursor: str | None, limit: int) -> Page[str]:
        """By an index whose keys never change, so that an order is met once, however often it is written meanwhile."""
        reply = self._client.scan(TableName=self._tables.orders, IndexName="by_channel", Limit=limit, **_start(cursor))
        found = tuple(values(row)["pk"].removeprefix(rows.partition("")) for row in reply["Items"])
        return Page(items=found, cursor=_cursor(reply))

    def make_findable(self, books: Books) -> int:
        return make_findable(self._client, self._tables, books)

    def shelves(self, cursor: str | None, limit: int) -> Page[Shelf]:
        reply = self._client.scan(TableName=self._tables.skus, Limit=limit, ConsistentRead=True, **_start(cursor))
        found = tuple(_shelf(row) for row in map(values, reply["Items"]) if "on_hand" in row)
        return Page(items=found, cursor=_cursor(reply))

    def unfinished(self) -> Sequence[UnfinishedWrite]:
        index = {"IndexName": "unpublished", "KeyConditionExpression": "unpublished = :shard"}
        found = all_rows(self._client, self._tables.orders, **index, ExpressionAttributeValues=item({":shard": SHARD}))
        keys = [{name: row[name] for name in ("pk", "sk")} for row in found]
        return [_write(values(row)) for row in all_whole_rows(self._client, self._tables.orders, keys)]

    def books(self, order_id: str) -> Books | None:
        return DynamoBooks(self._client, self._tables).of(order_id)

    # ---------------------------------------------------------------------------------------------------------- walks

    def walk(self, walk_id: str) -> Walk | None:
        return walks.read(self._client, self._tables.orders, walk_id)

    def keep_walk(self, walk: Walk, until: datetime) -> Walk:
        return walks.keep(self._client, self._tables.orders, walk, until)

    def end_walk(self, walk: Walk) -> None:
        walks.end(self._client, self._tables.orders, walk)


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


def _cursor(reply: Any) -> str | None:
    return json.dumps(reply["LastEvaluatedKey"]) if "LastEvaluatedKey" in reply else None


def _start(cursor: str | None) -> Any:
    return {"ExclusiveStartKey": json.loads(cursor)} if cursor else {}
