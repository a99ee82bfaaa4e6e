"""Sweeps every minute, and counts the work that it did."""

from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.usecases.sweeping.sweep import sweep

METRICS = {
    "published": "WritesPublishedLate",
    "expired": "ChangesExpired",
    "finished": "WritesFinishedLate",
    "fallen": "ChangesUnanswered",
}

metrics = Metrics(namespace="Inflight")


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Sweeps, counts, and raises in the end what failed, for the alarm."""
    swept = sweep(bootstrap.services(), bootstrap.bus(), bootstrap.workflows())
    for job, count in swept.counts.items():
        metrics.add_metric(name=METRICS[job], unit=MetricUnit.Count, value=count)
    if swept.troubles:
        raise ExceptionGroup("some of the sweep failed; the next minute tries again", swept.troubles)
    return swept.counts
