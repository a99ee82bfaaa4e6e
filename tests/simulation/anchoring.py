"""The bucket of anchors, and the log's stream that fills it: for the worlds in which somebody forges.

Every call of the bucket is a point of the seed. It keeps versions, as a bucket with Object Lock does; nobody here
removes one, since no policy lets anybody.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any
from unittest.mock import patch

from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from shared.adapters import clients
from tests.simulation.faults import Fault, Faults
from tests.simulation.scheduler import Crash, Scheduler
from tests.support.clients import REGION
from tests.support.cloud import as_lambda_brings

Json = dict[str, Any]
BUCKET = "AnchorsBucket"


@dataclass
class Bucket:
    """The part of S3 that anchors need."""

    scheduler: Scheduler
    faults: Faults
    keys: list[str] = field(default_factory=list)

    def put_object(self, Bucket: str, Key: str, Body: bytes) -> None:  # noqa: N803 (as boto3 has it)
        after = self._point("PutObject")
        self.keys.append(Key)
        if after is Fault.LOST:
            raise ReadTimeoutError(endpoint_url=BUCKET)
        if after is Fault.CRASH_AFTER:
            raise Crash

    def get_paginator(self, operation: str) -> "Bucket":
        assert operation == "list_object_versions"
        return self

    def paginate(self, Bucket: str, Prefix: str) -> Iterator[Json]:  # noqa: N803
        if self._point("ListObjectVersions") is not Fault.NONE:
            raise ReadTimeoutError(endpoint_url=BUCKET)
        yield {"Versions": [{"Key": key} for key in self.keys if key.startswith(Prefix)]}

    def _point(self, operation: str) -> Fault:
        if (worker := self.scheduler.current) is None:
            return Fault.NONE
        self.scheduler.point(f"s3.{operation}")
        fault = self.faults.draw("s3", operation, worker.name)
        if fault is not Fault.NONE:
            self.scheduler.note(f"  ! {fault.value} at s3.{operation}")
        if fault in (Fault.BEFORE, Fault.ERROR):
            raise ConnectionClosedError(endpoint_url=BUCKET)
        if fault is Fault.CRASH_BEFORE:
            raise Crash
        return fault


@dataclass
class Anchoring:
    """Brings the log's stream to the function that anchors it: in batches, each until it goes through, some twice. One
    that is `stopped` brings nothing."""

    scheduler: Scheduler
    faults: Faults
    rng: Random
    invoke: Callable[[str, Json], Any]
    duplicates: float = 0.0
    stopped: bool = False
    _busy: bool = False
    _reached: int = 0

    def __post_init__(self) -> None:
        self.bucket = Bucket(self.scheduler, self.faults)

    @contextmanager
    def connected(self) -> Iterator[None]:
        with patch.dict(os.environ, ANCHORS_BUCKET=BUCKET), patch.object(clients, "s3", lambda: self.bucket):
            yield

    def actions(self) -> list[Callable[[], None]]:
        ready = not self.stopped and not self._busy and self._reached < len(_stream())
        return [self._bring] if ready else []

    def _bring(self) -> None:
        first = self._reached
        if self.faults.on and first and self.rng.random() < self.duplicates:
            first -= 1
        batch = _stream()[first : first + self.rng.randint(1, 10)]
        self._busy = True

        def work() -> None:
            try:
                self.invoke("AnchorFunction", {"Records": [as_lambda_brings(record.to_json()) for record in batch]})
                self._reached = first + len(batch)
            except Exception as error:  # noqa: BLE001 (whatever it raises, the records come again)
                self.scheduler.note(f"failed: {type(error).__name__}")
            finally:
                self._busy = False

        self.scheduler.spawn("AnchorFunction", work)


def _stream() -> list[Any]:
    shard = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["LogTable"].stream_shard
    return list(shard.items) if shard is not None else []
