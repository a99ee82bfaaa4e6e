"""A world in memory in which something of everything has happened, and which is the same again for each request."""

import copy
import importlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from requests import PreparedRequest
from schemathesis import Response

from shared import bootstrap
from shared.adapters.gateways.common.signatures import signature_of
from shared.adapters.gateways.sandbox.callbacks import SandboxCallbacks
from shared.domain.canonical import sha256
from shared.ports.mail import Link
from shared.usecases.core.access import Principal
from shared.usecases.refunding.settle_refund import RefundAddress, fail_refund
from tests.fakes import World, a_world
from tests.fakes.builders import AGENT, CUSTOMER, MANAGER, OPERATOR, SERVICE
from tests.fakes.histories import Histories
from tests.fakes.policies import bounds
from tests.fakes.world import NOW, Memory
from tests.fuzz.document import Place
from tests.support.template import resources
from tests.unit.http.cancelling import asked, cancel, one, ship
from tests.unit.http.client import CONTEXT, Client, event_of, example, resource_of

CALLERS: Mapping[str, Principal | None] = {
    "agent": AGENT,
    "lead": Principal(id="usr-lead", roles=frozenset({"lead"})),
    "manager": MANAGER,
    "finance": Principal(id="usr-finance", roles=frozenset({"finance"})),
    "operator": OPERATOR,
    "service": SERVICE,
    "customer": CUSTOMER,
    "nobody": None,
}
TOKEN = "a-token-of-32-random-bytes"
SECRET = "sandbox-secret"
VALUES = {
    "line_id": ("l1", "b1-seats", "b1-support", "l9"),
    "sku": ("MUG-RED", "MUG-BLUE", "SEAT"),
    "with_sku": ("MUG-BLUE",),
    "reason_code": ("customer_request", "goodwill", "price_correction"),
    "currency": ("USD", "USD", "EUR", "JPY"),
    "country": ("US", "DE"),
    "customer_id": ("cus-1", "cus-2"),
    "payment_id": ("pay-1", "pay-2"),
    "gateway": ("sandbox", "manual"),
    "method": ("card", "standard", "express"),
}


@cache
def handler_of(method: str, resource: str) -> Any:
    """The handler that the template has on this route."""
    for function in resources("AWS::Serverless::Function").values():
        for event in function.get("Events", {}).values():
            if event["Type"] == "Api" and (event["Properties"]["Method"].upper(), event["Properties"]["Path"]) == (
                method,
                resource,
            ):
                module, _, attribute = function["Handler"].rpartition(".")
                return getattr(importlib.import_module(module), attribute)
    raise LookupError(f"{method} {resource}")


@dataclass
class Fuzzed:
    """The world, as it was when everything had happened, and the places in it."""

    world: World
    memory: Memory
    places: tuple[Place, ...]

    def again(self) -> None:
        """Whatever the last request has changed is as it was."""
        for each in fields(Memory):
            setattr(self.world.memory, each.name, _copied(getattr(self.memory, each.name)))
        self.world.clock.time = NOW + timedelta(hours=1)
        self.world.ids.count = self.world.ids.secrets = 1_000

    def answer(self, request: PreparedRequest, caller: Principal | None) -> Response:
        """By the handler that API Gateway would have called."""
        url, body = urlsplit(str(request.url)), request.body
        raw = body if isinstance(body, bytes) else (body or "").encode()
        resource, parameters = resource_of(str(request.method), url.path)
        event = event_of(
            str(request.method), url.path, resource, parameters, url.query, None, dict(request.headers), caller
        )
        event |= {"body": b64encode(raw).decode(), "isBase64Encoded": True} if raw else {}
        event["path"] = unquote(url.path)
        event["pathParameters"] = {key: unquote(value) for key, value in parameters.items()} or None
        reply = handler_of(str(request.method), resource)(event, CONTEXT)
        return Response(
            status_code=reply["statusCode"],
            headers={key: [str(value) for value in values] for key, values in reply["multiValueHeaders"].items()},
            content=(reply["body"] or "").encode(),
            request=request,
            elapsed=0.0,
            verify=False,
        )

    def sign(self, request: PreparedRequest) -> None:
        """As the sandbox gateway does, so that what it says is looked at."""
        body = request.body or b""
        raw, stamp = body if isinstance(body, bytes) else body.encode(), str(int(self.world.clock.now().timestamp()))
        request.headers["Inflight-Signature"] = f"t={stamp},v1={signature_of(raw, stamp, SECRET)}"


def fuzzed(patch: pytest.MonkeyPatch) -> Fuzzed:
    world = a_world()
    patch.setattr(bootstrap, "services", lambda: world.services)
    patch.setattr(bootstrap, "bus", lambda: world.bus)
    patch.setattr(bootstrap, "workflows", lambda: world.workflows)
    patch.setattr(bootstrap, "gateways", lambda: world.gateways)
    patch.setattr(bootstrap, "links", lambda: world.links)
    patch.setattr(bootstrap, "policy_history", lambda: world.policy_history)
    patch.setattr(bootstrap, "histories", lambda: Histories(world.memory))
    patch.setattr(bootstrap, "callback_readers", lambda: {"sandbox": SandboxCallbacks(SECRET)})
    places = tuple(_places(world))
    return Fuzzed(world, copy.copy(_kept(world.memory)), places)


