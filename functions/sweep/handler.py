"""Sweeps every minute, and counts the work that it did."""

from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.usecases.core.time_left import TimeLeft
from shared.usecases.sweeping.sweep import sweep

METRICS = {
    "published": "WritesPublishedLate",
    "expired": "ChangesExpired",
    "finished": "WritesFinishedLate",
    "fallen": "ChangesUnanswered",
}

RESERVE_SECONDS = 8
"""Seconds in which the change that is being looked after is finished: the largest takes less than half of them."""

metrics = Metrics(namespace="Inflight")


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Sweeps, counts, and raises in the end what failed, for the alarm."""
    time = TimeLeft(lambda: context.get_remaining_time_in_millis() / 1000, kept=RESERVE_SECONDS)
    swept = sweep(bootstrap.services(), bootstrap.bus(), bootstrap.workflows(), time)
    for job, count in swept.counts.items():
        metrics.add_metric(name=METRICS[job], unit=MetricUnit.Count, value=count)
    if swept.troubles:
        raise ExceptionGroup("some of the sweep failed; the next minute tries again", swept.troubles)
    return swept.counts
