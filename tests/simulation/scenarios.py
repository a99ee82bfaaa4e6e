"""What scenarios of single faults share: a small world that is set up in peace, aims, and an end that must be sound.

A scenario sets its world up with calls at which nothing goes wrong, aims its fault, lets clients begin, and `ends`:
then faults stop, everything settles, and every invariant of the checker holds. What else it is about, its test
asserts."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from shared.adapters.dynamodb.items import values
from shared.adapters.dynamodb.stored.kinds import CHANGE
from shared.domain.change.change import Change
from shared.usecases.core.access import Principal
from tests.fakes.builders import AGENT, SERVICE
from tests.simulation.checker import Evidence, violations
from tests.simulation.clients import an_order, set_up
from tests.simulation.faults import Aim, Fault
from tests.simulation.gateway import Paid
from tests.simulation.simulation import CALM, Call, Simulation, Weather, running
from tests.support.clients import REGION
from tests.unit.http.client import Reply

Json = dict[str, Any]
STOCK = {"TEA": 9, "POT": 30}
LINES = (("TEA", 3, "10.00"), ("POT", 2, "99.99"))
"""Of the first order, unless a scenario has its own: with 20 % tax, paid by two payments."""

TRACE = 60
"""Lines of the trace that a failure shows."""


@dataclass
class Asked:
    """What a client asks for, and once it has run, its last answer: None if none came."""

    reply: Reply | None = None

    @property
    def answer(self) -> Reply:
        assert self.reply is not None, "no answer came"
        return self.reply


@dataclass(frozen=True)
class Sent:
    """A request as a client sends it."""

    user: Principal | None
    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Scene:
    """One simulation, with the ids of its orders."""

    simulation: Simulation
    orders: list[str]
    _names: Iterator[int] = field(default_factory=count)
    _started: set[str] = field(default_factory=set)

    # --------------------------------------------------------------------------------------------- in peace, at once

    def at_peace(self, user: Principal | None, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """A call at which nothing goes wrong, outside of all workers."""
        reply = self.simulation.http("setup", user, method, path, body, **headers)
        assert reply is not None
        return reply

    def order(self, number: int = 0, user: Principal = AGENT) -> Json:
        body: Json = self.at_peace(user, "GET", f"/orders/{self.orders[number]}").body
        return body

    def etag(self, number: int = 0) -> str:
        return self.at_peace(AGENT, "GET", f"/orders/{self.orders[number]}").headers["ETag"]

    def amendment(self, *edits: Json, number: int = 0, user: Principal = AGENT) -> Json:
        """The body of an amendment that accepts its own preview."""
        return self._seen(
            "amendments", {"reason_code": "customer_request", "edits": list(edits)}, "accept", number, user
        )

    def cancellation(self, *lines: Json, number: int = 0, user: Principal = AGENT) -> Json:
        """The body of a cancellation on the terms of its own preview; of the whole order, without lines."""
        body: Json = {"reason_code": "customer_request", **({"lines": list(lines)} if lines else {})}
        return self._seen("cancellations", body, "consent", number, user)

    def _seen(self, kind: str, body: Json, word: str, number: int, user: Principal) -> Json:
        path = f"/orders/{self.orders[number]}/{kind}?dry_run=true"
        plan = self.at_peace(user, "POST", path, body)
        assert plan.status == 200, plan.body
        assert not plan.body["violations"], plan.body
        return {**body, word: {"digest": plan.body["digest"]}}

    def bring(self) -> None:
        """Whatever is on its way arrives; no fault happens, and nobody's time runs out."""
        faults, faults.on = self.simulation.faults, False  # type: ignore[misc]
        while self.simulation._move():
            pass
        faults.on = True

    # ------------------------------------------------------------------------------------------------- what goes wrong

    def aim(self, *aims: Aim) -> None:
        self.simulation.faults.aims += aims

    def held_up(self, operation: str, worker: str, until: Callable[[], bool], skip: int = 0) -> Callable[[], bool]:
        """The worker's next call of this operation (after `skip` of them) is made only when `until` says so. Returns
        whether it has got there."""
        seen, scheduler = 0, self.simulation.scheduler

        def aim(_: str, at_operation: str, at_worker: str) -> Fault | None:
            nonlocal seen
            if at_operation == operation and worker in at_worker:
                seen += 1
                if seen == skip + 1:
                    scheduler.block(f"is held up before {operation}", until)
            return None

        self.aim(aim)
        return lambda: seen > skip

    def replies_with(self, status: int, error: str) -> None:
        """Error replies are all of this one kind; of a transaction, each of its items has it for a reason."""

        def error_of(service: str, operation: str, body: Json) -> tuple[int, Json]:
            kind = "com.amazonaws.dynamodb.v20120810#" if service == "dynamodb" else ""
            if operation != "TransactWriteItems" or error != "TransactionConflict":
                return status, {"__type": f"{kind}{error}", "message": "simulated"}
            reasons = [{"Code": "None"} for _ in body["TransactItems"]]
            reasons[0] = {"Code": error, "Message": "simulated"}
            cancelled = {"__type": f"{kind}TransactionCanceledException", "message": "simulated"}
            return status, {**cancelled, "CancellationReasons": reasons}

        self.simulation.faults.error_of = error_of  # type: ignore[method-assign]

    def forgets_tokens(self) -> None:
        """The store no longer knows what a retried transaction was answered: its ten minutes are over."""
        self._lens(_with_another_token)

    def expires_keys(self) -> int:
        """Rows of answered requests go, as the table's TTL has it; how many."""
        now = self.simulation.clock.now().timestamp()
        rows = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["RequestsTable"].items
        over = [key for key, row in rows.items() if "ttl" in row.attrs and float(row.attrs["ttl"].value) <= now]
        for key in over:
            del rows[key]
        return len(over)

    def _lens(self, change: Callable[[str, Any], None]) -> None:
        """Let `change` alter each request (operation, request) on its way."""
        wire = self.simulation.wire
        send = wire.send

        def sends(service: str, operation: str, request: Any, moto: Callable[[], Any]) -> Any:
            change(operation, request)
            return send(service, operation, request, moto)

        wire.send = sends  # type: ignore[method-assign]

    # ---------------------------------------------------------------------------------------------------- who does what

    def asks(
        self, name: str, user: Principal | None, method: str, path: str, body: Any = None, **headers: str
    ) -> Asked:
        """A client of its own makes this call until it is answered, under one key if one is given."""
        asked = Asked()

        def script() -> None:
            asked.reply = self.simulation.insisting(name, user, method, path, body, **headers)

        self.starts(name, script)
        return asked

    def asks_once(self, name: str, sent: Sent) -> None:
        """A client that never tries again, and is gone if no answer comes."""
        given = sent.user, sent.method, sent.path, sent.body
        self.starts(name, lambda: self.simulation.http(name, *given, **sent.headers) and None)

    def starts(self, name: str, script: Callable[[], None]) -> None:
        self._started.add(name)
        self.simulation.start(f"client {name}", script)

    def sends(self, name: str, sent: Sent) -> Asked:
        """The same, of a request that is known."""
        return self.asks(name, sent.user, sent.method, sent.path, sent.body, **sent.headers)

    def sends_in_peace(self, sent: Sent) -> Reply:
        return self.at_peace(sent.user, sent.method, sent.path, sent.body, **sent.headers)

    def amending(self, user: Principal, *edits: Json, number: int = 0) -> Sent:
        """An amendment of the order as it is now, accepted in its first call, under a key of its own."""
        body = self.amendment(*edits, number=number, user=user)
        return self._on_order("amendments", user, body, number)

    def cancelling(self, user: Principal, *lines: Json, number: int = 0) -> Sent:
        """A cancellation likewise: from the owner with their consent."""
        body = self.cancellation(*lines, number=number, user=user)
        return self._on_order("cancellations", user, body, number)

    def _on_order(self, kind: str, user: Principal, body: Json, number: int) -> Sent:
        headers = {"if_match": self.etag(number), "idempotency_key": self.key()}
        return Sent(user, "POST", f"/orders/{self.orders[number]}/{kind}", body, headers)

    def shipping(self, line_id: str, units: int, number: int = 0) -> Sent:
        body = {"line_id": line_id, "quantity": units, "event": "shipped"}
        path = f"/orders/{self.orders[number]}/fulfilments"
        return Sent(SERVICE, "POST", path, body, {"idempotency_key": self.key()})

    def runs(self, name: str, function: str, event: Json | None = None) -> None:
        """A function is called, and what it raises is its caller's: whoever calls it calls again, or not."""

        def script() -> None:
            try:
                self.simulation.invoke(function, event or {})
            except Exception as error:  # noqa: BLE001 (as in AWS, where it would be a metric)
                self.simulation.scheduler.note(f"{function} failed: {type(error).__name__}")

        self.starts(name, script)

    def key(self) -> str:
        return f"key-{next(self._names)}"

    def ended(self, name: str) -> Callable[[], bool]:
        """Whether the client of this name has begun, and is done: what another may be held up until."""
        workers = self.simulation.scheduler.workers
        return lambda: name in self._started and all(worker.name != f"client {name}" for worker in workers)

    # ------------------------------------------------------------------------------------------------------ how it ends

    def plays(self) -> None:
        """Until nobody moves any more, with faults."""
        while self.simulation._move():
            pass
        left = [worker.name for worker in self.simulation.scheduler.workers if worker.name.startswith("client")]
        assert not left, self._told([f"{left} never end"])

    def plays_until(self, worker: str) -> None:
        """Until this worker is held up, or done."""
        workers = self.simulation.scheduler.workers
        while any(each.name == worker and (each.ready is None or each.ready()) for each in workers):
            self.simulation._move()

    def ends(self) -> Evidence:
        """It plays, faults stop, everything settles, and what nobody goes on with expires: every invariant holds.
        What the tables hold then."""
        self.plays()
        self.simulation.run()
        if any(change.is_open for change in self.changes):
            self.simulation.clock.passes(hours=49)
            self.simulation.quiesce()
        found = violations(self.simulation)
        assert not found, self._told(found)
        return Evidence(self.simulation)

    def _told(self, found: list[str]) -> str:
        return "\n".join((f"seed {self.simulation.seed}", *found, *self.simulation.scheduler.trace[-TRACE:]))

    @property
    def changes(self) -> list[Change]:
        found = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["ChangesTable"].all_items()
        rows = [values(row.to_json()["Attributes"]) for row in found]
        changes: list[Change] = [CHANGE.unpack(row["body"]) for row in rows if row["part"] == "RECORD"]
        return sorted(changes, key=lambda change: change.change_id)

    @property
    def paid(self) -> list[Paid]:
        """The gateway's ledger: what it gave back."""
        return list(self.simulation.gateway.refunds())

    def answers(self, method: str, path: str) -> list[Call]:
        """Every call of this method whose path ends so."""
        return [call for call in self.simulation.calls if call.method == method and call.path.endswith(path)]

    def stock(self, sku: str) -> tuple[int, int, int, int]:
        """on_hand, available, held, allocated."""
        level = self.at_peace(SERVICE, "GET", f"/stock/{sku}").body
        return level["on_hand"], level["available"], level["held"], level["allocated"]


