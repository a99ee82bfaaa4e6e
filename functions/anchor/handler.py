"""Anchors what is written to the log, from its table's stream, where no writer of the log can change it."""

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
    heads: dict[str, Anchor] = {}
    rewritten = [record for record in event["Records"] if record["eventName"] != WRITTEN]
    for record in event["Records"]:
        if record["eventName"] == WRITTEN:
            order_id, anchor = _entry(record)
            heads[order_id] = anchor
    anchors = bootstrap.anchors()
    for order_id, anchor in heads.items():
        anchors.keep(order_id, anchor)
    for record in rewritten:
        keys = record["dynamodb"]["Keys"]
        logger.error("a log entry was rewritten", extra={"order_id": keys["order_id"]["S"], "seq": keys["seq"]["N"]})
    metrics.add_metric(name="LogRewritten", unit=MetricUnit.Count, value=len(rewritten))


def _entry(record: dict[str, Any]) -> tuple[str, Anchor]:
    row = record["dynamodb"]["NewImage"]
    return row["order_id"]["S"], Anchor(seq=int(row["seq"]["N"]), hash=row["hash"]["S"])
