"""Every minute: expire what is due, publish, finish and start again what was lost, and count it."""

from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.usecases.expire_changes import expire_changes
from shared.usecases.finish_writes import finish_writes
from shared.usecases.publish_events import publish_forgotten
from shared.usecases.resume_changes import resume_changes

metrics = Metrics(namespace="Inflight")


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    services = bootstrap.services()
    published = publish_forgotten(bootstrap.bus(), services.orders, services.clock)
    expired = expire_changes(services)
    finished = finish_writes(services.orders, services.clock)
    fallen = resume_changes(services, bootstrap.workflows())
    metrics.add_metric(name="ChangesUnanswered", unit=MetricUnit.Count, value=fallen)
    metrics.add_metric(name="ChangesExpired", unit=MetricUnit.Count, value=expired)
    metrics.add_metric(name="WritesPublishedLate", unit=MetricUnit.Count, value=published)
    metrics.add_metric(name="WritesFinishedLate", unit=MetricUnit.Count, value=finished)
    return {"expired": expired, "published": published, "finished": finished, "fallen": fallen}
