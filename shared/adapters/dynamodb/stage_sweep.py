"""Finishes large writes that a crash has left, or gives back what they held: what the sweeper does for `staging.py`."""

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb.codec import stamp
from shared.adapters.dynamodb.items import item, values
from shared.adapters.dynamodb.stage_moves import Stage
from shared.adapters.dynamodb.staging import COMMITTED, SHARD, StagedStock
from shared.adapters.dynamodb.stored.kinds import MOVES
from shared.domain.change.step import StockMove

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

logger = logging.getLogger(__name__)


def sweep(client: "DynamoDBClient", orders: str, staged: StagedStock, older_than: datetime, limit: int) -> int:
    """Finish or give back what was left unfinished since before `older_than`; returns how many writes, up to
    `limit`.

    Raises:
        ExceptionGroup: some cannot be finished; those after them are. The log names them.
    """
    finished, troubles = 0, list[Exception]()
    for row in _left(client, orders, older_than):
        try:
            _finish(staged, row)
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


def _left(client: "DynamoDBClient", orders: str, older_than: datetime) -> Iterator[dict[str, Any]]:
    """Stages that were left unfinished, the oldest first, each as it is when its turn comes."""
    pages = client.get_paginator("query").paginate(
        TableName=orders,
        IndexName="unpublished",
        KeyConditionExpression="unpublished = :shard AND waiting_since <= :until",
        ExpressionAttributeValues=item({":shard": SHARD, ":until": stamp(older_than)}),
    )
    for found in (found for page in pages for found in page["Items"]):
        key: Any = {name: found[name] for name in ("pk", "sk")}
        whole = client.get_item(TableName=orders, Key=key, ConsistentRead=True)
        if "Item" in whole:
            yield values(whole["Item"])


def _finish(staged: StagedStock, row: dict[str, Any]) -> None:
    moves = tuple(StockMove(**move) for move in MOVES.plain(row["moves"]))
    stage = Stage(row["pk"].removeprefix("STAGE#"), moves, row["until"])
    if row["status"] == COMMITTED or not staged.abandoned(stage):
        staged.settle(stage)
