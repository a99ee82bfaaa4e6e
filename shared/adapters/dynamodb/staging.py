"""Stock of more SKUs than one transaction holds: held in batches beforehand, settled in batches after the commit.

    1. a stage row says that a write is being prepared
    2. what the write takes is held, batch by batch; each batch leaves a mark per SKU
    3. the commit itself turns the stage to `committed`: from here on, the holds are what the write takes
    4. counters are moved to where the write wants them, batch by batch, each mark telling what is left to do

If the commit fails, or never comes, the holds are given back. A sweeper finishes what a crash left at any step: so
stock may be understated for a moment, never oversold (DESIGN.md, "Commit").
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb.codec import stamp
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.querying import all_rows
from shared.adapters.dynamodb.skus import move_stock
from shared.adapters.dynamodb.stage_moves import Stage, given, hold, rest, taken, unhold
from shared.adapters.dynamodb.stored.kinds import MOVES
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.change.step import StockMove
from shared.ports.stores import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH = 45
"""Moves of one transaction: each is a counter and a mark, so 90 of 100 items."""

PREPARING, COMMITTED, ABANDONED = "preparing", "committed", "abandoned"
HELD, DONE = "HELD#", "DONE#"

SHARD = "stage"
"""Where the sparse index of unfinished work lists stages, apart from events."""


class StagedStock:
    def __init__(self, client: "DynamoDBClient", orders: str, skus: str) -> None:
        self._client = client
        self._orders = orders
        self._skus = skus

    def prepare(self, stage: Stage, now: datetime) -> None:
        """Hold what the write takes.

        Raises:
            Conflict: there is not enough of something; nothing is held.
        """
        row = _row(stage) | item(
            {
                "status": PREPARING,
                "moves": MOVES.text(stage.moves, sparse=False),
                "unpublished": SHARD,
                "waiting_since": stamp(now),
                "until": stage.until,
            }
        )
        self._client.put_item(TableName=self._orders, Item=row)
        try:
            for batch in _batches(taken(stage.moves)):
                self._run(stage, batch, hold, mark=True)
        except Conflict:
            self.abandoned(stage)
            raise

    def commit(self, transaction: Transaction, stage: Stage) -> None:
        """Let the write's own transaction decide that the stage is committed."""
        transaction.update(
            "stage", self._orders, _key(stage, "STAGE"), "SET #status = :committed", "#status = :preparing",
            committed=COMMITTED, preparing=PREPARING,
        )  # fmt: skip
        transaction.name("#status", "status")

    def settle(self, stage: Stage) -> None:
        """Move the counters to where the committed write wants them. Doing it again does what is left."""
        held = self._marked(stage)
        for batch in _batches(move for move in taken(stage.moves) if move.sku in held):
            self._run(stage, batch, rest, mark=False)
        done = self._marked(stage, DONE)
        for batch in _batches(move for move in given(stage.moves) if move.sku not in done):
            self._run(stage, batch, lambda move: move, mark=True, prefix=DONE)
        self._clear(stage)

    def abandoned(self, stage: Stage) -> bool:
        """Give back what is held for a write that was not committed; False if it was, after all."""
        ending = Transaction()
        ending.update(
            "stage", self._orders, _key(stage, "STAGE"), "SET #status = :abandoned", "#status <> :committed",
            abandoned=ABANDONED, committed=COMMITTED,
        )  # fmt: skip
        ending.name("#status", "status")
        try:
            ending.run(self._client)
        except Conflict as conflict:
            if not conflict.lost:
                raise
            return False
        held = self._marked(stage)
        for batch in _batches(move for move in taken(stage.moves) if move.sku in held):
            self._run(stage, batch, unhold, mark=False)
        self._clear(stage)
        return True

    def _run(self, stage: Stage, moves: Sequence[StockMove], each: Any, *, mark: bool, prefix: str = HELD) -> None:
        """One batch: each SKU's counter moves together with its mark being set, or taken away."""
        transaction = Transaction()
        for move in moves:
            move_stock(transaction, self._skus, each(move))
            if mark:
                expires = item({"ttl": stage.until if prefix == DONE else None})
                row = _key(stage, prefix + move.sku) | expires
                transaction.put("mark", self._orders, row, "attribute_not_exists(pk)")
            else:
                transaction.delete("mark", self._orders, _key(stage, prefix + move.sku), "attribute_exists(pk)")
        transaction.run(self._client)

    def _marked(self, stage: Stage, prefix: str = HELD) -> set[str]:
        found = all_rows(
            self._client,
            self._orders,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=item({":pk": f"STAGE#{stage.write_id}", ":prefix": prefix}),
            ConsistentRead=True,
        )
        return {values(row)["sk"].removeprefix(prefix) for row in found}

    def _clear(self, stage: Stage) -> None:
        """The stage is done with; marks of what was settled after the commit go by the table's TTL."""
        self._client.delete_item(TableName=self._orders, Key=_key(stage, "STAGE"))


def _row(stage: Stage) -> Item:
    return _key(stage, "STAGE")


def _key(stage: Stage, sort: str) -> Item:
    return item({"pk": f"STAGE#{stage.write_id}", "sk": sort})


def _batches(moves: Iterable[StockMove]) -> Iterable[list[StockMove]]:
    listed = list(moves)
    return (listed[start : start + BATCH] for start in range(0, len(listed), BATCH))