@contextmanager
def a_scene(
    seed: int,
    *orders: Json,
    stock: dict[str, int] | None = None,
    weather: Weather = CALM,
    **given: Any,
) -> Iterator[Scene]:
    """A world with these orders: one of `LINES` of cus-1, unless others are given; `given` is set on its gateway."""
    with running(seed, weather) as simulation:
        for name, value in given.items():
            setattr(simulation.gateway, name, value)
        ids = set_up(simulation, STOCK if stock is None else stock, *(orders or (an_order(1, "cus-1", *LINES),)))
        yield Scene(simulation, ids)


def _with_another_token(operation: str, request: Any) -> None:
    if operation == "TransactWriteItems":
        body = json.loads(request.body)
        request.body = json.dumps({**body, "ClientRequestToken": str(uuid4())}).encode()


def quantity(line_id: str, units: int) -> Json:
    return {"op": "set_quantity", "line_id": line_id, "quantity": units}


def price(line_id: str, amount: str) -> Json:
    return {"op": "set_unit_price", "line_id": line_id, "unit_price": {"amount": amount, "currency": "USD"}}


@dataclass
class Strike:
    """An aim at the calls number `index` … `index + times - 1` of workers whose name contains `worker`; `hit` says
    whether there was any."""

    fault: Fault
    index: int
    worker: str
    times: int = 1
    hit: bool = False
    _seen: int = -1

    def __call__(self, service: str, operation: str, worker: str) -> Fault | None:
        if self.worker not in worker:
            return None
        self._seen += 1
        if not self.index <= self._seen < self.index + self.times:
            return None
        self.hit = True
        return self.fault


