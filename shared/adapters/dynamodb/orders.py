"""Orders on DynamoDB: the live order in one query, a write in one transaction."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from shared.adapters.dynamodb import outbox, rows
from shared.adapters.dynamodb.finding import Finder
from shared.adapters.dynamodb.items import item, values
from shared.adapters.dynamodb.listing import Index, page_of
from shared.adapters.dynamodb.log import wrote
from shared.adapters.dynamodb.order_reading import READS, TornRead, order_from, version_from
from shared.adapters.dynamodb.order_write import Tables, transaction_of
from shared.adapters.dynamodb.querying import all_rows
from shared.adapters.dynamodb.stage_moves import Stage
from shared.adapters.dynamodb.stage_sweep import sweep
from shared.adapters.dynamodb.staging import StagedStock
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.change.events import Event
from shared.domain.order.order import Order
from shared.domain.order.order_summary import OrderSummary
from shared.domain.order.states import order_status
from shared.domain.refusal import Refusal
from shared.ports.paging import Filter, Page
from shared.ports.stores import Conflict, Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")

Rows = list[dict[str, Any]]

STOCK_OF_ONE_WRITE = 60
"""Stock items that go in a write's own transaction; of more, all are staged."""

INDEXES = (
    Index("by_customer", "customer_id", "placed_at"),
    Index("by_status", "status", "placed_at"),
    Index("by_channel", "channel", "placed_at"),
)


class DynamoOrders:
    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables
        self._finder = Finder(client, tables, self.load)
        self._staged = StagedStock(client, tables.orders, tables.skus)

    def load(self, order_id: str) -> Order | None:
        for _ in range(READS):
            try:
                return order_from(self._query(order_id, "LIVE#", "LIVE#~"))
            except TornRead:
                continue
        raise Conflict("the order is being written")

    def load_version(self, order_id: str, version: int) -> Order | None:
        live = self.load(order_id)
        if live is None or version >= live.version:
            return live if live and version == live.version else None
        pasts = self._query(order_id, f"PAST#{version:08}#", "PAST#~")
        return version_from(live, pasts)

    def list(self, wanted: Filter) -> Page[Order]:
        return self.listed(wanted, lambda order: order)

    def listed(self, wanted: Filter, shown: Callable[[Order], T]) -> Page[T]:
        found, cursor = page_of(
            self._client, self._tables.orders, INDEXES, wanted, ("pk", "sk"), ("pk", "sk", "order_id")
        )
        orders = (self.load(values(row)["order_id"]) for row in found)
        kept = tuple(shown(order) for order in orders if order and _fits(order, wanted))
        return Page(items=kept, cursor=cursor)

    def find(self, wanted: Filter) -> Page[OrderSummary]:
        return self._finder.find(wanted)

    def write(self, write: Write) -> None:
        if len(write.step.stock) <= STOCK_OF_ONE_WRITE:
            self._run(transaction_of(self._tables, write), write)
            return
        stage = Stage.of(write.entry.write_id, write.step.stock, write.step.at)
        self._staged.prepare(stage, write.step.at)
        transaction = transaction_of(self._tables, replace(write, step=replace(write.step, stock=())))
        self._staged.commit(transaction, stage)
        try:
            self._run(transaction, write)
        except Exception:
            if self._staged.abandoned(stage):
                raise
        with suppress(Conflict, ClientError, BotoCoreError):
            self._staged.settle(stage)  # what fails here is committed all the same: the sweeper finishes it

    def finish_staged(self, older_than: datetime, limit: int) -> int:
        return sweep(self._client, self._tables.orders, self._staged, older_than, limit)

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
        found = all_rows(
            self._client,
            self._tables.orders,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues=item({":pk": rows.partition(order_id), ":first": first, ":last": last}),
            ConsistentRead=True,
        )
        return list(map(values, found))


def _fits(order: Order, wanted: Filter) -> bool:
    """Indexes lag behind: what was found must still fit, and fit the filters that no index serves."""
    has = {
        "customer_id": order.customer.customer_id,
        "status": order_status(order),
        "channel": order.channel,
    }
    skus = {line.sku for line in order.lines}
    return all(given in skus if name == "sku" else has.get(name) == given for name, given in wanted.values.items())
