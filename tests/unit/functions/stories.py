"""How an order comes to be amended, in few words, and the events that Lambda would bring."""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shared.adapters.dynamodb.stored.kinds import EVENTS
from shared.domain.change.change import Change
from shared.domain.change.events import SOURCE, Event
from shared.domain.order.order import Order
from shared.domain.planning.edits import Money, SetQuantity, SetUnitPrice
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.core.new_change import Wanted
from shared.usecases.intake.take_order import take_order
from shared.usecases.refunding.settle_refund import RefundAddress
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, SERVICE

FEWER = SetQuantity(line_id="l1", quantity=1)
DEARER = SetUnitPrice(line_id="l1", unit_price=Money(amount=90_000, currency="USD"))


def a_paid_order(world: World) -> Order:
    new = an_order().with_line("MUG", 2, 1000).paid().new
    take_order(world.services, world.request(SERVICE), new)
    return next(iter(world.memory.orders.values()))


def accepted(world: World, order: Order, edit: SetQuantity | SetUnitPrice) -> Change:
    """The change after an amendment that its requester accepts at once."""
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=(edit,))
    digest = preview_amendment(world.services, AGENT, wanted).digest
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=(edit,), accept_digest=digest)
    start_amendment(world.services, world.request(AGENT, if_match=order.etag), wanted)
    return list(world.memory.changes.values())[-1]


def a_refund_to_make(world: World) -> RefundAddress:
    """The refund of a committed change that gives 12.00 of 24.00 back; the departments have done their part."""
    change = accepted(world, a_paid_order(world), FEWER)
    world.memory.changes[change.change_id] = replace(change, plan=replace(change.plan, departments=()))
    return RefundAddress(refund_id=change.refunds[0].refund_id, change_id=change.change_id, order_id=change.order_id)


def stream_of(*writes: Sequence[Event]) -> dict[str, Any]:
    """The outbox rows of these writes, as a DynamoDB stream brings them: binary values in base64."""
    return {
        "Records": [
            {
                "eventName": "INSERT",
                "dynamodb": {
                    "SequenceNumber": str(100 + index),
                    "NewImage": {
                        "pk": {"S": "ORDER#1"},
                        "events": {"B": b64encode(EVENTS.pack(tuple(events))).decode()},
                    },
                },
            }
            for index, events in enumerate(writes)
        ]
    }


def queue_of(*events: Event) -> dict[str, Any]:
    """These events as a department's queue brings them, the way EventBridge put them there."""
    return {
        "Records": [
            {
                "messageId": f"m{index}",
                "receiptHandle": "r",
                "body": json.dumps({"source": SOURCE, "detail-type": event.type, "detail": event.detail}),
                "attributes": {},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-central-1:1:q",
                "awsRegion": "eu-central-1",
            }
            for index, event in enumerate(events)
        ]
    }


__all__ = ["DEARER", "FEWER", "a_paid_order", "accepted", "queue_of", "stream_of"]