def at_every_call(
    fault: Fault, worker: str, play: Callable[[Strike, int], None], times: int = 1, start: int = 0, step: int = 1
) -> int:
    """Play it with the fault at call 0, 1, 2 … of the worker, until it makes no such call; how many it made. `start`
    and `step` leave calls out."""
    for index in count(start, step):
        strike = Strike(fault, index, worker, times)
        play(strike, index)
        if not strike.hit:
            return index
    raise AssertionError


# ------------------------------------------------------------------------------------------------ what a reader may see


@contextmanager
def lagging(scene: Scene) -> Iterator[None]:
    """Inside, every read that does not ask to be consistent, and every index, shows the tables as they were at
    first."""
    backend = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION]
    stale = {name: copy.copy(table) for name, table in backend.tables.items()}
    for table in stale.values():
        table.items = copy.deepcopy(table.items)
    send = scene.simulation.wire.send

    def sends(service: str, operation: str, request: Any, moto: Callable[[], Any]) -> Any:
        def seen() -> Any:
            fresh = dict(backend.tables)
            backend.tables.update(stale)
            try:
                return moto()
            finally:
                backend.tables.update(fresh)

        return send(service, operation, request, seen if _may_lag(service, operation, request) else moto)

    scene.simulation.wire.send = sends  # type: ignore[method-assign]
    try:
        yield
    finally:
        scene.simulation.wire.send = send  # type: ignore[method-assign]


