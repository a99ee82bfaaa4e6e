"""A department's reference consumer: deals with each event once, in whatever order, and acknowledges."""

import json
import os
from typing import Any, cast

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.domain.canonical import sha256
from shared.domain.planning.departments import Department
from shared.domain.refusal import Refusal
from shared.http.door.answers import change_now
from shared.ports.requests import RequestKey
from shared.usecases.core.access import Principal
from shared.usecases.core.transact import Request
from shared.usecases.fulfilling.acknowledge_change import Acknowledge, acknowledge_change

logger = Logger()
processor = BatchProcessor(event_type=EventType.SQS)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return cast(
        dict[str, Any],
        process_partial_response(event=event, record_handler=_receive, processor=processor, context=context),
    )


def _receive(record: SQSRecord) -> None:
    """A crash between the acknowledgement and the delivery row repeats both: the first under the same key."""
    detail = json.loads(record.body)["detail"]
    metadata, department = detail["metadata"], cast(Department, os.environ["DEPARTMENT"])
    deliveries, clock = bootstrap.deliveries(), bootstrap.services().clock
    if deliveries.seen(department, metadata["id"]):
        return
    if department in detail["data"].get("departments", ()):
        _acknowledge(department, metadata)
    text = json.dumps(detail)
    deliveries.keep(department, metadata["id"], text, metadata["order_id"], metadata["sequence"], clock.now())


def _acknowledge(department: Department, metadata: dict[str, Any]) -> None:
    principal = Principal(id=f"dept-{department}", roles=frozenset({"service"}), scopes=frozenset({"acknowledgements"}))
    key = RequestKey(key=sha256(f"{department}/{metadata['id']}"), body_hash="")
    said = Acknowledge(change_id=metadata["change_id"], department=department, outcome="done")
    try:
        acknowledge_change(bootstrap.services(), Request(principal=principal, render=change_now, key=key), said)
    except Refusal as refusal:
        if refusal.code != "not-committed":
            raise
        logger.info("acknowledged too late", extra={"change_id": said.change_id})  # an operator has given it up
