"""Changes on DynamoDB: the record with its indexes, the task tokens of its waits, and which mails went out."""

import logging
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb.codec import packed_whole, stamp
from shared.adapters.dynamodb.companions import Companion, rows_along
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.listing import BATCH, Index, page_of, whole_rows
from shared.adapters.dynamodb.skus import catalogue_of, sku_key
from shared.adapters.dynamodb.stored.kind import Unreadable
from shared.adapters.dynamodb.stored.kinds import CHANGE
from shared.adapters.dynamodb.tallies import tally_keys
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.product import Catalogue
from shared.ports.stores import Conflict, Filter, Page

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

logger = logging.getLogger(__name__)

RECORD = "RECORD"
OPEN = "open"

# A customer's lists are read by customer only: the cursor of another index would tell of other people's changes.
INDEXES = (
    Index("by_customer", "customer_id", "created_at"),
    Index("by_waiting", "waiting_for", "urgency", soonest=True, sparse=True),
    Index("by_order", "order_id", "created_at"),
    Index("by_reason", "reason_code", "created_at"),
    Index("by_status", "status", "created_at"),
)


def put_change(transaction: Transaction, table: str, before: Change | None, change: Change) -> None:
    """The record, provided it is as it was read; whoever decides must not be who asked."""
    if before is None:
        transaction.put("change", table, change_row(change), "attribute_not_exists(change_id)")
        return
    condition, given = "rev = :rev", dict[str, Any](rev=before.rev)
    if (change.decided_by, change.deciders) == (before.decided_by, before.deciders):
        transaction.put("change", table, change_row(change), condition, **given)
        return
    condition += " AND NOT contains(askers, :decider) AND NOT contains(deciders, :decider)"
    given |= {"decider": change.decided_by}
    if absent := _absent(before, change):
        condition += " AND NOT contains(askers, :absent) AND NOT contains(deciders, :absent)"
        given |= {"absent": absent}
    transaction.put("change", table, change_row(change), condition, **given)


def _absent(before: Change, change: Change) -> str | None:
    """In whose place the approval was given that this write brings."""
    fresh = change.approvals[len(before.approvals) :]
    return next((each.on_behalf_of for each in fresh if each.on_behalf_of), None)


def change_row(change: Change) -> Item:
    return _key(change.change_id, RECORD) | item(
        {
            "order_id": change.order_id,
            "customer_id": change.customer_id,
            "status": change.status,
            "reason_code": change.reason_code,
            "requested_by": change.requested_by.id,
            "askers": list(change.askers),
            "waiting_for": change.waiting_for,
            "urgency": _urgency(change) if change.waiting_for else None,
            "deciders": list(change.deciders) or None,
            "open": OPEN if change.is_open else None,
            "due_at": stamp(change.due_at) if change.is_open and change.due_at else None,
            "expires_at": stamp(change.expires_at) if change.expires_at else None,
            "created_at": stamp(change.created_at),
            "rev": change.rev,
            "round": change.round,
            "body": packed_whole(CHANGE, change),
        }
    )


