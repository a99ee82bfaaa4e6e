"""A portal learns from the document, and from the preview, that a large refund asks for a better sign-in."""

from dataclasses import replace
from typing import Any

import pytest

from tests.fakes import World
from tests.fakes.builders import AGENT
from tests.unit.http.cancelling import asked, cancel, path_of, preview, usd
from tests.unit.http.client import Client, example

WORDS = "A refund this large needs a sign-in by more than one factor, at most 12 hours ago."
FEWER = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 1}]}


@pytest.fixture
def weak(world: World) -> Client:
    """An agent who signed in by a password alone."""
    return Client(replace(AGENT, strong=False))


@pytest.fixture
def dear_order(service: Client) -> str:
    """3 mugs of 1,000.00 USD, 10 % off, 20 % tax, paid: 3,240.00."""
    order = example("order-direct")
    lines = [{**order["lines"][0], "unit_price": usd("1000.00")}]
    payments = [{**order["payments"][0], "captured": usd("3240.00")}]
    return str(service.post("/orders", {**order, "lines": lines, "payments": payments}).body["order_id"])


def test_a_large_cancellation_is_told_how_fresh_a_sign_in_it_needs(weak: Client, dear_order: str) -> None:
    reply = cancel(weak, dear_order, asked())
    assert (reply.status, reply.code, reply.body["max_age"]) == (401, "step-up-required", 43200)
    assert 'max_age="43200"' in reply.headers["WWW-Authenticate"]


def test_a_large_amendment_is_told_so_when_it_is_started_submitted_or_accepted(
    agent: Client, weak: Client, dear_order: str
) -> None:
    amendments = f"/orders/{dear_order}/amendments"
    assert weak.post(amendments, FEWER, if_match='"1.0"').code == "step-up-required"
    change = agent.post(amendments, FEWER, if_match='"1.0"').body
    digest, path = {"digest": change["plan"]["digest"]}, f"{amendments}/{change['change_id']}"
    assert weak.post(f"{path}/submit", digest, if_match='"1.0"').code == "step-up-required"


def previews(order_id: str) -> list[tuple[str, Any]]:
    return [(f"/orders/{order_id}/amendments?dry_run=true", FEWER), (f"{path_of(order_id)}?dry_run=true", asked())]


def test_a_preview_warns_who_would_be_asked_to_step_up_and_has_the_same_digest(
    agent: Client, weak: Client, dear_order: str
) -> None:
    for path, body in previews(dear_order):
        warned, plain = weak.post(path, body).body, agent.post(path, body).body
        assert (WORDS in warned["warnings"], plain["warnings"]) == (True, [])
        assert warned["digest"] == plain["digest"]


def test_a_small_refund_warns_nobody(weak: Client, order_id: str) -> None:
    assert preview(weak, order_id, asked())["warnings"] == []


def test_a_preview_of_an_undo_that_gives_much_back_warns_too(
    agent: Client, weak: Client, manager: Client, service: Client, dear_order: str
) -> None:
    more = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 6}]}
    amendments = f"/orders/{dear_order}/amendments"
    digest = agent.post(f"{amendments}?dry_run=true", more).body["digest"]
    change = agent.post(amendments, more | {"accept": {"digest": digest}}, if_match='"1.0"').body["change_id"]
    manager.post(f"/changes/{change}/decisions", {"decision": "approve", "digest": digest})
    paid = {**example("order-direct")["payments"][0], "payment_id": "pay-2", "reference": "R-2"}
    amounts = {"authorised": usd("3240.00"), "captured": usd("3240.00")}
    service.post(f"/orders/{dear_order}/payments", paid | amounts)
    undo = f"{amendments}/{change}/undo?dry_run=true"
    assert WORDS in weak.post(undo).body["warnings"]
    assert agent.post(undo).body["warnings"] == []
