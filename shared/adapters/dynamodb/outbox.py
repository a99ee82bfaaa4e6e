"""Events on their way: written with the commit, published by the stream, swept if the stream lost them.

A row of the orders table holds the events of one write. While `unpublished` stands on it, a sparse index shows it to
the sweeper.
"""

import logging
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb import rows
from shared.adapters.dynamodb.codec import stamp
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.listing import BATCH, whole_rows
from shared.adapters.dynamodb.stored.kinds import EVENTS
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.change.events import Event

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

logger = logging.getLogger(__name__)

KEPT = timedelta(days=30)
INDEX = "unpublished"
SHARDS = 4
"""Partitions of the index, so that a busy hour does not write to one alone."""


def put(transaction: Transaction, table: str, events: Sequence[Event]) -> None:
    first = events[0]
    row = _key(first) | item(
        {
            "unpublished": _shard(first.order_id),
            "waiting_since": stamp(first.occurred_at),
            "events": EVENTS.pack(tuple(events)),
            "ttl": int((first.occurred_at + KEPT).timestamp()),
        }
    )
    transaction.put("outbox", table, row)


def events_of(image: dict[str, Any]) -> Sequence[Event]:
    """The events of a row as the stream shows it (wire format, binary as bytes)."""
    return EVENTS.unpack(image["events"]["B"])


def waiting(client: "DynamoDBClient", table: str, older_than: datetime, limit: int) -> Sequence[Sequence[Event]]:
    """Events that wait since before `older_than`, the longest first: of up to `limit` writes whose row can be read."""
    shards = (_listed(client, table, str(shard), older_than) for shard in range(SHARDS))
    oldest = merge(*shards, key=lambda row: values(row)["waiting_since"])
    found: list[Sequence[Event]] = []
    while len(found) < limit and (listed := list(islice(oldest, min(BATCH, limit)))):
        keys = [{name: row[name] for name in ("pk", "sk")} for row in listed]
        whole = (values(row) for row in whole_rows(client, table, keys) if "unpublished" in row)
        found += [events for row in whole if (events := _readable(row)) is not None]
    return found[:limit]


def _listed(client: "DynamoDBClient", table: str, shard: str, older_than: datetime) -> Iterator[Item]:
    pages = client.get_paginator("query").paginate(
        TableName=table,
        IndexName=INDEX,
        KeyConditionExpression="unpublished = :shard AND waiting_since <= :until",
        ExpressionAttributeValues=item({":shard": shard, ":until": stamp(older_than)}),
        PaginationConfig={"PageSize": BATCH},
    )
    for page in pages:
        yield from page["Items"]


def _readable(row: dict[str, Any]) -> Sequence[Event] | None:
    """The events of a row, or None where they cannot be read: that keeps no other row from being published."""
    try:
        return EVENTS.unpack(row["events"])
    except (KeyError, TypeError, ValueError, zlib.error) as error:
        logger.error("events cannot be read: %s %s: %s", row["pk"], row["sk"], type(error).__name__)
        return None


def mark(client: "DynamoDBClient", table: str, events: Sequence[Event]) -> None:
    client.update_item(TableName=table, Key=_key(events[0]), UpdateExpression="REMOVE unpublished, waiting_since")


def _key(first: Event) -> Item:
    return rows.key(first.order_id, f"OUT#{first.sequence:012}")


def _shard(order_id: str) -> str:
    return str(zlib.crc32(order_id.encode()) % SHARDS)