def _kept(memory: Memory) -> Memory:
    kept = Memory()
    for each in fields(Memory):
        setattr(kept, each.name, _copied(getattr(memory, each.name)))
    return kept


def _copied(value: Any) -> Any:
    """One level deeper than the containers: what lies in them is frozen."""
    if isinstance(value, dict):
        return {key: list(each) if isinstance(each, list) else each for key, each in value.items()}
    return copy.copy(value)


def _places(world: World) -> list[Place]:
    """Orders, each with what has happened to it."""
    agent, service, customer = Client(AGENT), Client(SERVICE), Client(CUSTOMER)
    world.product("MUG-BLUE", title="Blue mug", list_price={"USD": 1200})
    world.stock("MUG-RED", 100)
    world.stock("SEAT", 100)

    def placed(number: int, name: str = "order-direct") -> str:
        order = example(name) | {"channel_order_id": f"D-{number}"}
        order["payments"] = [{**order["payments"][0], "reference": f"R-{number}"}]
        taken = service.post("/orders", order)
        assert taken.status == 201, taken.body
        return str(taken.body["order_id"])

    def amended(order_id: str, amount: str, *, accept: bool = False) -> Any:
        edit = {"op": "set_unit_price", "line_id": "l1", "unit_price": {"amount": amount, "currency": "USD"}}
        body = {"reason_code": "price_correction", "edits": [edit]}
        path = f"/orders/{order_id}/amendments"
        digest = agent.post(f"{path}?dry_run=true", body).body["digest"]
        made = agent.post(path, body | ({"accept": {"digest": digest}} if accept else {}), if_match='"1.0"')
        assert made.status == 201, made.body
        return made.body

    def submitted(order_id: str) -> Any:
        change = amended(order_id, "11.00")
        path = f"/orders/{order_id}/amendments/{change['change_id']}/submit"
        return agent.post(path, {"digest": change["plan"]["digest"]}, if_match='"1.0"').body

    def shipped(order_id: str) -> str:
        ship(service, order_id, 3)
        return order_id

    def with_link(order_id: str) -> Any:
        change = cancel(agent, order_id, one()).body
        kept = world.memory.changes[change["change_id"]]
        link = Link(
            token_hash=sha256(TOKEN),
            change_id=kept.change_id,
            order_id=order_id,
            digest=kept.plan.digest,
            round=kept.round,
            expires_at=NOW + timedelta(days=2),
        )
        world.memory.links[link.token_hash] = link
        return change

    def fallen(order_id: str) -> Any:
        change = cancel(agent, order_id, asked()).body
        refund_id, change_id = change["refunds"][0]["refund_id"], change["change_id"]
        named = RefundAddress(refund_id=refund_id, change_id=change_id, order_id=order_id)
        fail_refund(world.services, named, "the card is closed")
        return change

    changes = [
        amended(placed(1), "9.00"),
        amended(placed(2), "300.00", accept=True),
        submitted(placed(3)),
        amended(placed(4), "9.00", accept=True),
        with_link(placed(5)),
        cancel(customer, placed(6), one()).body,
        cancel(agent, placed(7), asked()).body,
        fallen(placed(8)),
        cancel(agent, shipped(placed(9)), asked(exception="intercept"), '"1.1"').body,
    ]
    _proposed()
    statuses = [world.memory.changes[change["change_id"]].status for change in changes]
    assert set(statuses) >= {"draft", "pending_approval", "approved", "committed", "pending_confirmation", "fallout"}
    orders = [placed(10), shipped(placed(11)), placed(12, "order-subscription")]
    return [_place(world, change["order_id"], change) for change in changes] + [_place(world, each) for each in orders]


def _proposed() -> None:
    """A version of prices that waits for the operator who asks."""
    other = Client(Principal(id="usr-operator-2", roles=frozenset({"operator"})))
    made = other.put("/policies/prices", {"why": "Prices fall.", "document": bounds("60")})
    assert made.body["status"] == "waiting", made.body


def _place(world: World, order_id: str, change: Any = None) -> Place:
    order = world.memory.orders[order_id]
    path = {
        "order_id": order_id,
        "version": str(order.version),
        "sku": "MUG-RED",
        "token": TOKEN,
        "gateway": "sandbox",
        "role": "lead",
        "channel": "direct",
        "customer_id": order.customer.customer_id,
        "name": "prices",
    }
    values = VALUES | {"order_id": (order_id,)}
    if change is None:
        return Place(path, order.etag, values)
    path |= {"change_id": change["change_id"]}
    if refunds := [*change["refunds"], *change["releases"]]:
        path["refund_id"] = refunds[0]["refund_id"]
    return Place(path, order.etag, values | {"digest": (change["plan"]["digest"],)})
