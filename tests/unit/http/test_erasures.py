"""POST /customers/{customer_id}/erasures: an operator says why, and reads what is gone and what is left."""

from typing import Any

import pytest

from tests.fakes import World
from tests.unit.http.cancelling import ship
from tests.unit.http.client import Client, example

PATH = "/customers/cus-1/erasures"
WHY = {"reason": "the customer asked", "note": "letter of 3 May"}


@pytest.fixture
def sent(service: Client, order_id: str) -> str:
    """The order of the examples, on its way: nobody of us needs its address any more."""
    ship(service, order_id, 3)
    return order_id


def test_it_tells_what_is_gone_and_what_is_left_and_again_the_same(operator: Client, sent: str) -> None:
    reply = operator.post(PATH, WHY, idempotency_key="k1")
    assert (reply.status, {**reply.body, "left": []}) == (
        200,
        {"customer_id": "cus-1", "orders": 1, "changes": 0, "erased_at": "2026-11-20T12:00:00Z", "left": []},
    )
    assert any("48 hours" in words for words in reply.body["left"])
    assert operator.post(PATH, WHY, idempotency_key="k1").body == reply.body
    assert operator.post(PATH, WHY).body == reply.body


def test_the_order_is_read_as_before_without_its_customers_values(operator: Client, agent: Client, sent: str) -> None:
    before = agent.get(f"/orders/{sent}").body
    operator.post(PATH, WHY)
    after = agent.get(f"/orders/{sent}")
    changed = {name for name in {*before, *after.body} if before.get(name) != after.body.get(name)}
    assert changed == {"customer", "shipping_address", "erased_at"}
    assert after.body["customer"] == {"customer_id": "cus-1", "tier": before["customer"]["tier"]}
    assert after.body["shipping_address"] == {"line1": "", "city": "", "country": "US", "region": "IL"}
    assert after.headers["ETag"] == '"1.2"'
    assert agent.get(f"/orders/{sent}/log?verify=true").body["verified"] is True


def test_the_owner_still_finds_their_order(operator: Client, customer: Client, sent: str) -> None:
    operator.post(PATH, WHY)
    assert customer.get(f"/orders/{sent}").status == 200


def test_an_order_under_way_is_named_with_what_it_waits_for(operator: Client, order_id: str) -> None:
    reply = operator.post(PATH, WHY)
    assert (reply.status, reply.code) == (409, "order-in-flight")
    assert reply.body["orders"] == [{"order_id": order_id, "because": "it is pending"}]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/reason"),
        ({"reason": ""}, "/reason"),
        ({"reason": "   "}, "/reason"),
        ({"reason": 1}, "/reason"),
        ({"reason": "x" * 101}, "/reason"),
        ({**WHY, "customer_id": "cus-2"}, "/customer_id"),
    ],
)
def test_who_asks_says_why_and_nothing_unknown(
    operator: Client, world: World, sent: str, body: Any, pointer: str
) -> None:
    reply = operator.post(PATH, body)
    assert (reply.status, reply.pointers) == (422, [pointer])
    assert world.memory.orders[sent].erased_at is None


def test_nobody_but_an_operator_erases(agent: Client, manager: Client, customer: Client, service: Client) -> None:
    assert {each.post(PATH, WHY).status for each in (agent, manager, customer, service)} == {403}


def test_the_same_order_sent_again_by_its_channel_brings_nothing_back(
    operator: Client, service: Client, agent: Client, sent: str
) -> None:
    operator.post(PATH, WHY)
    again = service.post("/orders", example("order-direct"))
    assert (again.status, again.body["order_id"]) == (200, sent)
    assert "name" not in agent.get(f"/orders/{sent}").body["customer"]
