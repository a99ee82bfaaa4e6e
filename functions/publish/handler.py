"""Puts events from the orders table's stream on the bus."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.domain.change.events import Event
from shared.stream import each_write
from shared.usecases.publishing.publish_events import publish_events


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return each_write(event, _publish)


def _publish(events: tuple[Event, ...]) -> None:
    publish_events(bootstrap.bus(), bootstrap.services().orders, events)
