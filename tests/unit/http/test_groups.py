"""Bundles over HTTP: of two, one is cancelled or taken out, and half of every component goes with it."""

from typing import Any

import pytest

from tests.fakes import World
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


def test_two_bundles_cut_to_one_free_their_stock_tell_every_line_and_come_back_by_an_undo(
    world: World, agent: Client, customer: Client, service: Client, two: str
) -> None:
    """The story of a bundle of two cut to one, from the order to its undo."""
    for sku, units in (("B1", 5), ("B2", 9)):
        world.stock(sku, units)
    body = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "b", "quantity": 1}]}
    plan = agent.post(f"/orders/{two}/amendments?dry_run=true", body).body
    change = agent.post(
        f"/orders/{two}/amendments", body | {"accept": {"digest": plan["digest"]}}, if_match='"1.0"'
    ).body
    assert (change["status"], [refund["amount"] for refund in change["refunds"]]) == ("committed", [usd("60.00")])
    order = customer.get(f"/orders/{two}")
    assert (quantities(order.body["lines"]), order.headers["ETag"]) == ({"b": 1, "b1": 1, "b2": 2}, '"2.0"')
    (told,) = [event for event in world.memory.events if event.type == "OrderAmended"]
    assert [(row["line_id"], row["quantity_before"], row["quantity_after"]) for row in told.data["lines"]] == [
        ("b", 2, 1),
        ("b1", 2, 1),
        ("b2", 4, 2),
    ]
    for department in change["plan"]["departments"]:
        done = {"department": department, "outcome": "done"}
        assert service.post(f"/changes/{change['change_id']}/acknowledgements", done).status == 200
    undo = f"/orders/{two}/amendments/{change['change_id']}/undo"
    back = agent.post(f"{undo}?dry_run=true", {}).body
    assert back["amount_due"] == usd("60.00")
    assert agent.post(undo, {"digest": back["digest"]}, if_match='"2.0"').body["status"] == "committed"
    whole = customer.get(f"/orders/{two}").body
    assert (quantities(whole["lines"]), whole["totals"]["total"]) == ({"b": 2, "b1": 2, "b2": 4}, usd("120.00"))


def test_one_of_two_bundles_is_exchanged_for_another_with_all_its_components(customer: Client, two: str) -> None:
    edits = [{"op": "cancel_line", "line_id": "b", "quantity": 1}, {"op": "add_line", "sku": "B", "quantity": 1}]
    body = {"reason_code": "customer_request", "edits": edits}
    plan = customer.post(f"/orders/{two}/exchanges?dry_run=true", body).body
    assert (plan["violations"], plan["delta"]) == ([], usd("0.00"))
    done = customer.post(f"/orders/{two}/exchanges", body | {"accept": {"digest": plan["digest"]}}, if_match='"1.0"')
    assert done.body["status"] == "committed"
    order = customer.get(f"/orders/{two}").body
    new = [line for line in order["lines"] if line["line_id"].startswith("v2-")]
    assert [(line["sku"], line["quantity"], line["total"]) for line in new] == [
        ("B", 1, usd("0.00")),
        ("B1", 1, usd("36.00")),
        ("B2", 2, usd("24.00")),
    ]
    assert {line.get("parent_line_id") for line in new[1:]} == {new[0]["line_id"]}
    assert order["totals"]["total"] == usd("120.00")
