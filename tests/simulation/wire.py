"""What is between the code and AWS: every request passes here, may fail here, and is answered by a simulated service.

DynamoDB is moto's, made honest (tests/support/moto_transactions.py); the bus, Step Functions and SES are the
simulator's own, because moto's have threads, sleep, or cannot fail in part.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import botocore.endpoint
from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.retries.quota import RetryQuota
from botocore.signers import RequestSigner
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse

from tests.simulation import dynamo, sdk
from tests.simulation.faults import Fault, Faults
from tests.simulation.scheduler import Crash, Scheduler

Json = dict[str, Any]
Service = Callable[[str, Json], tuple[int, Json]]
"""A simulated service: an operation and its input → status and output."""


class Wire:
    """`services` by the name that botocore knows them by; what isn't here goes to moto."""

    def __init__(self, scheduler: Scheduler, faults: Faults, services: dict[str, Service]) -> None:
        self._scheduler = scheduler
        self._faults = faults
        self._services = services
        self.calls = 0
        self.through_http = False
        """Whether calls go through all of botocore and moto: slower, and the same answers, as a test shows."""

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Inside, the clients of the code under test speak to the simulation; retries of the SDK don't wait."""
        wire, through = self, BotocoreStubber.__call__

        def answer(stubber: BotocoreStubber, event_name: str, request: Any, **more: Any) -> AWSResponse | None:
            service = event_name.split(".")[1]
            operation = _operation(request)
            if service != "dynamodb" or wire.through_http:
                return wire.send(service, operation, request, lambda: through(stubber, event_name, request))
            return wire.send(service, operation, request, lambda: _of_dynamo(operation, request))

        make_api_call = BaseClient._make_api_call

        def short(service: str, operation: str, request: Any) -> Any:
            named = operation if service == "dynamodb" else _operation(request)
            return wire.send(service, named, request, lambda: _of_dynamo(named, request))

        def call(client: BaseClient, operation: str, given: Json) -> Any:
            service = client.meta.service_model.service_id.hyphenize()
            if wire.through_http or not (service == "dynamodb" or service in wire._services):
                return make_api_call(client, operation, given)
            return sdk.called(client, operation, given, short)

        with (
            patch.object(BaseClient, "_make_api_call", call),
            patch.object(BotocoreStubber, "__call__", answer),
            patch.object(RequestSigner, "sign", lambda *_, **__: None),  # nobody here looks at signatures
            patch.object(botocore.endpoint, "time", _NoWaiting),
            patch.object(RetryQuota, "acquire", lambda *_: True),
        ):
            yield

    def send(self, service: str, operation: str, request: Any, moto: Callable[[], AWSResponse | None]) -> Any:
        def real() -> AWSResponse | None:
            own = self._services.get(service)
            if own is None:
                return moto()
            return _reply(request.url, *own(operation, _body(request)))

        if self._scheduler.current is None:
            return real()
        self.calls += 1
        self._scheduler.point(f"{service}.{operation}")
        fault = self._faults.draw(service, operation, self._scheduler.current.name)
        return self._with(fault, service, operation, request, real)

    def _with(self, fault: Fault, service: str, operation: str, request: Any, real: Callable[[], Any]) -> Any:
        if fault is not Fault.NONE:
            self._scheduler.note(f"  ! {fault.value} at {service}.{operation}")
        if fault is Fault.BEFORE:
            raise ConnectionClosedError(endpoint_url=request.url)
        if fault is Fault.ERROR:
            return _reply(request.url, *self._faults.error_of(service, operation, _body(request)))
        if fault is Fault.CRASH_BEFORE:
            raise Crash
        answer = real()
        if fault is Fault.LOST:
            raise ReadTimeoutError(endpoint_url=request.url)
        if fault is Fault.CRASH_AFTER:
            raise Crash
        return answer


class _NoWaiting:
    """botocore's retries wait in real time; here they don't."""

    @staticmethod
    def sleep(_: float) -> None: ...

    @staticmethod
    def time() -> float:
        return 0.0


def _of_dynamo(operation: str, request: Any) -> AWSResponse:
    status, body = dynamo.answered(operation, request.body)
    return _sent(request.url, status, body)


def _operation(request: Any) -> str:
    target = request.headers.get("X-Amz-Target", b"")
    text = target.decode() if isinstance(target, bytes) else str(target)
    return text.rpartition(".")[2] or request.url.rpartition("/")[2]


def _body(request: Any) -> Json:
    data: Json = json.loads(request.body or b"{}")
    return data


def _reply(url: str, status: int, body: Json) -> AWSResponse:
    return _sent(url, status, json.dumps(body))


def _sent(url: str, status: int, body: str) -> AWSResponse:
    return AWSResponse(url, status, {"Content-Type": "application/x-amz-json-1.0"}, MockRawResponse(body))
