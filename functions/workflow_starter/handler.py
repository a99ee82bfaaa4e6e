"""Starts and ends workflows for the events in the orders table's stream."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.domain.change.events import Event
from shared.stream import each_write
from shared.usecases.publishing.start_workflows import steer_workflows


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return each_write(event, _steer)


def _steer(events: tuple[Event, ...]) -> None:
    for each in events:
        steer_workflows(bootstrap.workflows(), bootstrap.services().changes, each)
