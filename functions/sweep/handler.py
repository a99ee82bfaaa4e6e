"""Every minute: expire what is due, publish, finish and start again what was lost, and count it."""

import logging
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.usecases.core.trouble import describe_error
from shared.usecases.publishing.publish_events import publish_forgotten
from shared.usecases.sweeping.finish_writes import finish_writes
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from shared.usecases.sweeping.resume_changes import resume_changes

logger = logging.getLogger(__name__)
metrics = Metrics(namespace="Inflight")


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Each job has its turn, whatever became of those before it; what failed is named in the log,
    and raised in the end, for the alarm."""
    services = bootstrap.services()
    jobs: dict[str, tuple[str, Callable[[], int]]] = {
        "published": (
            "WritesPublishedLate",
            lambda: publish_forgotten(bootstrap.bus(), services.orders, services.clock),
        ),
        "expired": ("ChangesExpired", lambda: mind_deadlines(services)),
        "finished": ("WritesFinishedLate", lambda: finish_writes(services.orders, services.clock)),
        "fallen": ("ChangesUnanswered", lambda: resume_changes(services, bootstrap.workflows())),
    }
    done: dict[str, int] = {}
    troubles: list[Exception] = []
    for job, (metric, work) in jobs.items():
        try:
            done[job] = work()
        except Exception as error:  # noqa: BLE001 (whatever it is, the other jobs are as urgent)
            logger.error("sweep: not %s: %s", job, describe_error(error))
            troubles.append(error)
        else:
            metrics.add_metric(name=metric, unit=MetricUnit.Count, value=done[job])
    if troubles:
        raise ExceptionGroup("some of the sweep failed; the next minute tries again", troubles)
    return done
