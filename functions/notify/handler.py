"""Hands a department's queue to its reference consumer; a message that fails comes again, alone."""

import json
import os
from typing import Any, cast

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.domain.planning.departments import Department
from shared.usecases.fulfilling.receive_event import Delivery, receive_event

processor = BatchProcessor(event_type=EventType.SQS)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return cast(
        dict[str, Any],
        process_partial_response(event=event, record_handler=_receive, processor=processor, context=context),
    )


def _receive(record: SQSRecord) -> None:
    department = cast(Department, os.environ["DEPARTMENT"])
    delivery = _delivery(json.loads(record.body)["detail"])
    receive_event(bootstrap.services(), bootstrap.deliveries(), department, delivery)


def _delivery(detail: dict[str, Any]) -> Delivery:
    metadata = detail["metadata"]
    return Delivery(
        event_id=metadata["id"],
        order_id=metadata["order_id"],
        change_id=metadata.get("change_id"),
        sequence=metadata["sequence"],
        departments=tuple(detail["data"].get("departments", ())),
        text=json.dumps(detail),
    )
