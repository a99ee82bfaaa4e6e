"""A customer who moves to where less tax is due asks a person, if the postal code does not speak for that place."""

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from shared.domain.policy.documents.checks import CheckRule
from tests.fakes import World
from tests.unit.http.cancelling import usd
from tests.unit.http.client import Client, example

OREGON = {"line1": "2 Pine Street", "city": "Portland", "region": "OR", "postal_code": "97201", "country": "US"}
KUWAIT = {"line1": "2 Pine Street", "city": "Kuwait City", "postal_code": "13001", "country": "KW"}


@pytest.fixture(autouse=True)
def rule(world: World) -> None:
    """The rule as it ships."""
    document = json.loads((files("shared.policies") / "checks.json").read_text())
    rules = [CheckRule(**rule) for rule in document["rules"] if rule["id"] == "moved-to-lower-tax"]
    checks = replace(world.policies.policy.checks, rules=tuple(rules))
    world.policies.policy = replace(world.policies.policy, checks=checks)


@pytest.fixture
def order_id(service: Client) -> str:
    """A mug of 10.00 in Springfield, Illinois, with 20 % tax."""
    order = example("order-direct")
    tax = {"name": "Sales tax", "rate": "0.20", "jurisdiction": "US-IL"}
    line = {"line_id": "l1", "sku": "MUG", "title": "Mug", "quantity": 1, "unit_price": usd("10.00"), "taxes": [tax]}
    paid = {**order["payments"][0], "captured": usd("12.00")}
    body = order | {"lines": [line], "discounts": [], "payments": [paid]}
    return str(service.post("/orders", body).body["order_id"])


def plan(client: Client, order_id: str, address: dict[str, Any], *more: dict[str, Any]) -> dict[str, Any]:
    edits = [{"op": "set_shipping_address", "address": address}, *more]
    body = {"reason_code": "address_correction", "edits": edits}
    reply = client.post(f"/orders/{order_id}/amendments?dry_run=true", body)
    assert reply.status == 200, reply.body
    return dict(reply.body)


def asks(found: dict[str, Any]) -> bool:
    assert found["violations"] == []
    return bool(found["approvals"])  # for which reason is not told to customers


def without(address: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in address.items() if name not in names}


@pytest.mark.parametrize(
    "address",
    [
        without(OREGON, "postal_code"),
        OREGON | {"postal_code": "somewhere"},
        OREGON | {"postal_code": "1"},
        KUWAIT | {"postal_code": "62701"},
        KUWAIT | {"postal_code": "627-01"},
    ],
    ids=["no postal code", "a word", "no ZIP code", "another country, the same postal code", "the same, with a dash"],
)
def test_a_customer_s_move_to_lower_tax_by_a_doubtful_address_asks_a_person(
    customer: Client, order_id: str, address: dict[str, Any]
) -> None:
    assert asks(plan(customer, order_id, address))


@pytest.mark.parametrize("address", [OREGON, KUWAIT, without(KUWAIT, "postal_code")])
def test_a_move_that_its_postal_code_speaks_for_asks_nobody(
    customer: Client, order_id: str, address: dict[str, Any]
) -> None:
    assert not asks(plan(customer, order_id, address))


def test_a_move_to_no_lower_tax_asks_nobody(customer: Client, order_id: str) -> None:
    same = example("order-direct")["shipping_address"] | {"postal_code": "somewhere"}
    assert not asks(plan(customer, order_id, same))


def test_an_agent_is_the_person_who_is_asked(agent: Client, order_id: str) -> None:
    assert not asks(plan(agent, order_id, without(OREGON, "postal_code")))


def test_more_goods_in_the_same_change_make_up_for_no_lower_rate(customer: Client, order_id: str) -> None:
    address = {**OREGON, "region": "CA", "city": "Somewhere", "postal_code": "none"}
    more = {"op": "set_quantity", "line_id": "l1", "quantity": 9}
    found = plan(customer, order_id, address, more)
    assert float(found["totals_after"]["tax"]["amount"]) > float(found["totals_before"]["tax"]["amount"])
    assert asks(found)


@pytest.mark.parametrize("address", [OREGON | {"postal_code": "62701"}, OREGON | {"region": "Oregon"}])
def test_an_address_that_contradicts_itself_outright_is_refused_as_before(
    customer: Client, order_id: str, address: dict[str, Any]
) -> None:
    body = {"reason_code": "address_correction", "edits": [{"op": "set_shipping_address", "address": address}]}
    assert customer.post(f"/orders/{order_id}/amendments?dry_run=true", body).status in (400, 422)


def test_such_a_change_waits_for_the_approval(customer: Client, order_id: str) -> None:
    address = without(OREGON, "postal_code")
    edits = [{"op": "set_shipping_address", "address": address}]
    digest = plan(customer, order_id, address)["digest"]
    body = {"reason_code": "address_correction", "edits": edits, "accept": {"digest": digest}}
    change = customer.post(f"/orders/{order_id}/amendments", body, if_match='"1.0"').body
    assert (change["status"], change["refunds"]) == ("pending_approval", [])
