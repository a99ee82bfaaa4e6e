"""A subscriber as anybody may be one: a rule and a queue of its own on the bus."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.portal import eventually
from tests.e2e.service import Service

Event = dict[str, Any]


@dataclass
class Subscriber:
    """Hears events, and keeps them in the order in which they came."""

    sqs: Any
    queue: str
    _received: list[Event] = field(default_factory=list)

    @classmethod
    def of_everything(cls, service: Service, name: str) -> "Subscriber":
        """With a rule for all that the service tells."""
        sqs, events = service.aws("sqs"), service.aws("events")
        queue = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        bus, pattern = service.outputs["BusName"], json.dumps({"source": ["inflight.orders"]})
        events.put_rule(Name=name, EventBusName=bus, EventPattern=pattern)
        events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": name, "Arn": arn}])
        return cls(sqs, queue)

    def heard(self, order_id: str) -> list[Event]:
        """What has come of one order so far: the bus's whole entries, by their sequence."""
        self._receive()
        of_order = [event for event in self._received if event["detail"]["metadata"]["order_id"] == order_id]
        return sorted(of_order, key=lambda event: int(event["detail"]["metadata"]["sequence"]))

    def hears(self, order_id: str, *types: str) -> list[Event]:
        """Wait until events of all these types have come."""

        def complete() -> list[Event]:
            heard = self.heard(order_id)
            return heard if set(types) <= {event["detail-type"] for event in heard} else []

        return eventually(complete, f"the subscriber hears {', '.join(types)}")

    def _receive(self) -> None:
        while messages := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self._received.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
