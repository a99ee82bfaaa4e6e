"""What goes wrong at a point, and how often: drawn from the seed, or aimed by a scenario."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any

Json = dict[str, Any]


class Fault(StrEnum):
    NONE = "none"
    BEFORE = "the network fails before the call"
    LOST = "it is applied, the answer is lost"
    ERROR = "an error reply"
    CRASH_BEFORE = "a crash before the call"
    CRASH_AFTER = "a crash after the call"


MIXED: Mapping[Fault, float] = {
    Fault.BEFORE: 0.02,
    Fault.LOST: 0.02,
    Fault.ERROR: 0.02,
    Fault.CRASH_BEFORE: 0.008,
    Fault.CRASH_AFTER: 0.008,
}
"""A rough day: about one call in thirteen goes wrong."""

Aim = Callable[[str, str, str], Fault | None]
"""A scenario's own choice for (service, operation, worker); None leaves it to the rates."""


@dataclass
class Faults:
    """`rates` are probabilities per call; `aims` come first, and each knows itself when it has hit often enough."""

    rng: Random
    rates: Mapping[Fault, float] = field(default_factory=dict)
    aims: list[Aim] = field(default_factory=list)
    on: bool = True

    def draw(self, service: str, operation: str, worker: str) -> Fault:
        if not self.on:
            return Fault.NONE
        for aim in self.aims:
            if (chosen := aim(service, operation, worker)) is not None:
                return chosen
        at = self.rng.random()
        for fault, rate in self.rates.items():
            at -= rate
            if at < 0:
                return fault
        return Fault.NONE

    def error_of(self, service: str, operation: str, body: Json) -> tuple[int, Json]:
        """An error reply such as the real service sends when it is busy."""
        if service == "dynamodb":
            return self._of_dynamodb(operation, body)
        if service == "events":
            return 500, {"__type": "InternalException", "message": "simulated"}
        return 500, {"__type": "InternalFailure", "message": "simulated"}

    def _of_dynamodb(self, operation: str, body: Json) -> tuple[int, Json]:
        kind = "com.amazonaws.dynamodb.v20120810#"
        if operation == "TransactWriteItems" and self.rng.random() < 0.7:
            reasons = [{"Code": "None"} for _ in body["TransactItems"]]
            reasons[self.rng.randrange(len(reasons))] = {"Code": "TransactionConflict", "Message": "simulated"}
            codes = ", ".join(reason["Code"] for reason in reasons)
            message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
            return 400, {
                "__type": f"{kind}TransactionCanceledException",
                "message": message,
                "CancellationReasons": reasons,
            }
        name = self.rng.choice(("ProvisionedThroughputExceededException", "ThrottlingException", "InternalServerError"))
        return (500 if name == "InternalServerError" else 400), {"__type": f"{kind}{name}", "message": "simulated"}


def first(fault: Fault, service: str, operation: str, worker: str = "", times: int = 1, skip: int = 0) -> Aim:
    """Aim at calls of an operation by workers whose name contains `worker`: after `skip` of them, the next `times`."""
    seen = 0

    def aim(at_service: str, at_operation: str, at_worker: str) -> Fault | None:
        nonlocal seen
        if (at_service, at_operation) != (service, operation) or worker not in at_worker:
            return None
        seen += 1
        return fault if skip < seen <= skip + times else None

    return aim


def at_call(fault: Fault, index: int, worker: str = "") -> Aim:
    """Aim at the call number `index` (from 0) of workers whose name contains `worker`."""
    seen = -1

    def aim(service: str, operation: str, at_worker: str) -> Fault | None:
        nonlocal seen
        if worker not in at_worker:
            return None
        seen += 1
        return fault if seen == index else None

    return aim