class DynamoChanges:
    """`along` are read with a change that is read with its SKUs."""

    def __init__(
        self, client: "DynamoDBClient", table: str, skus: str, requests: str, along: Sequence[Companion] = ()
    ) -> None:
        self._client = client
        self._table = table
        self._skus = skus
        self._requests = requests
        self._along = along

    def get(self, change_id: str) -> Change | None:
        reply = self._client.get_item(TableName=self._table, Key=_key(change_id, RECORD), ConsistentRead=True)
        return _change(reply["Item"]) if "Item" in reply else None

    def get_with(
        self, change_id: str, skus: Iterable[str], refunds: str | None = None
    ) -> tuple[Change | None, Catalogue]:
        asked = sorted(set(skus))
        keys = {self._table: [_key(change_id, RECORD)], self._skus: [sku_key(sku) for sku in asked]}
        keys[self._requests] = tally_keys(refunds)
        found = rows_along(self._client, keys, self._along)
        change = next((_change(row) for row in found[self._table]), None)
        return change, catalogue_of(found[self._skus], asked, found[self._requests])

    def list(self, wanted: Filter) -> Page[Change]:
        found, cursor = page_of(self._client, self._table, INDEXES, wanted, ("change_id", "part"))
        return Page(items=tuple(change for change in _readable(found) if _fits(change, wanted)), cursor=cursor)

    def due(self, now: datetime, limit: int) -> Sequence[Change]:
        found = self._whole(
            IndexName="by_due",
            KeyConditionExpression="#open = :open AND due_at <= :now",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues=item({":open": OPEN, ":now": stamp(now)}),
        )
        return list(islice(found, limit))

    def lingering(self, status: ChangeStatus, since: datetime, limit: int) -> Sequence[Change]:
        found = self._whole(
            IndexName="by_status",
            KeyConditionExpression="#status = :status AND created_at <= :since",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=item({":status": status, ":since": stamp(since)}),
        )
        return list(islice((change for change in found if change.status is status), limit))

    def _whole(self, **query: Any) -> Iterator[Change]:
        """What an index lists and can be read, page by page, for as long as somebody wants more."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table, PaginationConfig={"PageSize": BATCH}, **query
        )
        for page in pages:
            keys = [{name: row[name] for name in ("change_id", "part")} for row in page["Items"]]
            yield from _readable(whole_rows(self._client, self._table, keys))

    def keep_token(self, change_id: str, round_: int, token: str) -> bool:
        waiting = Transaction()
        waiting.check(
            "change",
            self._table,
            _key(change_id, RECORD),
            "#status IN (:approval, :confirmation) AND #round = :round",
            approval=ChangeStatus.PENDING_APPROVAL,
            confirmation=ChangeStatus.PENDING_CONFIRMATION,
            round=round_,
        )
        waiting.name("#status", "status")
        waiting.name("#round", "round")
        waiting.put("token", self._table, _key(change_id, _token_part(round_)) | item({"token": token}))
        try:
            waiting.run(self._client)
        except Conflict as conflict:
            if not conflict.lost:
                raise
            return False
        return True

    def token(self, change_id: str, round_: int) -> str | None:
        reply = self._client.get_item(
            TableName=self._table, Key=_key(change_id, _token_part(round_)), ConsistentRead=True
        )
        return str(values(reply["Item"])["token"]) if "Item" in reply else None

    def keep_refund_token(self, change_id: str, refund_id: str, token: str) -> None:
        self._client.put_item(
            TableName=self._table, Item=_key(change_id, _refund_token_part(refund_id)) | item({"token": token})
        )

    def refund_token(self, change_id: str, refund_id: str) -> str | None:
        reply = self._client.get_item(
            TableName=self._table, Key=_key(change_id, _refund_token_part(refund_id)), ConsistentRead=True
        )
        return str(values(reply["Item"])["token"]) if "Item" in reply else None

    def mailed(self, change_id: str, occasion: str) -> bool:
        key = _key(change_id, _mail_part(occasion))
        return "Item" in self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)

    def keep_mailed(self, change_id: str, occasion: str) -> None:
        self._client.put_item(TableName=self._table, Item=_key(change_id, _mail_part(occasion)))


def _urgency(change: Change) -> str:
    """The sooner its deadline (to the minute) the more urgent; of equals, the one that moves more money."""
    deadline = change.asked.deadline if change.asked else change.expires_at
    due = stamp(deadline)[:16] if deadline else "9999"
    return f"{due}#{10**18 - change.plan.magnitude:019}"


def _key(change_id: str, part: str) -> Item:
    return item({"change_id": change_id, "part": part})


def _token_part(round_: int) -> str:
    return f"TOKEN#{round_:04}"


def _refund_token_part(refund_id: str) -> str:
    return f"TOKEN#{refund_id}"


def _mail_part(occasion: str) -> str:
    return f"MAIL#{occasion}"


def _change(row: Item) -> Change:
    return CHANGE.unpack(values(row)["body"])


def _readable(rows: Iterable[Item]) -> Iterator[Change]:
    """For lists, and for what time does by itself: one that cannot be read holds up no other, and reconciliation tells
    of it."""
    for row in rows:
        try:
            yield _change(row)
        except (Unreadable, KeyError, TypeError, zlib.error) as error:
            logger.error("a change cannot be read: %s: %s", values(row)["change_id"], type(error).__name__)


def _fits(change: Change, wanted: Filter) -> bool:
    in_period = (wanted.since is None or wanted.since <= change.created_at) and (
        wanted.until is None or change.created_at < wanted.until
    )
    return in_period and all(str(getattr(change, name, None)) == given for name, given in wanted.values.items())
