"""What AWS does between functions: the stream's records, the bus and its queues, the mail, the clock, the sweeper."""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from shared.domain.planning.departments import DEPARTMENTS, Department
from tests.simulation.faults import Faults
from tests.simulation.scheduler import Crash, Scheduler
from tests.support.template import resources

Json = dict[str, Any]
MAX_RECEIVES = 5
STREAM_FUNCTIONS = ("PublishFunction", "SteerFunction")
BETWEEN_TRIES = 1800
"""Seconds that a try stands for: Lambda tries a record far more often than a seed has time for."""


@dataclass
class Bus:
    """EventBridge: entries are matched against the template's rules; some of a batch may be refused."""

    rng: Random
    faults: Faults
    refusals: float = 0.0
    queues: dict[Department, deque[Json]] = field(default_factory=lambda: {name: deque() for name in DEPARTMENTS})
    taken: list[Json] = field(default_factory=list)
    """Every event that was taken, in its order: a subscriber with a rule of its own would hear this."""

    def answer(self, operation: str, given: Json) -> tuple[int, Json]:
        assert operation == "PutEvents"
        entries, failed = [], 0
        for number, entry in enumerate(given["Entries"]):
            if self.faults.on and self.rng.random() < self.refusals:
                failed += 1
                entries.append({"ErrorCode": "ThrottlingException", "ErrorMessage": "simulated"})
                continue
            detail = json.loads(entry["Detail"])
            self.taken.append(detail)
            self._route(detail)
            entries.append({"EventId": f"{len(self.taken)}-{number}"})
        return 200, {"FailedEntryCount": failed, "Entries": entries}

    def _route(self, detail: Json) -> None:
        for department in DEPARTMENTS:
            pattern = resources("AWS::Events::Rule")[f"{department.title()}Rule"]["EventPattern"]
            if set(pattern["detail"]["data"]["changed"]) & set(detail["data"]["changed"]):
                self.queues[department].append({"body": json.dumps({"detail": detail}), "receives": 0})


@dataclass
class Mail:
    """SES: keeps every letter that it took."""

    letters: list[Json] = field(default_factory=list)

    def answer(self, operation: str, given: Json) -> tuple[int, Json]:
        simple = given["Content"]["Simple"]
        to = given["Destination"]["ToAddresses"]
        letter = {"to": to, "subject": simple["Subject"]["Data"], "text": simple["Body"]["Text"]["Data"]}
        self.letters.append(letter)
        return 200, {"MessageId": f"mail-{len(self.letters)}"}


