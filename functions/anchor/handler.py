"""Anchors what is written to the log, from its table's stream, where no writer of the log can change it."""

from collections.abc import Iterator, Sequence, Set
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.domain.audit.log import Anchor

WRITTEN = "INSERT"
"""The stream's word for a row that was not there. An entry is never written twice, so any other word is an alarm."""

logger = Logger()
metrics = Metrics(namespace="Inflight")


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Keeps the last entry that each order got; the chain ties all before to it. A failure brings the batch again."""
    written = [_entry(record) for record in event["Records"] if record["eventName"] == WRITTEN]
    rewritten = [record for record in event["Records"] if record["eventName"] != WRITTEN]
    anchors = bootstrap.anchors()
    for order_id, anchor in _heads(written, {_order_of(record) for record in rewritten}):
        anchors.keep(order_id, anchor)
    for record in rewritten:
        seq = record["dynamodb"]["Keys"]["seq"]["N"]
        logger.error("a log entry was rewritten", extra={"order_id": _order_of(record), "seq": seq})
    metrics.add_metric(name="LogRewritten", unit=MetricUnit.Count, value=len(rewritten))


def _heads(written: Sequence[tuple[str, Anchor]], doubted: Set[str]) -> Iterator[tuple[str, Anchor]]:
    """Yields the last entry of each order; every one of an order of which some were rewritten within the batch, for a
    later one may tie what is forged already."""
    last = dict(written)
    for order_id, anchor in written:
        if order_id in doubted or last[order_id] is anchor:
            yield order_id, anchor


def _order_of(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["Keys"]["order_id"]["S"])


def _entry(record: dict[str, Any]) -> tuple[str, Anchor]:
    row = record["dynamodb"]["NewImage"]
    return row["order_id"]["S"], Anchor(seq=int(row["seq"]["N"]), hash=row["hash"]["S"])
