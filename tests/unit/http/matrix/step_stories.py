"""Changes at the moment of each step, asked for by a customer, by staff, or by staff for a reason of fraud or law."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from shared.domain.change.step_rights import AskedBy, StepName
from shared.usecases.core.access import Principal
from shared.usecases.refunding.settle_refund import RefundAddress, fail_refund
from tests.fakes import World
from tests.fakes.builders import AGENT, CUSTOMER, SERVICE
from tests.unit.http.cancelling import cancel, preview, ship
from tests.unit.http.client import Client, Reply, example

ASKERS: Mapping[AskedBy, Principal] = {"customer": CUSTOMER, "taken_over": CUSTOMER, "staff": AGENT, "guarded": AGENT}
AMENDING: Mapping[AskedBy, str] = {
    "customer": "customer_request",
    "taken_over": "customer_request",
    "staff": "wrong_item",
    "guarded": "legal_compliance",
}
CANCELLING = {"customer": "customer_request", "staff": "wrong_item", "guarded": "fraud"}
ONE_LESS = [{"op": "set_quantity", "line_id": "l1", "quantity": 2}]
TWO_LESS = [{"op": "set_quantity", "line_id": "l1", "quantity": 1}]

TAKEN_OVER: frozenset[StepName] = frozenset({"edit", "submit", "accept", "undo", "take_back", "confirm"})
"""The steps to which something leads that a customer began, and that an agent gave other edits."""

_numbers = count()


@dataclass(frozen=True)
class Told:
    """Tells what has happened to an order of a customer, by whoever asked, in a change that has been made or not."""

    world: World
    asked_by: AskedBy
    order_id: str
    change: Any = None

    @property
    def etag(self) -> str:
        return self.world.memory.orders[self.order_id].etag

    @property
    def digest(self) -> dict[str, str]:
        return {"digest": self.change["plan"]["digest"]}


def order_of(price: str = "10.00") -> str:
    """A customer's order of three mugs."""
    order = example("order-direct") | {"channel_order_id": f"S-{next(_numbers)}"}
    order["payments"] = [{**order["payments"][0], "reference": order["channel_order_id"]}]
    order["lines"] = [{**order["lines"][0], "unit_price": {"amount": price, "currency": "USD"}}]
    return str(Client(SERVICE).post("/orders", order).body["order_id"])


def _untouched(world: World, asked_by: AskedBy, who: Principal) -> Told:
    return Told(world, asked_by, order_of())


def _draft(world: World, asked_by: AskedBy, who: Principal, *, accept: bool = False) -> Told:
    order_id, client = order_of(), Client(who)
    path, body = f"/orders/{order_id}/amendments", {"reason_code": AMENDING[asked_by], "edits": ONE_LESS}
    digest = client.post(f"{path}?dry_run=true", body).body["digest"]
    told = client.post(path, body | ({"accept": {"digest": digest}} if accept else {}), if_match='"1.0"')
    if asked_by == "taken_over":
        path, body = f"{path}/{told.body['change_id']}", {"reason_code": "wrong_item", "edits": ONE_LESS}
        told = Client(AGENT).send("PUT", path, body, if_match='"1.0"')
    return Told(world, asked_by, order_id, told.body)


def _committed(world: World, asked_by: AskedBy, who: Principal) -> Told:
    if asked_by != "taken_over":
        return _draft(world, asked_by, who, accept=True)
    asked = _confirming(world, asked_by, who)
    path, body = f"/changes/{asked.change['change_id']}/decisions", {"decision": "approve", **asked.digest}
    return Told(world, asked_by, asked.order_id, Client(CUSTOMER).post(path, body).body)


def _approved(world: World, asked_by: AskedBy, who: Principal) -> Told:
    draft = _draft(world, asked_by, who)
    who = AGENT if asked_by == "taken_over" else who
    path = f"/orders/{draft.order_id}/amendments/{draft.change['change_id']}/submit"
    return Told(world, asked_by, draft.order_id, Client(who).post(path, draft.digest, if_match='"1.0"').body)


def _waiting(world: World, asked_by: AskedBy, who: Principal) -> Told:
    """The whole of a dear order is cancelled, which a manager must approve."""
    order_id, body = order_of("300.00"), {"reason_code": CANCELLING[asked_by]}
    consent = {"consent": {"digest": preview(Client(who), order_id, body)["digest"]}}
    return Told(world, asked_by, order_id, cancel(Client(who), order_id, body | consent).body)


