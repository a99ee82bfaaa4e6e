"""Stock of more SKUs than one transaction holds: held in batches beforehand, settled in batches after the commit.

    1. a stage row says that a write is being prepared
    2. what the write takes is held, batch by batch; each batch leaves a mark per SKU
    3. the commit itself turns the stage to `committed`: from here on, the holds are what the write takes
    4. counters are moved to where the write wants them, batch by batch, each mark telling what is left to do

If the commit fails, or never comes, the holds are given back. A sweeper finishes what a crash left at any step: so
stock may be understated for a moment, never oversold (DESIGN.md, "Commit").
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb.codec import stamp
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.skus import move_stock
from shared.adapters.dynamodb.stored.kinds import MOVES
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.change.step import StockMove
from shared.ports.stores import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

logger = logging.getLogger(__name__)

BATCH = 45
"""Moves of one transaction: each is a counter and a mark, so 90 of 100 items."""

PREPARING, COMMITTED, ABANDONED = "preparing", "committed", "abandoned"
HELD, DONE = "HELD#", "DONE#"
KEPT = timedelta(days=60)

SHARD = "stage"
"""Where the sparse index of unfinished work lists stages, apart from events."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The staged stock of one write: all its moves, under the write's id. Its marks of what is done are kept `until`
    (epoch seconds), long after the sweeper has been."""

    write_id: str
    moves: tuple[StockMove, ...]
    until: int

    @classmethod
    def of(cls, write_id: str, moves: tuple[StockMove, ...], at: datetime) -> "Stage":
        return cls(write_id, moves, int((at + KEPT).timestamp()))


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
            for batch in _batches(_taken(stage.moves)):
                self._run(stage, batch, _hold, mark=True)
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
        for batch in _batches(move for move in _taken(stage.moves) if move.sku in held):
            self._run(stage, batch, _rest, mark=False)
        done = self._marked(stage, DONE)
        for batch in _batches(move for move in _given(stage.moves) if move.sku not in done):
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
        for batch in _batches(move for move in _taken(stage.moves) if move.sku in held):
            self._run(stage, batch, _unhold, mark=False)
        self._clear(stage)
        return True

    def sweep(self, older_than: datetime, limit: int) -> int:
        """Finish or give back what was left unfinished since before `older_than`; returns how many writes, up to
        `limit`.

        Raises:
            ExceptionGroup: some cannot be finished; those after them are. The log names them.
        """
        finished, troubles = 0, list[Exception]()
        for row in self._left(older_than):
            try:
                self._finish(row)
            except Exception as error:  # noqa: BLE001 (whatever it is, others' stock waits behind it)
                write_id = row["pk"].removeprefix("STAGE#")
                logger.error("a large write cannot be finished: %s: %s", write_id, type(error).__name__)
                troubles.append(error)
                continue
            finished += 1
            if finished == limit:
                break
        if troubles:
            raise ExceptionGroup(f"{len(troubles)} large writes are not finished", troubles)
        return finished

    def _left(self, older_than: datetime) -> Iterator[dict[str, Any]]:
        """Stages that were left unfinished, the oldest first, each as it is when its turn comes."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._orders,
            IndexName="unpublished",
            KeyConditionExpression="unpublished = :shard AND waiting_since <= :until",
            ExpressionAttributeValues=item({":shard": SHARD, ":until": stamp(older_than)}),
        )
        for found in (found for page in pages for found in page["Items"]):
            key: Any = {name: found[name] for name in ("pk", "sk")}
            whole = self._client.get_item(TableName=self._orders, Key=key, ConsistentRead=True)
            if "Item" in whole:
                yield values(whole["Item"])

    def _finish(self, row: dict[str, Any]) -> None:
        moves = tuple(StockMove(**move) for move in MOVES.plain(row["moves"]))
        stage = Stage(row["pk"].removeprefix("STAGE#"), moves, row["until"])
        if row["status"] == COMMITTED or not self.abandoned(stage):
            self.settle(stage)

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
        found: set[str] = set()
        start: Any = {}
        while True:
            reply = self._client.query(
                TableName=self._orders,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
                ExpressionAttributeValues=item({":pk": f"STAGE#{stage.write_id}", ":prefix": prefix}),
                ConsistentRead=True,
                **start,
            )
            found |= {values(row)["sk"].removeprefix(prefix) for row in reply["Items"]}
            if "LastEvaluatedKey" not in reply:
                return found
            start = {"ExclusiveStartKey": reply["LastEvaluatedKey"]}

    def _clear(self, stage: Stage) -> None:
        """The stage is done with; marks of what was settled after the commit go by the table's TTL."""
        self._client.delete_item(TableName=self._orders, Key=_key(stage, "STAGE"))


def _taken(moves: Iterable[StockMove]) -> list[StockMove]:
    """Moves that lower what is available: these must be sure before the commit."""
    return [move for move in moves if _available(move) < 0]


def _given(moves: Iterable[StockMove]) -> list[StockMove]:
    return [move for move in moves if _available(move) >= 0]


def _available(move: StockMove) -> int:
    return move.on_hand - move.held - move.allocated


def _hold(move: StockMove) -> StockMove:
    """What is taken for all that there is must be all when it is held."""
    return StockMove(sku=move.sku, held=-_available(move), available=move.available)


def _unhold(move: StockMove) -> StockMove:
    return StockMove(sku=move.sku, held=_available(move))


def _rest(move: StockMove) -> StockMove:
    """From held to where the write wants the units."""
    return replace(move, held=move.held + _available(move), available=None)


def _row(stage: Stage) -> Item:
    return _key(stage, "STAGE")


def _key(stage: Stage, sort: str) -> Item:
    return item({"pk": f"STAGE#{stage.write_id}", "sk": sort})


def _batches(moves: Iterable[StockMove]) -> Iterable[list[StockMove]]:
    listed = list(moves)
    return (listed[start : start + BATCH] for start in range(0, len(listed), BATCH))
