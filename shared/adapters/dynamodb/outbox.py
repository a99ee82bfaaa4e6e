"""Events on their way: written with the commit, published by the stream, swept if the stream lost them.

A row of the orders table holds the events of one write. While `unpublished` stands on it, a sparse index shows it to
the sweeper.
"""

import logging
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb import rows
from shared.adapters.dynamodb.codec import EVENTS, packed, stamp, unpacked
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.listing import whole_rows
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.events import Event

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
            "events": packed(EVENTS, tuple(events)),
            "ttl": int((first.occurred_at + KEPT).timestamp()),
        }
    )
    transaction.put("outbox", table, row)


def events_of(image: dict[str, Any]) -> Sequence[Event]:
    """The events of a row as the stream shows it (wire format, binary as bytes)."""
    events: Sequence[Event] = unpacked(EVENTS, image["events"]["B"])
    return events


def waiting(client: "DynamoDBClient", table: str, older_than: datetime, limit: int) -> Sequence[Sequence[Event]]:
    keys: list[Item] = []
    for shard in range(SHARDS):
        reply = client.query(
            TableName=table,
            IndexName=INDEX,
            KeyConditionExpression="unpublished = :shard AND waiting_since <= :until",
            ExpressionAttributeValues=item({":shard": str(shard), ":until": stamp(older_than)}),
            Limit=limit,
        )
        keys += [{name: row[name] for name in ("pk", "sk")} for row in reply["Items"]]
    found = whole_rows(client, table, keys[:limit])
    batches = (_readable(values(row)) for row in found if "unpublished" in row)
    return [events for events in batches if events is not None]


def _readable(row: dict[str, Any]) -> Sequence[Event] | None:
    """The events of a row, or None where they cannot be read: that keeps no other row from being published."""
    try:
        events: Sequence[Event] = unpacked(EVENTS, row["events"])
    except (KeyError, ValueError, zlib.error) as error:
        logger.error("unreadable events", extra={"pk": row["pk"], "sk": row["sk"], "error": type(error).__name__})
        return None
    return events


def mark(client: "DynamoDBClient", table: str, events: Sequence[Event]) -> None:
    client.update_item(TableName=table, Key=_key(events[0]), UpdateExpression="REMOVE unpublished, waiting_since")


def _key(first: Event) -> Item:
    return rows.key(first.order_id, f"OUT#{first.sequence:012}")


def _shard(order_id: str) -> str:
    return str(zlib.crc32(order_id.encode()) % SHARDS)
