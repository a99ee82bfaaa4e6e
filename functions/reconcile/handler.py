"""Checks every hour, and whenever an operator wants it, that everything that is kept agrees.

By hand, `aws lambda invoke` it with an empty event: that is a walk of its own, from the beginning. If the answer has a
`cursor`, there is more: invoke it with `{"cursor": "…"}`. The scheduled walk goes on where the last hour stopped.
"""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.usecases.reconciling.reconcile import reconcile
from shared.usecases.reconciling.reconcile_report import Reconciler

SPARE_MILLISECONDS = 10_000
"""The walk is kept for the next call when so much of the function's time is left."""
SCHEDULED = "scheduled"

logger = Logger()
metrics = Metrics(namespace="Inflight")


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    tools = Reconciler(
        services=bootstrap.services(),
        ledgers=bootstrap.ledgers(),
        gateways=bootstrap.gateways(),
        bus=bootstrap.bus(),
    )
    report = reconcile(
        tools, _walk_of(event, tools), lambda: context.get_remaining_time_in_millis() < SPARE_MILLISECONDS
    )
    for words, found in (("difference", report.differences), ("repaired", report.repaired)):
        for difference in found:
            logger.warning(words, extra=asdict(difference))
    metrics.add_metric(name="Differences", unit=MetricUnit.Count, value=len(report.differences))
    unanchored = sum(difference.kind == "log-unanchored" for difference in report.differences)
    metrics.add_metric(name="LogUnanchored", unit=MetricUnit.Count, value=unanchored)
    metrics.add_metric(name="Repairs", unit=MetricUnit.Count, value=len(report.repaired))
    return asdict(report)


def _walk_of(event: dict[str, Any], tools: Reconciler) -> str:
    if event.get("source") == "aws.events":
        return SCHEDULED
    return str(event["cursor"]) if "cursor" in event else tools.services.ids.new("walk")