def _confirming(world: World, asked_by: AskedBy, who: Principal) -> Told:
    """One unit is cancelled: the customer has to agree, but where it is guarded, only the carrier that has it."""
    if asked_by == "taken_over":
        asked = _approved(world, asked_by, who)
        path = f"/orders/{asked.order_id}/amendments/{asked.change['change_id']}/accept"
        return Told(world, asked_by, asked.order_id, Client(AGENT).post(path, asked.digest, if_match='"1.0"').body)
    order_id = order_of()
    body = {"reason_code": CANCELLING[asked_by], "lines": [{"line_id": "l1", "quantity": 1}]}
    if asked_by != "guarded":
        return Told(world, asked_by, order_id, cancel(Client(who), order_id, body).body)
    ship(Client(SERVICE), order_id, 3)
    return Told(
        world, asked_by, order_id, cancel(Client(who), order_id, body | {"exception": "intercept"}, '"1.1"').body
    )


def _fallen(world: World, asked_by: AskedBy, who: Principal) -> Told:
    order_id, body = order_of(), {"reason_code": CANCELLING[asked_by]}
    consent = {"consent": {"digest": preview(Client(who), order_id, body)["digest"]}}
    change = cancel(Client(who), order_id, body | consent).body
    refund = change["refunds"][0]["refund_id"]
    fail_refund(world.services, RefundAddress(refund_id=refund, change_id=change["change_id"], order_id=order_id), "no")
    return Told(world, asked_by, order_id, change)


@dataclass(frozen=True)
class Asked:
    """A step is asked for at a place in its story, by a request."""

    story: Callable[[World, AskedBy, Principal], Told]
    path: str
    body: Callable[[Told], Any]
    method: str = "POST"

    def by(self, who: Principal, told: Told) -> Reply:
        change = told.change or {}
        refund = next((each["refund_id"] for each in change.get("refunds", ())), "")
        path = self.path.format(order=told.order_id, change=change.get("change_id"), refund=refund)
        return Client(who).send(self.method, path, self.body(told), if_match=told.etag)


PAYMENT = {
    "payment_id": "pay-9",
    "method": "card",
    "gateway": "sandbox",
    "reference": "R-9",
    "status": "captured",
    "captured": {"amount": "1.00", "currency": "USD"},
}

STEPS: Mapping[StepName, Asked] = {
    "start": Asked(
        _untouched,
        "/orders/{order}/amendments",
        lambda told: {"reason_code": AMENDING[told.asked_by], "edits": ONE_LESS},
    ),
    "edit": Asked(
        _draft,
        "/orders/{order}/amendments/{change}",
        lambda told: {"reason_code": "customer_request", "edits": TWO_LESS},
        "PUT",
    ),
    "submit": Asked(_draft, "/orders/{order}/amendments/{change}/submit", lambda told: told.digest),
    "accept": Asked(_approved, "/orders/{order}/amendments/{change}/accept", lambda told: told.digest),
    "withdraw": Asked(_waiting, "/orders/{order}/cancellations/{change}/withdraw", lambda told: {}),
    "undo": Asked(_draft, "/orders/{order}/amendments/{change}/undo", lambda told: {}),
    "take_back": Asked(_committed, "/orders/{order}/amendments/{change}/undo?dry_run=true", lambda told: {}),
    "decide": Asked(_waiting, "/changes/{change}/decisions", lambda told: {"decision": "approve", **told.digest}),
    "confirm": Asked(_confirming, "/changes/{change}/decisions", lambda told: {"decision": "approve", **told.digest}),
    "collect": Asked(_draft, "/orders/{order}/payments", lambda told: PAYMENT | {"reference": told.order_id}),
    "acknowledge": Asked(
        _committed, "/changes/{change}/acknowledgements", lambda told: {"department": "billing", "outcome": "done"}
    ),
    "settle": Asked(_fallen, "/changes/{change}/refunds/{refund}/settlements", lambda told: {"reference": "SEPA-1"}),
    "resolve": Asked(_fallen, "/changes/{change}/resolutions", lambda told: {"outcome": "completed", "note": "paid"}),
}
