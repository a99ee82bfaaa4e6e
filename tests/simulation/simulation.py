"""One simulated world: the functions of the template, their tables on moto, and all that AWS does between them."""

import gc
import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from importlib import import_module
from random import Random
from typing import Any
from unittest.mock import patch

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from shared import bootstrap
from shared.adapters import clients
from shared.usecases.core.access import Principal
from tests.fakes.builders import SERVICE
from tests.fakes.world import NOW, Clock, Ids
from tests.simulation.anchoring import Anchoring
from tests.simulation.faults import Aim, Fault, Faults
from tests.simulation.gateway import Gateway, Gateways
from tests.simulation.machines import StepFunctions
from tests.simulation.platform import Bus, Mail, Pumps
from tests.simulation.scheduler import Crash, Scheduler
from tests.simulation.wire import Wire
from tests.support.clients import CREDENTIALS, REGION
from tests.support.cloud import (
    MAIL_FROM,
    PORTAL_URL,
    as_lambda_brings,
    forget,
    function_of,
    is_news,
    tables,
)
from tests.support.moto_transactions import atomic_and_quick
from tests.support.template import resources
from tests.unit.http.client import CONTEXT, Reply, event_of, resource_of

Json = dict[str, Any]
ROUNDS = 400
"""Rounds of quiescing after which something is plainly stuck."""


@dataclass(frozen=True)
class Weather:
    """How rough it is: fault rates per call, and what the platform does on its own, as probabilities. `anchored` says
    whether the log is."""

    rates: Mapping[Fault, float] = field(default_factory=dict)
    refusals: float = 0.0
    duplicates: float = 0.05
    losses: float = 0.0
    jumps: float = 0.0
    declines: float = 0.0
    pendings: float = 0.0
    aims: tuple[Aim, ...] = ()
    anchored: bool = False


CALM = Weather()


@dataclass
class Call:
    """One call of a client: when it began and ended in steps, what it asked, and what it was answered, if anything."""

    client: str
    began: int
    method: str
    path: str
    body: Any
    key: str | None
    ended: int = 0
    reply: Reply | None = None


