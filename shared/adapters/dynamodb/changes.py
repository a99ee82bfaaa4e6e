"""Changes on DynamoDB: one by its id, pages of them by what people filter by, and those that time is to move."""

import logging
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb.change_rows import (
    OF_A_REFERENCE,
    OF_A_SUMMARY,
    OPEN,
    RECORD,
    change_of,
    key_of,
    reference_of,
    summary_in,
)
from shared.adapters.dynamodb.change_tokens import DynamoTokens
from shared.adapters.dynamodb.codec import stamp
from shared.adapters.dynamodb.companions import Companion, rows_along
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.listing import BATCH, Index, page_of, whole_rows
from shared.adapters.dynamodb.skus import catalogue_of, sku_key
from shared.adapters.dynamodb.stored.kind import Unreadable
from shared.adapters.dynamodb.tallies import tally_keys
from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.change.summary import ChangeSummary, summary_of
from shared.domain.order.product import Catalogue
from shared.ports.paging import Filter, Page
from shared.ports.stores import ChangeReference
from shared.ports.walks import Unreadable as RowUnreadable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

logger = logging.getLogger(__name__)

UNREADABLE = (Unreadable, KeyError, TypeError, zlib.error)

# A customer's lists are read by customer only: the cursor of another index would tell of other people's changes.
INDEXES = (
    Index("by_customer", "customer_id", "created_at"),
    Index("by_waiting", "waiting_for", "urgency", soonest=True, sparse=True),
    Index("by_order", "order_id", "created_at"),
    Index("by_reason", "reason_code", "created_at"),
    Index("by_status", "status", "created_at"),
)


class DynamoChanges(DynamoTokens):
    """`along` are read with a change that is read with its SKUs."""

    def __init__(
        self, client: "DynamoDBClient", table: str, skus: str, requests: str, along: Sequence[Companion] = ()
    ) -> None:
        super().__init__(client, table)
        self._skus = skus
        self._requests = requests
        self._along = along

    def get(self, change_id: str) -> Change | None:
        reply = self._client.get_item(TableName=self._table, Key=key_of(change_id, RECORD), ConsistentRead=True)
        if "Item" not in reply:
            return None
        try:
            return change_of(reply["Item"])
        except UNREADABLE as error:
            raise RowUnreadable(type(error).__name__) from None

    def get_with(
        self, change_id: str, skus: Iterable[str], tallies: Sequence[str] = ()
    ) -> tuple[Change | None, Catalogue]:
        asked = sorted(set(skus))
        keys = {self._table: [key_of(change_id, RECORD)], self._skus: [sku_key(sku) for sku in asked]}
        keys[self._requests] = tally_keys(tallies)
        found = rows_along(self._client, keys, self._along)
        change = next((change_of(row) for row in found[self._table]), None)
        return change, catalogue_of(found[self._skus], asked, found[self._requests], tallies)

    def list(self, wanted: Filter) -> Page[Change]:
        found, cursor = page_of(self._client, self._table, INDEXES, wanted, ("change_id", "part"))
        return Page(items=tuple(change for change in _readable(found) if _fits(change, wanted)), cursor=cursor)

    def summaries(self, wanted: Filter) -> Page[ChangeSummary]:
        found, cursor = page_of(self._client, self._table, INDEXES, wanted, ("change_id", "part"), OF_A_SUMMARY)
        kept = (self._summary(row) for row in found)
        return Page(items=tuple(each for each in kept if each and _fits(each.head, wanted)), cursor=cursor)

    def _summary(self, row: Item) -> ChangeSummary | None:
        """The summary of a row, which may be read whole for it; None if it cannot be read, as the log then says."""
        try:
            if summary := summary_in(row):
                return summary
            change = self.get(values(row)["change_id"])
            return summary_of(change) if change else None
        except (RowUnreadable, *UNREADABLE) as error:
            logger.error("a change cannot be read: %s: %s", values(row)["change_id"], type(error).__name__)
            return None

    def due(self, now: datetime) -> Iterator[ChangeReference]:
        return self._references(
            IndexName="by_due",
            KeyConditionExpression="#open = :open AND due_at <= :now",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues=item({":open": OPEN, ":now": stamp(now)}),
        )

    def lingering(self, status: ChangeStatus, since: datetime) -> Iterator[ChangeReference]:
        found = self._references(
            IndexName="by_status",
            KeyConditionExpression="#status = :status AND created_at <= :since",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=item({":status": status, ":since": stamp(since)}),
        )
        return (reference for reference in found if reference.status is status)

    def _references(self, **query: Any) -> Iterator[ChangeReference]:
        """Yields what an index lists, page by page, as long as the caller wants more. A row that is no change's is
        named in the log and left out."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table, PaginationConfig={"PageSize": BATCH}, **query
        )
        for page in pages:
            keys = [{name: row[name] for name in ("change_id", "part")} for row in page["Items"]]
            for row in whole_rows(self._client, self._table, keys, OF_A_REFERENCE):
                try:
                    yield reference_of(row)
                except (KeyError, ValueError) as error:
                    logger.error("a change cannot be read: %s: %s", values(row)["change_id"], type(error).__name__)


def _readable(rows: Iterable[Item]) -> Iterator[Change]:
    """For lists: one that cannot be read holds up no other, and reconciliation tells of it."""
    for row in rows:
        try:
            yield change_of(row)
        except UNREADABLE as error:
            logger.error("a change cannot be read: %s: %s", values(row)["change_id"], type(error).__name__)


def _fits(change: Change, wanted: Filter) -> bool:
    in_period = (wanted.since is None or wanted.since <= change.created_at) and (
        wanted.until is None or change.created_at < wanted.until
    )
    return in_period and all(str(getattr(change, name, None)) == given for name, given in wanted.values.items())
