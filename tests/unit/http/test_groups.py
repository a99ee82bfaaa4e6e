"""Bundles over HTTP: of two, one is cancelled or taken out, and half of every component goes with it."""

from typing import Any

import pytest

from tests.unit.http.cancelling import cancel, preview, usd
from tests.unit.http.client import Client, example


def a_line(line_id: str, quantity: int, price: str, **more: Any) -> dict[str, Any]:
    taxes = [] if price == "0.00" else [{"name": "Sales tax", "rate": "0.20", "jurisdiction": "US-IL"}]
    line = {"line_id": line_id, "sku": line_id.upper(), "title": line_id, "quantity": quantity, "taxes": taxes}
    return {**line, "bundle_id": "b", "unit_price": usd(price), **more}


@pytest.fixture
def two(service: Client) -> str:
    """Two bundles of one B1 at 30.00 and two B2 at 10.00, 20 % tax: 120.00, paid."""
    inside = {"parent_line_id": "b", "required": True}
    body = example("order-direct") | {
        "discounts": [],
        "lines": [a_line("b", 2, "0.00"), a_line("b1", 2, "30.00", **inside), a_line("b2", 4, "10.00", **inside)],
    }
    body.pop("shipping", None)
    body["payments"] = [body["payments"][0] | {"authorised": usd("120.00"), "captured": usd("120.00")}]
    placed = service.post("/orders", body)
    assert placed.status == 201, placed.body
    return str(placed.body["order_id"])


def quantities(lines: list[dict[str, Any]]) -> dict[str, int]:
    return {line["line_id"]: line["quantity"] for line in lines}


ONE = {"reason_code": "customer_request", "lines": [{"line_id": "b", "quantity": 1}]}


def test_one_of_two_bundles_is_cancelled_with_half_of_its_components(customer: Client, two: str) -> None:
    plan = preview(customer, two, ONE)
    assert (plan["violations"], plan["terms"]["refund"]) == ([], usd("60.00"))
    assert [(each["line_id"], each["quantity"]) for each in plan["cancelled"]] == [("b", 1), ("b1", 1), ("b2", 2)]
    done = cancel(customer, two, ONE | {"consent": {"digest": plan["digest"]}})
    assert (done.status, done.body["status"]) == (201, "committed")
    order = customer.get(f"/orders/{two}").body
    assert (quantities(order["lines"]), order["totals"]["total"]) == ({"b": 1, "b1": 1, "b2": 2}, usd("60.00"))


def test_one_of_two_bundles_is_taken_out_by_an_amendment(agent: Client, two: str) -> None:
    edits = [{"op": "set_quantity", "line_id": "b", "quantity": 1}]
    body = {"reason_code": "customer_request", "edits": edits}
    plan = agent.post(f"/orders/{two}/amendments?dry_run=true", body)
    assert (plan.status, plan.body["violations"]) == (200, [])
    assert {line["line_id"]: line["after"]["quantity"] for line in plan.body["lines"]} == {"b": 1, "b1": 1, "b2": 2}
    assert [refund["amount"] for refund in plan.body["refunds"]] == [usd("60.00")]


def test_a_required_component_is_refused_alone_and_a_conflict_is_told(agent: Client, two: str) -> None:
    own = {"line_id": "b2", "quantity": 1}
    alone = preview(agent, two, ONE | {"lines": [own]})
    assert [each["code"] for each in alone["violations"]] == ["required-component"]
    both = preview(agent, two, ONE | {"lines": [*ONE["lines"], own]})
    assert "conflicting-edits" in [each["code"] for each in both["violations"]]
    agreed = preview(agent, two, ONE | {"lines": [*ONE["lines"], {"line_id": "b2", "quantity": 2}]})
    assert (agreed["violations"], agreed["terms"]["refund"]) == ([], usd("60.00"))
