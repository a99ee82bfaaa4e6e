"""Answered requests on DynamoDB: written in the transaction of their effect, expiring by the table's TTL."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.adapters.dynamodb.codec import packed_whole
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.stored.kinds import ANSWER
from shared.adapters.dynamodb.transaction import Transaction
from shared.ports.requests import RequestKey, RequestRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def put_record(transaction: Transaction, table: str, record: RequestRecord) -> None:
    """The request with its answer, provided it was not answered before."""
    transaction.put(Transaction.REQUEST, table, _row(record), "attribute_not_exists(request_key)")


class DynamoRequests:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def find(self, request: RequestKey) -> RequestRecord | None:
        reply = self._client.get_item(
            TableName=self._table, Key=item({"request_key": request.key}), ConsistentRead=True
        )
        if "Item" not in reply:
            return None
        row = values(reply["Item"])
        return RequestRecord(
            request=RequestKey(key=request.key, body_hash=row["body_hash"]),
            answer=ANSWER.unpack(row["answer"]) if "answer" in row else None,
            expires_at=datetime.fromtimestamp(row["ttl"], UTC),
        )

    def keep(self, record: RequestRecord) -> None:
        transaction = Transaction()
        put_record(transaction, self._table, record)
        transaction.run(self._client)


def _row(record: RequestRecord) -> Item:
    row = {
        "request_key": record.request.key,
        "body_hash": record.request.body_hash,
        "ttl": int(record.expires_at.timestamp()),
    }
    return item(row if record.answer is None else row | {"answer": packed_whole(ANSWER, record.answer)})
