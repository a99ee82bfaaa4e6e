"""Personal values taken out of an order's rows: the head, the headers of earlier versions, its changes, and the rows
that lead to it by a word that says who somebody is.

    ERASURE#<customer>  <time>   who asked for it, and why

Lines, progress, assets, tokens, links, letters' marks, credits and the outbox hold none.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from shared.adapters.dynamodb import outbox, rows
from shared.adapters.dynamodb.change_rows import RECORD, change_of, put_change
from shared.adapters.dynamodb.codec import header, joined, stamp
from shared.adapters.dynamodb.find_rows import FOUND, Listed, Put, listed_of, take_out
from shared.adapters.dynamodb.items import item, values
from shared.adapters.dynamodb.listing import all_whole_rows
from shared.adapters.dynamodb.log import DynamoLog, put_entry
from shared.adapters.dynamodb.order_write import Tables
from shared.adapters.dynamodb.querying import all_rows
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.change.change import Change
from shared.domain.order.order import Order
from shared.ports.erasing import ErasureRequest, History, Rewrite
from shared.ports.stores import Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROWS_OF_ONE_WRITE = 9
"""Each may have 400 KB, and a transaction 4 MB; the head, its log entry and its event are small."""

FOUND_OF_ONE_WRITE = 80
"""Rows that orders are found by are small."""

_AS_READ = "version = :version AND revision = :revision AND log_seq = :seq"


class DynamoHistories:
    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def of(self, order: Order) -> History:
        return History(pasts=self._pasts(order.order_id), changes=self._changes(order.order_id))

    def rewrite(self, rewrite: Rewrite) -> None:
        write, orders = rewrite.write, self._tables.orders
        puts: list[Put] = [partial(_put_past, table=orders, past=past) for past in rewrite.pasts]
        puts += [
            partial(put_change, table=self._tables.changes, before=before, change=after)
            for before, after in rewrite.changes
        ]
        while len(puts) > ROWS_OF_ONE_WRITE:
            self._ahead(write, puts[:ROWS_OF_ONE_WRITE])
            puts = puts[ROWS_OF_ONE_WRITE:]
        found = take_out(orders, write.after, self._listed(write.after.order_id))
        while len(found) > FOUND_OF_ONE_WRITE:
            self._ahead(write, found[:FOUND_OF_ONE_WRITE])
            found = found[FOUND_OF_ONE_WRITE:]
        self._at_last(write, [*puts, *found])

    def keep_request(self, asked: ErasureRequest) -> None:
        said = {"reason": asked.reason, "note": asked.note, "by": asked.by.id, "role": asked.by.role}
        key = {"pk": f"ERASURE#{asked.customer_id}", "sk": stamp(asked.at)}
        self._client.put_item(TableName=self._tables.orders, Item=item(key | said))

    def _ahead(self, write: Write, puts: Sequence[Put]) -> None:
        """A part of very much, provided that nobody has written to the order."""
        transaction, order = Transaction(), write.after.order_id
        transaction.check("head", self._tables.orders, rows.key(order, rows.HEAD), _AS_READ, **_as_read(write))
        for put in puts:
            put(transaction)
        transaction.run(self._client)

    def _at_last(self, write: Write, puts: Sequence[Put]) -> None:
        """A lost answer may look like a conflict: whoever reads the order again sees that it is erased."""
        transaction = Transaction()
        transaction.put("head", self._tables.orders, rows.head_row(write.after), _AS_READ, **_as_read(write))
        put_entry(transaction, self._tables.log, write.entry)
        outbox.put(transaction, self._tables.orders, write.events)
        for put in puts:
            put(transaction)
        transaction.run(self._client)

    def _pasts(self, order_id: str) -> tuple[Order, ...]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._tables.orders,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :past)",
            ExpressionAttributeValues=item({":pk": rows.partition(order_id), ":past": "PAST#"}),
            ProjectionExpression="head",
            ConsistentRead=True,
        )
        found = (values(row) for page in pages for row in page["Items"])
        return tuple(joined(row["head"], (), {}) for row in found if "head" in row)

    def _listed(self, order_id: str) -> list[Listed]:
        found = all_rows(
            self._client,
            self._tables.orders,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :found)",
            ExpressionAttributeValues=item({":pk": rows.partition(order_id), ":found": FOUND}),
            ConsistentRead=True,
        )
        return [listed_of(values(row)) for row in found]

    def _changes(self, order_id: str) -> tuple[Change, ...]:
        """By the log, which names each of them in its first entry: an index may lag behind."""
        entries = DynamoLog(self._client, self._tables.log).entries(order_id)
        named = dict.fromkeys(entry.change_id for entry in entries if entry.change_id)
        keys = [item({"change_id": change_id, "part": RECORD}) for change_id in named]
        return tuple(map(change_of, all_whole_rows(self._client, self._tables.changes, keys)))


def _put_past(transaction: Transaction, table: str, past: Order) -> None:
    """The header alone: the lines beside it are as they were."""
    key = rows.key(past.order_id, f"PAST#{past.version:08}#0000")
    transaction.update("past", table, key, "SET head = :head", "attribute_exists(pk)", head=header(past))


def _as_read(write: Write) -> dict[str, int]:
    before = write.step.before
    if before is None:
        raise ValueError("an order that is new has nobody to be erased")
    return {"version": before.version, "revision": before.revision, "seq": before.ledger.log_seq}
