"""A price of shipping that staff gives has bounds as the price of goods has, measured by what no edit can move."""

from typing import Any

import pytest

from tests.unit.http.cancelling import usd
from tests.unit.http.client import Client, example


def order_with(service: Client, method: str, price: str, number: str = "S-1") -> str:
    """4 mugs of 10.00 USD, untaxed, paid with their shipping, which comes in at `price`."""
    order = example("order-direct")
    line = {"line_id": "l1", "sku": "MUG", "title": "Mug", "quantity": 4, "unit_price": usd("10.00"), "taxes": []}
    total = usd(f"{40 + float(price):.2f}")
    paid = {**order["payments"][0], "authorised": total, "captured": total, "reference": number}
    shipping = {"method": method, "price": usd(price), "tax": usd("0.00")}
    body = order | {"channel_order_id": number, "lines": [line], "discounts": [], "payments": [paid]}
    return str(service.post("/orders", body | {"shipping": shipping}).body["order_id"])


@pytest.fixture
def sold(service: Client) -> str:
    """An order that came in with standard shipping at 5.00, as policy has it; express is 15.00."""
    return order_with(service, "standard", "5.00")


def amended(client: Client, order_id: str, *edits: dict[str, Any]) -> dict[str, Any]:
    """The change, as far as it goes in one call."""
    path, body = f"/orders/{order_id}/amendments", {"reason_code": "price_correction", "edits": list(edits)}
    digest = client.post(f"{path}?dry_run=true", body).body["digest"]
    etag = client.get(f"/orders/{order_id}").headers["ETag"]
    return dict(client.post(path, body | {"accept": {"digest": digest}}, if_match=etag).body)


def by(method: str, price: str | None = None) -> dict[str, Any]:
    return {"op": "set_shipping_method", "method": method} | ({"price": usd(price)} if price else {})


def outcome(change: dict[str, Any]) -> tuple[str, str]:
    return change["status"], " ".join(each["because"] for each in change["plan"]["approvals"])


def approved(manager: Client, change: dict[str, Any]) -> None:
    body = {"decision": "approve", "digest": change["plan"]["digest"]}
    manager.post(f"/changes/{change['change_id']}/decisions", body)


@pytest.mark.parametrize("price", ["0.00", "5.00", "10.49"])
def test_express_shipping_far_below_its_price_waits_for_an_approval(agent: Client, sold: str, price: str) -> None:
    words = f"The price of express shipping, {price} USD, is below its floor of 10.50 USD."
    assert outcome(amended(agent, sold, by("express", price))) == ("pending_approval", words)


def test_shipping_far_above_its_price_waits_for_an_approval(agent: Client, sold: str) -> None:
    words = "The price of express shipping, 60.01 USD, is over its ceiling of 60.00 USD."
    assert words in outcome(amended(agent, sold, by("express", "60.01")))[1]


@pytest.mark.parametrize("edit", [by("express", "10.50"), by("express"), by("standard", "3.50")])
def test_shipping_within_its_bounds_needs_nobody(agent: Client, sold: str, edit: dict[str, Any]) -> None:
    assert outcome(amended(agent, sold, edit)) == ("committed", "")


def test_no_step_in_between_makes_the_last_price_the_reference(agent: Client, sold: str) -> None:
    for edit in (by("standard", "3.50"), by("express"), by("express", "10.50")):
        assert amended(agent, sold, edit)["status"] == "committed"
    assert "below its floor of 3.50 USD" in outcome(amended(agent, sold, by("standard", "3.49")))[1]


def test_what_shipping_came_in_at_is_never_asked_about(agent: Client, service: Client) -> None:
    free = order_with(service, "standard", "0.00")
    assert amended(agent, free, by("express"))["status"] == "committed"
    assert outcome(amended(agent, free, by("standard", "0.00"))) == ("committed", "")


def test_free_shipping_that_an_order_came_in_with_makes_no_other_method_free(agent: Client, service: Client) -> None:
    free = order_with(service, "standard", "0.00")
    assert "below its floor of 10.50 USD" in outcome(amended(agent, free, by("express", "0.00")))[1]


def test_a_method_that_policy_does_not_know_is_measured_by_what_it_came_in_at(
    agent: Client, manager: Client, service: Client
) -> None:
    drone = order_with(service, "drone", "20.00")
    assert amended(agent, drone, by("drone", "14.00"))["status"] == "committed"
    low = amended(agent, drone, by("drone", "13.99"))
    assert "below its floor of 14.00 USD" in outcome(low)[1]
    approved(manager, low)
    assert amended(agent, drone, by("drone", "14.00"))["status"] == "committed"


def test_another_method_that_policy_does_not_know_is_measured_by_what_shipping_came_in_at(
    agent: Client, sold: str
) -> None:
    assert "below its floor of 3.50 USD" in outcome(amended(agent, sold, by("drone", "3.49")))[1]


def test_where_nobody_knows_a_price_of_shipping_none_is_given_away(agent: Client, service: Client) -> None:
    free = order_with(service, "drone", "0.00")
    assert outcome(amended(agent, free, by("rocket", "1.00"))) == ("committed", "")


def test_shipping_that_policy_gives_for_nothing_may_cost_nothing(agent: Client, sold: str) -> None:
    more = {"op": "set_quantity", "line_id": "l1", "quantity": 5}
    assert outcome(amended(agent, sold, more, by("value", "0.00"))) == ("committed", "")


def test_an_undo_that_brings_an_approved_low_price_back_asks_again(agent: Client, manager: Client, sold: str) -> None:
    approved(manager, amended(agent, sold, by("express", "0.00")))
    back = amended(agent, sold, by("standard", "5.00"))
    assert back["status"] == "committed"
    undo = f"/orders/{sold}/amendments/{back['change_id']}/undo"
    asked = agent.post(f"{undo}?dry_run=true").body["approvals"]
    assert "express shipping, 0.00 USD, is below its floor of 10.50 USD" in " ".join(each["because"] for each in asked)


def test_an_undo_to_what_the_order_came_in_with_needs_nobody(agent: Client, service: Client) -> None:
    free = order_with(service, "standard", "0.00")
    express = amended(agent, free, by("express"))
    undo = f"/orders/{free}/amendments/{express['change_id']}/undo"
    assert agent.post(f"{undo}?dry_run=true").body["approvals"] == []
