"""The log on DynamoDB: entries are only ever put, if absent, and queried."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.adapters.dynamodb.items import item, values
from shared.adapters.dynamodb.querying import all_rows
from shared.adapters.dynamodb.stored.kinds import ENTRY
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.audit.log import LogEntry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def put_entry(transaction: Transaction, table: str, entry: LogEntry) -> None:
    """The entry at its place in the chain, which must be free."""
    row = item(
        {
            "order_id": entry.order_id,
            "seq": entry.seq,
            "hash": entry.hash,
            "write_id": entry.write_id,
            "body": ENTRY.pack(entry),
        }
    )
    transaction.put("log", table, row, "attribute_not_exists(order_id)")


def wrote(client: "DynamoDBClient", table: str, entry: LogEntry) -> bool:
    """Tells if this very write happened although its answer said no: the SDK repeats a write whose answer is lost."""
    reply = client.query(
        TableName=table,
        KeyConditionExpression="order_id = :order AND seq = :seq",
        ExpressionAttributeValues=item({":order": entry.order_id, ":seq": entry.seq}),
        ConsistentRead=True,
    )
    return any(values(row)["write_id"] == entry.write_id for row in reply["Items"])


class DynamoLog:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def entries(self, order_id: str) -> Sequence[LogEntry]:
        found = all_rows(
            self._client,
            self._table,
            KeyConditionExpression="order_id = :order",
            ExpressionAttributeValues=item({":order": order_id}),
            ConsistentRead=True,
        )
        return [ENTRY.unpack(values(row)["body"]) for row in found]
