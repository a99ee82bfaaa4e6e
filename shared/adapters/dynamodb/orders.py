"""Orders on DynamoDB: the live order in one query, a write in one transaction."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.adapters.dynamodb import outbox, rows
from shared.adapters.dynamodb.changes import put_change
from shared.adapters.dynamodb.delegations import check_holds
from shared.adapters.dynamodb.items import item, values
from shared.adapters.dynamodb.listing import Index, page_of
from shared.adapters.dynamodb.log import put_entry, wrote
from shared.adapters.dynamodb.requests import put_record
from shared.adapters.dynamodb.skus import move_stock
from shared.adapters.dynamodb.staging import Stage, StagedStock
from shared.adapters.dynamodb.tallies import count
from shared.adapters.dynamodb.transaction import MAX_ITEMS, Transaction
from shared.domain.change.events import Event
from shared.domain.order.order import Order
from shared.domain.order.states import order_status
from shared.domain.refusal import Refusal
from shared.ports.paging import Filter, Page
from shared.ports.stores import Conflict, Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Rows = list[dict[str, Any]]

STOCK_OF_ONE_WRITE = 60
"""Stock items that go in a write's own transaction; of more, all are staged."""

READS = 4
"""A torn read is read again; a transaction is over long before the fourth."""

INDEXES = (
    Index("by_customer", "customer_id", "placed_at"),
    Index("by_status", "status", "placed_at"),
    Index("by_channel", "channel", "placed_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The names of the tables; `rules` keeps the delegations too."""

    orders: str
    changes: str
    log: str
    skus: str
    requests: str
    rules: str


class DynamoOrders:
    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables
        self._staged = StagedStock(client, tables.orders, tables.skus)

    def load(self, order_id: str) -> Order | None:
        for _ in range(READS):
            try:
                return rows.order_from(self._query(order_id, "LIVE#", "LIVE#~"))
            except rows.TornRead:
                continue
        raise Conflict("the order is being written")

    def load_version(self, order_id: str, version: int) -> Order | None:
        live = self.load(order_id)
        if live is None or version >= live.version:
            return live if live and version == live.version else None
        pasts = self._query(order_id, f"PAST#{version:08}#", "PAST#~")
        return rows.version_from(live, pasts)

    def list(self, wanted: Filter) -> Page[Order]:
        found, cursor = page_of(self._client, self._tables.orders, INDEXES, wanted, ("pk", "sk"))
        orders = (self.load(values(row)["order_id"]) for row in found)
        kept = tuple(order for order in orders if order and _fits(order, wanted))
        return Page(items=kept, cursor=cursor)

    def write(self, write: Write) -> None:
        if len(write.step.stock) <= STOCK_OF_ONE_WRITE:
            self._run(self._transaction(write), write)
            return
        stage = Stage.of(write.entry.write_id, write.step.stock, write.step.at)
        self._staged.prepare(stage, write.step.at)
        transaction = self._transaction(replace(write, step=replace(write.step, stock=())))
        self._staged.commit(transaction, stage)
        try:
            self._run(transaction, write)
        except Exception:
            if self._staged.abandoned(stage):
                raise
        with suppress(Conflict, ClientError, BotoCoreError):
            self._staged.settle(stage)  # what fails here is committed all the same: the sweeper finishes it

    def finish_staged(self, older_than: datetime, limit: int) -> int:
        return self._staged.sweep(older_than, limit)

    def _run(self, transaction: Transaction, write: Write) -> None:
        try:
            transaction.run(self._client)
        except Conflict as conflict:
            if wrote(self._client, self._tables.log, write.entry):
                return
            if conflict.lost and str(conflict) == "payment":
                raise Refusal(
                    "payment-claimed", "This payment belongs to another order.", pointer="/payments"
                ) from conflict
            raise

    def unpublished(self, older_than: datetime, limit: int) -> Sequence[Sequence[Event]]:
        return outbox.waiting(self._client, self._tables.orders, older_than, limit)

    def mark_published(self, events: Sequence[Event]) -> None:
        outbox.mark(self._client, self._tables.orders, events)

    def _query(self, order_id: str, first: str, last: str) -> Rows:
        found: Rows = []
        start: Any = {}
        while True:
            reply = self._client.query(
                TableName=self._tables.orders,
                KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
                ExpressionAttributeValues=item({":pk": rows.partition(order_id), ":first": first, ":last": last}),
                ConsistentRead=True,
                **start,
            )
            found += [values(row) for row in reply["Items"]]
            if "LastEvaluatedKey" not in reply:
                return found
            start = {"ExclusiveStartKey": reply["LastEvaluatedKey"]}

    def _transaction(self, write: Write) -> Transaction:
        transaction, tables, step = Transaction(), self._tables, write.step
        self._put_head(transaction, write)
        if step.change:
            put_change(transaction, tables.changes, step.change_before, step.change)
        put_entry(transaction, tables.log, write.entry)
        if write.events:
            outbox.put(transaction, tables.orders, write.events)
        if write.record:
            put_record(transaction, tables.requests, write.record)
        if step.delegation:
            check_holds(transaction, tables.rules, step.delegation, step.at)
        if step.tally:
            count(transaction, tables.requests, step.tally)
        for move in step.stock:
            move_stock(transaction, tables.skus, move)
        self._put_content(transaction, write)
        return transaction

    def _put_head(self, transaction: Transaction, write: Write) -> None:
        before, after = write.step.before, write.after
        row = rows.head_row(after)
        self._claim_payments(transaction, before, after)
        if before is None:
            transaction.put("head", self._tables.orders, row, "attribute_not_exists(pk)")
            return
        condition = "version = :version AND revision = :revision AND log_seq = :seq"
        given = {"version": before.version, "revision": before.revision, "seq": before.ledger.log_seq}
        refunds = _refunds(before, after)
        for index, amount in enumerate(refunds.values()):
            condition += f" AND refundable.#p{index} >= :p{index}"
            given[f"p{index}"] = amount
        transaction.put("head", self._tables.orders, row, condition, **given)
        for index, payment_id in enumerate(refunds):
            transaction.name(f"#p{index}", payment_id)

    def _claim_payments(self, transaction: Transaction, before: Order | None, after: Order) -> None:
        """A payment that a gateway knows belongs to one order only."""
        known = {payment.payment_id for payment in before.payments} if before else set()
        for payment in after.payments:
            if payment.reference and payment.payment_id not in known:
                claim = item({"pk": f"PAYMENT#{payment.gateway}#{payment.reference}", "sk": "CLAIM"})
                claim |= item({"order_id": after.order_id})
                transaction.put("payment", self._tables.orders, claim, "attribute_not_exists(pk)")

    def _put_content(self, transaction: Transaction, write: Write) -> None:
        before, after, orders = write.step.before, write.after, self._tables.orders
        if before is None or before.progress is not after.progress:
            transaction.put("progress", orders, rows.progress_row(after))
        if before and before.assets != after.assets:
            transaction.put("assets", orders, rows.assets_row(after))
        if before is None:
            for row in rows.pack_rows(after):
                transaction.put("lines", orders, row)
            return
        changed = rows.changed_lines(before, after)
        if before.version == after.version:
            return
        for row in rows.past_rows(before, changed):
            transaction.put("past", orders, row, "attribute_not_exists(pk)")
        few = len(transaction) + len(changed) <= MAX_ITEMS
        for row in rows.line_rows(after, changed) if few else rows.pack_rows(after):
            transaction.put("lines", orders, row)


def _refunds(before: Order, after: Order) -> dict[str, int]:
    """What this write newly promises to give back, per payment."""
    was = {payment.payment_id: payment.refundable for payment in before.payments}
    falls = {
        payment.payment_id: was[payment.payment_id] - payment.refundable
        for payment in after.payments
        if payment.payment_id in was
    }
    return {payment_id: amount for payment_id, amount in falls.items() if amount > 0}


def _fits(order: Order, wanted: Filter) -> bool:
    """Indexes lag behind: what was found must still fit, and fit the filters that no index serves."""
    has = {
        "customer_id": order.customer.customer_id,
        "status": order_status(order),
        "channel": order.channel,
    }
    skus = {line.sku for line in order.lines}
    return all(given in skus if name == "sku" else has.get(name) == given for name, given in wanted.values.items())