@dataclass
class Pumps:
    """Brings news to functions: in batches, again after a failure, sometimes twice or out of order where AWS may."""

    scheduler: Scheduler
    rng: Random
    bus: Bus
    faults: Faults
    read_stream: Callable[[], list[Json]]
    invoke: Callable[[str, Json], Any]
    duplicates: float = 0.05
    losses: float = 0.0
    records: list[Json] = field(default_factory=list)
    reached: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STREAM_FUNCTIONS, 0))
    busy: set[str] = field(default_factory=set)
    dead: dict[Department, list[Json]] = field(default_factory=lambda: {name: [] for name in DEPARTMENTS})
    lost: set[int] = field(default_factory=set)
    tries: dict[tuple[str, int], int] = field(default_factory=dict)
    failures: list[Json] = field(default_factory=list)
    """The queue of stream records that a function gave up on: AWS sends where they were, not what they held."""

    def actions(self) -> list[Callable[[], None]]:
        """What could be brought now."""
        self._look()
        found: list[Callable[[], None]] = []
        for function in STREAM_FUNCTIONS:
            if function not in self.busy and self.reached[function] < len(self.records):
                found.append(lambda function=function: self._stream(function))  # type: ignore[misc]
        for department in DEPARTMENTS:
            if "notify" not in self.busy and self.bus.queues[department]:
                found.append(lambda department=department: self._deliver(department))  # type: ignore[misc]
        return found

    def _look(self) -> None:
        for record in self.read_stream():
            if self.faults.on and self.rng.random() < self.losses:
                self.lost.add(len(self.records))
            self.records.append(record)

    def _stream(self, function: str) -> None:
        first = self.reached[function]
        if self.faults.on and first and self.rng.random() < self.duplicates:
            first -= 1
        bisected = (function, self.reached[function]) in self.tries
        size = 1 if bisected else self.rng.randint(1, 10)
        batch = self.records[first : first + size]
        kept = [record for number, record in enumerate(batch, start=first) if number not in self.lost]
        self.busy.add(function)

        def work() -> None:
            done = 0
            try:
                reply = self.invoke(function, {"Records": kept}) if kept else {"batchItemFailures": []}
                failed = {failure["itemIdentifier"] for failure in reply["batchItemFailures"]}
                done = next(
                    (n for n, each in enumerate(batch) if each["dynamodb"]["SequenceNumber"] in failed), len(batch)
                )
            except Exception as error:  # noqa: BLE001 (whatever it raises, the records come again)
                self.scheduler.note(f"failed: {type(error).__name__}")
            finally:
                self.reached[function] = max(self.reached[function], first + done)
                if done < len(batch):
                    self._tried(function, first + done)
                self.busy.discard(function)

        self.scheduler.spawn(function, work)

    def _tried(self, function: str, number: int) -> None:
        """A record has failed: it is tried again until it is as old as the template says, then given up, so that others
        go on."""
        if number != self.reached[function]:
            return
        tried = self.tries[function, number] = self.tries.get((function, number), 0) + 1
        mapping = _stream_mapping(function)
        if tried * BETWEEN_TRIES <= mapping["MaximumRecordAgeInSeconds"]:
            return
        assert "OnFailure" in mapping["DestinationConfig"], "AWS would drop the record without a trace"
        sequence = self.records[number]["dynamodb"]["SequenceNumber"]
        self.failures.append({"function": function, "startSequenceNumber": sequence})
        self.reached[function] += 1

    def _deliver(self, department: Department) -> None:
        queue = self.bus.queues[department]
        if self.faults.on and self.rng.random() < 0.3:
            queue.rotate(self.rng.randint(1, 3))  # a standard queue keeps no order
        batch = [queue.popleft() for _ in range(min(len(queue), self.rng.randint(1, 10)))]
        self.busy.add("notify")

        def work() -> None:
            failed: list[Json] = batch
            try:
                records = [_record(message, number) for number, message in enumerate(batch)]
                reply = self.invoke(f"Notify{department.title()}Function", {"Records": records})
                names = {failure["itemIdentifier"] for failure in reply["batchItemFailures"]}
                failed = [message for number, message in enumerate(batch) if f"m{number}" in names]
                if self.faults.on and self.rng.random() < self.duplicates:
                    queue.append(dict(self.rng.choice(batch)))
            except Crash:
                self.scheduler.note("crashed")
            except Exception as error:  # noqa: BLE001 (whatever it raises, the messages come again)
                self.scheduler.note(f"failed: {type(error).__name__}")
            finally:
                self._again(department, failed)
                self.busy.discard("notify")

        self.scheduler.spawn(f"notify {department}", work)

    def _again(self, department: Department, failed: list[Json]) -> None:
        for message in failed:
            message["receives"] += 1
            if message["receives"] >= MAX_RECEIVES:
                self.dead[department].append(message)
            else:
                self.bus.queues[department].append(message)

    def redrive(self) -> None:
        """What lies in dead-letter queues comes back under new message ids."""
        for department, messages in self.dead.items():
            for message in messages:
                self.bus.queues[department].append({**message, "receives": 0})
            messages.clear()

    @property
    def idle(self) -> bool:
        return not self.busy and not self.actions()


def _stream_mapping(function: str) -> Json:
    """What the template says of a function's reading of the stream."""
    events = resources("AWS::Serverless::Function")[function]["Events"].values()
    mapping: Json = next(event["Properties"] for event in events if event["Type"] == "DynamoDB")
    return mapping


def _record(message: Json, number: int) -> Json:
    return {
        "messageId": f"m{number}",
        "receiptHandle": f"r{number}",
        "body": message["body"],
        "attributes": {},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:queue",
        "awsRegion": "eu-west-1",
    }
