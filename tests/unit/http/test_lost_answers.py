"""A gateway pays 300.00 and its answer is lost: nobody is led to pay it again, and nothing is passed over."""

import importlib
import json
from typing import Any

import pytest

from shared import bootstrap
from shared.adapters.gateways.common.signatures import signature_of
from shared.adapters.gateways.sandbox.callbacks import SandboxCallbacks
from shared.ports.gateways import GatewayUnavailable, GatewayUnknown
from tests.fakes import World
from tests.fakes.collections import PAY_FIRST, collecting
from tests.fakes.world import NOW
from tests.unit.http.cancelling import asked, cancel_on_terms, usd
from tests.unit.http.client import CONTEXT, Client, Reply, example

SECRET = "sandbox-secret"
Json = dict[str, Any]


@pytest.fixture(autouse=True)
def outside(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "callback_readers", lambda: {"sandbox": SandboxCallbacks(SECRET)})
    monkeypatch.setattr(bootstrap, "ledgers", lambda: world.ledgers)


@pytest.fixture
def change(agent: Client, service: Client) -> Json:
    """An order of 300.00, paid and cancelled: all of it goes back."""
    order = example("order-direct")
    line = {"line_id": "l1", "sku": "MUG", "title": "Mug", "quantity": 3, "unit_price": usd("100.00"), "taxes": []}
    paid = {**order["payments"][0], "captured": usd("300.00")}
    taken = service.post("/orders", order | {"lines": [line], "discounts": [], "payments": [paid]})
    return dict(cancel_on_terms(agent, taken.body["order_id"], asked(reason_code="wrong_item")).body)


def machine(change: Json, step: str, **more: Any) -> Any:
    """A step of the refund machine."""
    refund = change["refunds"][0]
    ids = {"change_id": change["change_id"], "order_id": change["order_id"]}
    event = {"step": step, "refund_id": refund["refund_id"], "payment_id": refund["payment_id"], **ids, **more}
    return importlib.import_module("functions.refund.handler").handler(event, CONTEXT)


@pytest.fixture
def lost(world: World, change: Json) -> Json:
    """It was paid, nothing was heard, and for all of the machine's attempts the gateway could not be asked."""
    world.gateway.troubles = [("after", GatewayUnknown())]
    with pytest.raises(GatewayUnknown):
        machine(change, "pay", attempt=0)
    world.gateway.away = True
    for attempt in range(1, 7):
        with pytest.raises(GatewayUnavailable):
            machine(change, "pay", attempt=attempt)
    machine(change, "fall_out", failure={"Error": "GatewayUnavailable", "Cause": json.dumps({"errorMessage": "away"})})
    return change


def settled_by_hand(change: Json, finance: Client, **more: Any) -> Reply:
    path = f"/changes/{change['change_id']}/refunds/{change['refunds'][0]['refund_id']}/settlements"
    return finance.post(path, {"reference": "SEPA-1", **more})


def reported(body: Json) -> Reply:
    """A report that the gateway has signed."""
    text, stamp = json.dumps(body), str(int(NOW.timestamp()))
    signed = f"t={stamp},v1={signature_of(text.encode(), stamp, SECRET)}"
    return Client(None).post("/callbacks/sandbox", text, inflight_signature=signed)


def late(change: Json, reference: str) -> Json:
    ids = {"order_id": change["order_id"], "change_id": change["change_id"]}
    key = change["refunds"][0]["refund_id"]
    return {
        **ids,
        "idempotency_key": key,
        "refund_reference": reference,
        "amount": usd("300.00"),
        "outcome": "settled",
    }


def refunded(agent: Client, change: Json) -> str:
    return str(agent.get(f"/orders/{change['order_id']}").body["totals"]["refunded"]["amount"])


def differences() -> list[str]:
    """The kinds that reconciliation reports."""
    found = importlib.import_module("functions.reconcile.handler").handler({}, CONTEXT)["differences"]
    return [each["kind"] for each in found]


def test_what_may_have_been_paid_is_paid_by_nobody_who_has_not_looked(
    world: World, lost: Json, agent: Client, finance: Client, operator: Client
) -> None:
    now = agent.get(f"/changes/{lost['change_id']}").body
    assert (now["status"], now["refunds"][0]["status"]) == ("fallout", "unknown")
    assert "look at the gateway first" in now["waits"][-1]["words"]
    assert "pay it by hand" not in json.dumps(now)
    by_hand = settled_by_hand(lost, finance)
    given_up = operator.post(f"/changes/{lost['change_id']}/resolutions", {"outcome": "failed", "note": "away"})
    for refused in (by_hand, given_up):
        assert (refused.status, refused.code, refused.pointers) == (409, "refund-under-way", ["/gateway_says"])
    assert (sum(paid.amount for paid in world.gateway.paid.values()), refunded(agent, lost)) == (300_00, "0.00")


@pytest.mark.parametrize("outcome", ["completed", "failed"])
def test_once_the_gateway_answers_what_it_has_paid_is_booked_once_whatever_is_said_of_it(
    world: World, lost: Json, agent: Client, operator: Client, outcome: str
) -> None:
    world.gateway.away = False
    done = operator.post(f"/changes/{lost['change_id']}/resolutions", {"outcome": outcome, "note": "looked"})
    refund = done.body["refunds"][0]
    assert (done.status, refund["status"], refund["reference"]) == (200, "settled", f"gw-{refund['refund_id']}")
    assert (refunded(agent, lost), differences()) == ("300.00", [])


def test_a_report_under_another_reference_than_the_one_by_hand_is_kept_and_reported(
    world: World, lost: Json, agent: Client, finance: Client
) -> None:
    assert settled_by_hand(lost, finance, gateway_says="not_paid").body["refunds"][0]["reference"] == "SEPA-1"
    before = len(world.memory.entries[lost["order_id"]])
    assert reported(late(lost, "gw-late")).body == {"taken": 1}
    change = agent.get(f"/changes/{lost['change_id']}").body
    assert (change["status"], len(world.memory.entries[lost["order_id"]])) == ("fallout", before + 1)
    assert all(name in change["timeline"][-1]["note"] for name in ("SEPA-1", "gw-late"))
    world.gateway.away = False
    assert (refunded(agent, lost), differences()) == ("300.00", ["refund-settled-twice"])


@pytest.mark.parametrize(
    "amount", [{"amount": "10.80", "currency": "EUR"}, {"amount": "lots", "currency": "USD"}, None]
)
def test_a_signed_report_of_a_payment_in_another_currency_or_of_no_amount_pays_nothing(
    world: World, agent: Client, order_id: str, amount: Any
) -> None:
    world.policies.policy = collecting(PAY_FIRST)
    path, edit = f"/orders/{order_id}/amendments", {"op": "set_quantity", "line_id": "l1", "quantity": 4}
    body: Json = {"reason_code": "customer_request", "edits": [edit]}
    body["accept"] = {"digest": agent.post(f"{path}?dry_run=true", body).body["digest"]}
    waiting = agent.post(path, body, if_match='"1.0"').body
    paid = {"order_id": order_id, "link_key": waiting["collection"]["link_id"], "reference": "pi_1", "amount": amount}
    assert reported(paid).body == {"taken": 1}
    after = agent.get(f"/changes/{waiting['change_id']}").body
    assert (after["status"], after["collection"]["collected"]) == ("pending_payment", usd("0.00"))
    assert "nothing is booked" in after["timeline"][-1]["note"]
    reported(paid | {"amount": waiting["collection"]["amount"]})
    assert agent.get(f"/changes/{waiting['change_id']}").body["status"] == "committed"
