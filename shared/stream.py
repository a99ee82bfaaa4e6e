"""Reads the orders table's stream as Lambda brings it: the events of each write, in order, until one cannot be dealt
with."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger

from shared.adapters.dynamodb.outbox import events_of
from shared.domain.change.events import Event

logger = Logger()

Work = Callable[[tuple[Event, ...]], None]


def each_write(stream: dict[str, Any], work: Work) -> dict[str, Any]:
    """Does `work` for the events of each record. At the first failure it leaves the rest for the retry, so that the
    events of an order never overtake each other (AWS Lambda developer guide, "Reporting batch item failures for
    DynamoDB")."""
    for record in stream["Records"]:
        try:
            work(tuple(events_of(_image(record))))
        except Exception as error:  # noqa: BLE001 (whatever it is, the record comes again)
            sequence = record["dynamodb"]["SequenceNumber"]
            logger.warning("stream record failed", extra={"error": type(error).__name__, "sequence_number": sequence})
            return {"batchItemFailures": [{"itemIdentifier": sequence}]}
    return {"batchItemFailures": []}


def _image(record: dict[str, Any]) -> dict[str, Any]:
    """Returns the row in the wire format: a stream event is JSON, so its binary values come in base64."""
    image: dict[str, dict[str, Any]] = record["dynamodb"]["NewImage"]
    return {name: {"B": b64decode(typed["B"])} if "B" in typed else typed for name, typed in image.items()}
