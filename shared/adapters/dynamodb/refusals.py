"""Refused changes on DynamoDB: a partition a day, sorted by time, gone by the table's TTL."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shared.adapters.dynamodb.codec import stamp
from shared.adapters.dynamodb.items import item, values
from shared.adapters.dynamodb.stored.kinds import REFUSED
from shared.domain.replay.false_rejects import Refused

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT = timedelta(days=400)


class DynamoRefusals:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def keep(self, refused: Refused) -> None:
        row = {
            "day": refused.day,
            "refusal": f"{stamp(refused.at)}#{refused.id}",
            "body": REFUSED.pack(refused),
            "ttl": int((refused.at + KEPT).timestamp()),
        }
        self._client.put_item(TableName=self._table, Item=item(row))

    def within(self, since: datetime, until: datetime, limit: int) -> Sequence[Refused]:
        """A query a day at least: what a report asks for is bounded by its period."""
        found: list[Refused] = []
        for day in _days(since, until):
            if len(found) == limit:
                break
            found += self._of(day, stamp(since), stamp(until), limit - len(found))
        return found

    def _of(self, day: str, since: str, until: str, limit: int) -> Sequence[Refused]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#day = :day AND refusal BETWEEN :since AND :until",
            ExpressionAttributeNames={"#day": "day"},
            ExpressionAttributeValues=item({":day": day, ":since": since, ":until": until}),
            PaginationConfig={"MaxItems": limit},
        )
        return [REFUSED.unpack(values(row)["body"]) for page in pages for row in page["Items"]]


def _days(since: datetime, until: datetime) -> Iterator[str]:
    day = since.date()
    while day <= until.date():
        yield day.isoformat()
        day += timedelta(days=1)
