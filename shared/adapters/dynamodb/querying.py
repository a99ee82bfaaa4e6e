"""Every row of a query, however many pages it takes."""

from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def all_rows(client: "DynamoDBClient", table: str, **query: Any) -> list[Item]:
    """The rows in the order of the query, which names its parameters as the client does."""
    found: list[Item] = []
    start: Any = {}
    while True:
        reply = client.query(TableName=table, **query, **start)
        found += reply["Items"]
        if "LastEvaluatedKey" not in reply:
            return found
        start = {"ExclusiveStartKey": reply["LastEvaluatedKey"]}