class Simulation:
    """`clients` are scripts: each is called with this simulation and its own source of randomness."""

    def __init__(self, seed: int, weather: Weather = CALM) -> None:
        self.seed = seed
        self.weather = weather
        self.rng = Random(seed)
        self.clock, self.ids = Clock(), Ids()
        self.scheduler = Scheduler(self.rng, self._save, self._restore)
        self.faults = Faults(self.rng, weather.rates, list(weather.aims))
        self.bus = Bus(self.rng, self.faults, refusals=weather.refusals)
        self.mail = Mail()
        self.states = StepFunctions(self.scheduler, self.rng, self._now, self.invoke)
        self.gateway = Gateway(
            self.scheduler, self.faults, self.rng, declines=weather.declines, pendings=weather.pendings
        )
        services = {"eventbridge": self.bus.answer, "sfn": self.states.answer, "sesv2": self.mail.answer}
        self.wire = Wire(self.scheduler, self.faults, services)
        self.pumps = Pumps(
            self.scheduler,
            self.rng,
            self.bus,
            self.faults,
            self._records,
            self.invoke,
            duplicates=weather.duplicates,
            losses=weather.losses,
        )
        self.anchoring = Anchoring(
            self.scheduler, self.faults, self.rng, self.invoke, weather.duplicates, stopped=not weather.anchored
        )
        self.calls: list[Call] = []
        self._read = 0
        self._busy_with_sweep = False

    # ------------------------------------------------------------------------------------------------- for clients

    def http(
        self, client: str, user: Principal | None, method: str, path: str, body: Any = None, **headers: str
    ) -> Reply | None:
        """One call of the API; None when no answer came."""
        bare, _, query = path.partition("?")
        resource, parameters = resource_of(method, bare)
        sent = {name.replace("_", "-").title(): value for name, value in headers.items()}
        event = event_of(method, bare, resource, parameters, query, body, sent, user)
        call = Call(client, self.scheduler.steps, method, path, body, headers.get("idempotency_key"))
        self.calls.append(call)
        self.scheduler.note(f"{method} {path}")
        try:
            reply = self.invoke(function_of(method, resource), event)
        except Crash:
            self.scheduler.note("no answer")
            return None
        flat = {name: values[-1] for name, values in reply["multiValueHeaders"].items()}
        call.ended = self.scheduler.steps
        call.reply = Reply(reply["statusCode"], flat, json.loads(reply["body"]))
        self.scheduler.note(f"→ {call.reply.status}")
        return call.reply

    def expect(self, status: int, method: str, path: str, body: Any = None, user: Principal = SERVICE) -> Reply:
        """A call of the set-up, outside of workers: nothing goes wrong there, so anything but `status` is a mistake."""
        reply = self.http("setup", user, method, path, body)
        if reply is None or reply.status != status:
            raise AssertionError(f"{method} {path}: {reply}")
        return reply

    def insisting(
        self, client: str, user: Principal | None, method: str, path: str, body: Any = None, **headers: str
    ) -> Reply | None:
        """The same until there is an answer that is no failure of ours: as a client with an Idempotency-Key may."""
        for _ in range(8):
            reply = self.http(client, user, method, path, body, **headers)
            if reply is not None and reply.status < 500 and reply.status != 429:
                return reply
            self.scheduler.point("tries again")
        return None

    def start(self, name: str, script: Callable[[], None]) -> None:
        """A client's script. What it asserts of its answers counts as a violation."""
        self.scheduler.spawn(name, script)

    # --------------------------------------------------------------------------------------------------- the platform

    def invoke(self, function: str, event: Json) -> Any:
        """Call a function as Lambda does."""
        properties = resources("AWS::Serverless::Function")[function]
        module, _, name = properties["Handler"].rpartition(".")
        if "DEPARTMENT" in (properties.get("Environment", {}).get("Variables", {})):
            os.environ["DEPARTMENT"] = properties["Environment"]["Variables"]["DEPARTMENT"]
        return getattr(import_module(module), name)(json.loads(json.dumps(event)), CONTEXT)

    def run(self) -> None:
        """Until the clients are done; then faults stop, and everything that can still move does."""
        while self._clients_left():
            self._move()
        self.quiesce()

    def quiesce(self) -> None:
        """Faults stop. Bring everything everywhere, sweep, and let time pass until nothing waits any more."""
        self.faults.on = False
        deadlines_are_over = False
        for _ in range(ROUNDS):
            while self._move():
                pass
            self.pumps.redrive()
            self.sweep_now()
            if self._move() or self._time_passes():
                continue
            if deadlines_are_over:
                return
            # what no execution waits for, such as the carrier's word, ends by the sweeper at its own deadline
            self.clock.passes(days=30)
            deadlines_are_over = True
        raise AssertionError(f"nothing settles: {[worker.name for worker in self.scheduler.workers]}")

    def sweep_now(self) -> None:
        """The sweeper runs, at once and without a fault."""
        self.clock.passes(minutes=3)
        self.scheduler.spawn("sweep", lambda: self.invoke("SweepFunction", {}))
        while self._move():
            pass

    def _move(self) -> bool:
        """One step of somebody whom the seed chooses; False when nobody can move."""
        choices: list[Callable[[], None]] = [
            lambda worker=worker: self.scheduler.step(worker)  # type: ignore[misc]
            for worker in self.scheduler.runnable
        ]
        choices += [*self.pumps.actions(), *self.anchoring.actions()]
        if self.faults.on:
            if not self._busy_with_sweep and self.rng.random() < 0.01:
                choices.append(self._sweep)
            if self.rng.random() < self.weather.jumps:
                seconds = self.rng.choice((1, 60, 3_700, 90_000, 180_000))
                self.scheduler.note(f"  ! the clock jumps {seconds} s")
                self.clock.passes(seconds=seconds)
        if not choices:
            return self._clients_left() and self._time_passes()
        self.rng.choice(choices)()
        self.clock.passes(milliseconds=7)
        return True

    def _sweep(self) -> None:
        self._busy_with_sweep = True

        def work() -> None:
            try:
                self.invoke("SweepFunction", {})
            except Crash:
                self.scheduler.note("crashed")
            except Exception as error:  # noqa: BLE001 (the next minute it runs again)
                self.scheduler.note(f"failed: {type(error).__name__}")
            finally:
                self._busy_with_sweep = False

        self.scheduler.spawn("sweep", work)

    def _time_passes(self) -> bool:
        """To the next moment that somebody waits for."""
        moments = [worker.wakes_at() for worker in self.scheduler.workers if worker.wakes_at]
        if not moments:
            return False
        self.clock.time = max(self.clock.time, NOW + timedelta(seconds=min(moments) + 0.001))
        return True

    def _clients_left(self) -> bool:
        return any(worker.name.startswith("client") for worker in self.scheduler.workers)

    def _now(self) -> float:
        return (self.clock.now() - NOW).total_seconds()

    def _records(self) -> list[Json]:
        """What the orders table's stream has brought since the last time; the template filters for the outbox."""
        shard = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["OrdersTable"].stream_shard
        fresh = [record.to_json() for record in shard.items[self._read :]]
        self._read = len(shard.items)
        return [as_lambda_brings(record) for record in fresh if is_news(record)]

    # ------------------------------------------------------------------------------- what one process keeps in globals

    def _save(self) -> list[Any]:
        """Between two points of a worker others use the same modules; in AWS each has a process of its own."""
        apps = [(app, dict(app.context)) for app in _apps()]
        event, context = getattr(BaseRouter, "current_event", None), getattr(BaseRouter, "lambda_context", None)
        return [apps, event, context, os.environ.get("DEPARTMENT", "")]

    def _restore(self, saved: list[Any]) -> None:
        apps, BaseRouter.current_event, BaseRouter.lambda_context, os.environ["DEPARTMENT"] = saved
        for app, context in apps:
            app.context.clear()
            app.context.update(context)


