"""Attacks over HTTP against the documents that ship: their numbers may move, and each of these stays bounded."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from shared.adapters import policy_file
from shared.adapters.policy_file import shipped
from tests.fakes import World
from tests.fakes.builders import AGENT
from tests.unit.http.cancelling import asked, cancel_on_terms, usd
from tests.unit.http.client import Client, Reply, example
from tests.unit.policies.test_shipped_documents import SHIPPED, read_from

PLENTY = 5000
_numbers = count()


@pytest.fixture(autouse=True)
def as_shipped(world: World) -> Iterator[None]:
    frozen = policy_file.FOLDER
    read_from(SHIPPED)
    world.policies.policy = shipped()
    yield
    read_from(frozen)  # type: ignore[arg-type]


def bought(service: Client, price: str, **line: Any) -> str:
    """One mug, paid by customer cus-1."""
    order, number = example("order-direct"), f"S-{next(_numbers)}"
    mug = {"line_id": "l1", "sku": "MUG", "title": "Mug", "quantity": 1, "unit_price": usd(price), "taxes": []}
    paid = {**order["payments"][0], "captured": usd(price), "reference": number}
    body = order | {"channel_order_id": number, "lines": [mug | line], "discounts": [], "payments": [paid]}
    return str(service.post("/orders", body).body["order_id"])


def amended(client: Client, order_id: str, edit: dict[str, Any], reason: str = "customer_request") -> Reply:
    path, body = f"/orders/{order_id}/amendments", asked(edits=[edit]) | {"reason_code": reason}
    digest = client.post(f"{path}?dry_run=true", body).body["digest"]
    return client.post(path, body | {"accept": {"digest": digest}}, if_match='"1.0"')


def test_a_customer_takes_no_tenth_of_a_product_off_sale_by_changes_that_wait(
    world: World, service: Client, customer: Client
) -> None:
    service.put("/stock/MUG", {"on_hand": PLENTY})
    for _ in range(12):
        order_id = bought(service, "1.00")
        free = service.get("/stock/MUG").body["available"]
        waiting = amended(customer, order_id, {"op": "set_quantity", "line_id": "l1", "quantity": free})
        assert waiting.body["status"] == "pending_approval"
    assert 0 < service.get("/stock/MUG").body["held"] < PLENTY / 10
    bounds = [rule for rule in world.policies.policy.checks.holds if "customer" in rule.roles]
    assert all(rule.seconds is not None and rule.seconds < 24 * 3600 for rule in bounds)


@pytest.mark.parametrize("signed_in", ["just now", "long ago"])
def test_refunds_that_each_need_nobody_need_somebody_before_a_day_has_made_them_a_fortune(
    world: World, service: Client, signed_in: str
) -> None:
    """All by one agent for one customer; whoever has not signed in lately is asked to, first."""
    agent = Client(AGENT if signed_in == "just now" else replace(AGENT, authenticated_at=None))
    price = min(int(route.above["USD"].partition(".")[0]) for route in world.policies.policy.approvals.routes) - 1
    given, last = 0, None
    for _ in range(100):
        last = cancel_on_terms(agent, bought(service, f"{price}.00"), asked(reason_code="wrong_item"))
        if last.body["status"] != "committed":
            break
        given += price
    assert last is not None
    if signed_in == "long ago":
        assert last.code == "step-up-required"
    else:
        assert (last.status, last.body["status"]) == (201, "pending_approval")
    assert price <= given <= 20 * price


def test_a_customer_who_moves_to_where_less_tax_is_due_by_a_doubtful_address_waits_for_somebody(
    service: Client, customer: Client
) -> None:
    taxed = [{"name": "Sales tax", "rate": "0.0625", "jurisdiction": "US-IL"}]
    order_id = bought(service, "100.00", taxes=taxed)
    address = {**example("order-direct")["shipping_address"], "region": "OR"}
    for postal_code in (None, "OREGON"):
        moved = {name: value for name, value in {**address, "postal_code": postal_code}.items() if value}
        edit = {"op": "set_shipping_address", "address": moved}
        body = asked(edits=[edit]) | {"reason_code": "address_correction"}
        plan = customer.post(f"/orders/{order_id}/amendments?dry_run=true", body).body
        assert (plan["totals_after"]["tax"], bool(plan["approvals"])) == (usd("0.00"), True)