def _may_lag(service: str, operation: str, request: Any) -> bool:
    if service != "dynamodb" or operation not in ("GetItem", "Query", "Scan", "BatchGetItem"):
        return False
    asked = json.loads(request.body)
    tables = asked["RequestItems"].values() if operation == "BatchGetItem" else (asked,)
    return not all(table.get("ConsistentRead") for table in tables)


@contextmanager
def paged(scene: Scene, worker: str, rows: int, between: Callable[[int], None]) -> Iterator[None]:
    """Inside, queries of a live order by this worker come in pages of `rows`; `between` is called before each further
    page with its number, so that somebody may write in the meantime."""
    wire, scheduler = scene.simulation.wire, scene.simulation.scheduler
    send = wire.send
    page = 0

    def sends(service: str, operation: str, request: Any, moto: Callable[[], Any]) -> Any:
        nonlocal page
        if operation == "Query" and scheduler.current is not None and worker in scheduler.current.name:
            asked = json.loads(request.body)
            if "LIVE#" in json.dumps(asked["ExpressionAttributeValues"]):
                request.body = json.dumps({**asked, "Limit": rows}).encode()
                if "ExclusiveStartKey" in asked:
                    page += 1
                    between(page)
        return send(service, operation, request, moto)

    wire.send = sends  # type: ignore[method-assign]
    try:
        yield
    finally:
        wire.send = send  # type: ignore[method-assign]