@contextmanager
def running(seed: int, weather: Weather = CALM) -> Iterator[Simulation]:
    """A fresh world. Inside one `engine()`, tables are emptied rather than made anew."""
    simulation = Simulation(seed, weather)
    _empty()
    with ExitStack() as stack:
        stack.enter_context(atomic_and_quick())
        stack.enter_context(simulation.wire.connected())
        stack.enter_context(patch.object(bootstrap, "SystemClock", lambda: simulation.clock))
        stack.enter_context(patch.object(bootstrap, "RandomIds", lambda: simulation.ids))
        stack.enter_context(patch.object(bootstrap, "gateways", lambda: Gateways(simulation.gateway)))
        for key in ("cursor_key", "find_key"):
            stack.enter_context(patch.object(bootstrap, key, lambda: b"the simulation's"))
        if weather.anchored:
            stack.enter_context(simulation.anchoring.connected())
        forget()
        try:
            yield simulation
        finally:
            simulation.scheduler.stop()
            forget()


@contextmanager
def engine() -> Iterator[None]:
    """moto, with the template's tables, and the environment of all functions together."""
    forget()
    with (
        patch.dict(os.environ, CREDENTIALS | _environment()),
        patch.object(clients, "_client", cache(clients._client.__wrapped__)),
        patch.object(AmazonCloudWatchEMFProvider, "add_metric", lambda *_, **__: None),  # it prints
        patch.object(AmazonCloudWatchEMFProvider, "flush_metrics", lambda *_, **__: None),
        mock_aws(),
    ):
        logging.disable(logging.CRITICAL)
        os.environ.pop("AWS_ENDPOINT_URL", None)
        for name, definition in tables().items():
            clients.dynamodb().create_table(TableName=name, **definition)
        thresholds = gc.get_threshold()
        gc.collect()
        gc.freeze()  # what is loaded by now is most of what there is, and stays
        gc.set_threshold(100_000, 50, 50)
        try:
            yield
        finally:
            gc.set_threshold(*thresholds)
            gc.unfreeze()
            logging.disable(logging.NOTSET)
    forget()


def _environment() -> dict[str, str]:
    """Every variable of every function; they never disagree, but for the department."""
    found: dict[str, str] = {}
    for properties in resources("AWS::Serverless::Function").values():
        for name, value in properties.get("Environment", {}).get("Variables", {}).items():
            found[name] = _named(value)
    none = {"ANCHORS_BUCKET": ""}  # where nobody forges, no call of S3 is a point of a seed
    return found | none | {"MAIL_FROM": MAIL_FROM, "PORTAL_URL": PORTAL_URL, "POWERTOOLS_LOG_LEVEL": "CRITICAL"}


def _named(value: Any) -> str:
    while isinstance(value, dict):
        value = value.get("Ref") or next(iter(value.values()))
        value = value[-1] if isinstance(value, list) else value
    return str(value)


def _empty() -> None:
    for table in dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables.values():
        table.items.clear()
        if table.stream_shard is not None:
            table.stream_shard.items.clear()


@cache
def _apps() -> tuple[Any, ...]:
    modules = {
        properties["Handler"].rpartition(".")[0] for properties in resources("AWS::Serverless::Function").values()
    }
    return tuple(app for module in sorted(modules) if (app := getattr(import_module(module), "app", None)) is not None)
