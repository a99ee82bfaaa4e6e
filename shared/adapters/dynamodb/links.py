"""Confirmation links on DynamoDB: rows of the changes table, found by the hash of their token alone."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shared.adapters.dynamodb.codec import stamp
from shared.adapters.dynamodb.items import Item, item, values
from shared.ports.mail import Link

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PART = "LINK"
KEPT = timedelta(days=30)
"""How long a link that is over is remembered, so that whoever still follows it reads why."""


class DynamoLinks:
    """Keeps links under attribute names of their own, so that no index of the table takes a link for a change."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def put(self, link: Link) -> None:
        row = _key(link.token_hash) | item(
            {
                "of_change": link.change_id,
                "of_order": link.order_id,
                "digest": link.digest,
                "of_round": link.round,
                "valid_until": stamp(link.expires_at),
                "ttl": int((link.expires_at + KEPT).timestamp()),
            }
        )
        self._client.put_item(TableName=self._table, Item=row)

    def get(self, token_hash: str) -> Link | None:
        reply = self._client.get_item(TableName=self._table, Key=_key(token_hash), ConsistentRead=True)
        if "Item" not in reply:
            return None
        row = values(reply["Item"])
        return Link(
            token_hash=token_hash,
            change_id=row["of_change"],
            order_id=row["of_order"],
            digest=row["digest"],
            round=row["of_round"],
            expires_at=datetime.fromisoformat(row["valid_until"]),
        )


def _key(token_hash: str) -> Item:
    return item({"change_id": f"LINK#{token_hash}", "part": PART})
