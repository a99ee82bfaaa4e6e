"""Keeps the events that a department has received, on DynamoDB: this memory makes its consumer idempotent."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shared.adapters.dynamodb.items import item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT = timedelta(days=60)
"""Longer than the bus archives events, so that a replay finds what it replays."""


class DynamoDeliveries:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def seen(self, department: str, event_id: str) -> bool:
        """Tells if this event has been dealt with before."""
        key = item({"department": department, "event_id": event_id})
        return "Item" in self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)

    def keep(self, department: str, event_id: str, event: str, order_id: str, sequence: int, now: datetime) -> None:
        """Remember that it has."""
        row = item(
            {
                "department": department,
                "event_id": event_id,
                "event": event,
                "order_id": order_id,
                "sequence": sequence,
                "ttl": int((now + KEPT).timestamp()),
            }
        )
        self._client.put_item(TableName=self._table, Item=row)
