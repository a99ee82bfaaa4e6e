"""What has happened before the matrix asks: orders of several customers, changes at every stage, a policy proposed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.domain.canonical import sha256
from shared.ports.mail import Link
from shared.usecases.refunding.settle_refund import RefundAddress, fail_refund
from tests.fakes import World
from tests.fakes.builders import AGENT, MANAGER, OPERATOR, SERVICE
from tests.unit.http.cancelling import asked, cancel, one, ship
from tests.unit.http.client import Client, example

TOKEN = "a-token-of-32-random-bytes"


@dataclass(frozen=True)
class Place:
    """What a request's path, If-Match and body may name."""

    path: Mapping[str, str]
    etag: str
    digest: str = ""
    document: Mapping[str, Any] | None = None


def stock(world: World) -> None:
    world.product("MUG-RED", title="Red mug", list_price={"USD": 1000})
    world.stock("MUG-RED", 100)
    world.stock("SEAT", 100)


def _order(number: int, name: str = "order-direct", customer_id: str = "cus-1") -> str:
    order = example(name) | {"channel_order_id": f"D-{number}"}
    order["customer"] = {**order["customer"], "customer_id": customer_id}
    order["payments"] = [{**order["payments"][0], "reference": f"R-{number}"}]
    return str(Client(SERVICE).post("/orders", order).body["order_id"])


def _amended(number: int, price: str, *, accept: bool = False, **order: str) -> Any:
    """By an agent: cheaper needs nobody, dearer needs a manager's approval."""
    path, agent = f"/orders/{_order(number, **order)}/amendments", Client(AGENT)
    edit = {"op": "set_unit_price", "line_id": "l1", "unit_price": {"amount": price, "currency": "USD"}}
    body: dict[str, Any] = {"reason_code": "price_correction", "edits": [edit]}
    digest = agent.post(f"{path}?dry_run=true", body).body["digest"]
    return agent.post(path, body | ({"accept": {"digest": digest}} if accept else {}), if_match='"1.0"').body


def _approved(number: int) -> Any:
    change = _amended(number, "11.00")
    path = f"/orders/{change['order_id']}/amendments/{change['change_id']}/submit"
    return Client(AGENT).post(path, {"digest": change["plan"]["digest"]}, if_match='"1.0"').body


def _exchange(number: int, *, submitted: bool = False) -> Any:
    """By an agent: a draft, or approved, for it needs nobody."""
    path, agent = f"/orders/{_order(number)}/exchanges", Client(AGENT)
    change = agent.post(path, example("exchange"), if_match='"1.0"').body
    if not submitted:
        return change
    digest = {"digest": change["plan"]["digest"]}
    return agent.post(f"{path}/{change['change_id']}/submit", digest, if_match='"1.0"').body


def _confirming(world: World, number: int) -> Any:
    """An agent's cancellation, with the link that the customer was sent."""
    change = cancel(Client(AGENT), _order(number), one()).body
    kept = world.memory.changes[change["change_id"]]
    assert kept.expires_at is not None
    world.memory.links[sha256(TOKEN)] = Link(
        token_hash=sha256(TOKEN),
        change_id=kept.change_id,
        order_id=kept.order_id,
        digest=kept.plan.digest,
        round=kept.round,
        expires_at=kept.expires_at,
    )
    return change


def _shipped(number: int, **order: str) -> Any:
    order_id = _order(number, **order)
    ship(Client(SERVICE), order_id, 3)
    return {"order_id": order_id}


def _fallen(world: World, number: int) -> Any:
    change = cancel(Client(AGENT), _order(number), asked()).body
    refund_id = change["refunds"][0]["refund_id"]
    named = RefundAddress(refund_id=refund_id, change_id=change["change_id"], order_id=change["order_id"])
    fail_refund(world.services, named, "the card is closed")
    return change


def _overpaid(number: int) -> Any:
    """A second payment of all that the order costs."""
    order_id = _order(number)
    paid = {"amount": "32.40", "currency": "USD"}
    payment = {"payment_id": "pay-2", "method": "card", "gateway": "sandbox", "reference": f"R-{number}-2"}
    Client(SERVICE).post(f"/orders/{order_id}/payments", {**payment, "status": "captured", "captured": paid})
    return {"order_id": order_id}


def _settling(number: int) -> Any:
    order_id = _overpaid(number)["order_id"]
    path = f"/orders/{order_id}/settlements"
    return Client(AGENT).post(path, {"reason_code": "overpayment"}, if_match='"1.1"').body


STORIES: Mapping[str, Callable[[World, int], Any]] = {
    "order": lambda world, number: {"order_id": _order(number)},
    "subscription": lambda world, number: {"order_id": _order(number, "order-subscription")},
    "draft": lambda world, number: _amended(number, "9.00"),
    "approved": lambda world, number: _approved(number),
    "waiting": lambda world, number: _amended(number, "300.00", accept=True),
    "exchange": lambda world, number: _exchange(number),
    "exchanging": lambda world, number: _exchange(number, submitted=True),
    "committed": lambda world, number: _amended(number, "9.00", accept=True),
    "confirming": _confirming,
    "fallen": _fallen,
    "overpaid": lambda world, number: _overpaid(number),
    "settling": lambda world, number: _settling(number),
    "shipped": lambda world, number: _shipped(number, customer_id="cus-3"),
    "another's": lambda world, number: _amended(number, "9.00", customer_id="cus-2"),
}


def _policy(place: Place) -> Place:
    """One that moves money, and what might become of it."""
    shown = Client(OPERATOR).get("/policies/prices")
    dearer = [{**each, "floor_percent": "71"} for each in shown.body["document"]["bounds"]]
    document = {**shown.body["document"], "bounds": dearer}
    return replace(place, path={**place.path, "name": "prices"}, etag=shown.headers["ETag"], document=document)


def _proposed(place: Place) -> Place:
    """By one operator, so that another must agree."""
    policy, other = _policy(place), Client(replace(OPERATOR, id="usr-operator-2"))
    proposal = {"why": "cheap is dear", "document": policy.document}
    version = other.put("/policies/prices", proposal, if_match=policy.etag).body["version"]
    return replace(policy, path={**policy.path, "version": str(version)})


def _delegated(place: Place) -> Place:
    """The manager is away."""
    Client(MANAGER).put("/delegations/manager", {"to": "usr-agent", "until": "2026-11-21T00:00:00Z"})
    return place


TOLD_ANEW: Mapping[str, Callable[[Place], Place]] = {
    "policy": _policy,
    "proposed": _proposed,
    "delegated": _delegated,
}


def place_of(world: World, told: Any) -> Place:
    """Of a change, or of an order without any."""
    order = world.memory.orders[told["order_id"]]
    path = {
        "order_id": order.order_id,
        "change_id": told.get("change_id", "chg_0"),
        "refund_id": next((each["refund_id"] for each in told.get("refunds", ())), "ref_0"),
        "version": "1",
        "part": "lines",
        "sku": "MUG-RED",
        "channel": "direct",
        "gateway": "sandbox",
        "token": TOKEN,
        "customer_id": order.customer.customer_id,
        "role": "manager",
    }
    return Place(path, order.etag, told["plan"]["digest"] if "plan" in told else "")
