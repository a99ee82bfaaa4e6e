"""Floors and ceilings of a price refer to what the line was sold at, so that no row of small steps walks round them."""

from decimal import ROUND_CEILING, Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.unit.http.cancelling import usd
from tests.unit.http.client import Client
from tests.unit.http.client import example as request

_numbers = count()


def sale(service: Client) -> str:
    """10 mugs of 40.00 USD, untaxed and paid; mugs have no list price."""
    order, number = request("order-direct"), f"W-{next(_numbers)}"
    line = {"line_id": "l1", "sku": "MUG", "title": "Mug", "quantity": 10, "unit_price": usd("40.00"), "taxes": []}
    paid = {**order["payments"][0], "captured": usd("400.00"), "reference": number}
    body = order | {"channel_order_id": number, "lines": [line], "discounts": [], "payments": [paid]}
    return str(service.post("/orders", body).body["order_id"])


@pytest.fixture
def sold(service: Client) -> str:
    return sale(service)


def amended(client: Client, order_id: str, *edits: dict[str, Any]) -> dict[str, Any]:
    """The change, as far as it goes in one call."""
    path, body = f"/orders/{order_id}/amendments", {"reason_code": "price_correction", "edits": list(edits)}
    digest = client.post(f"{path}?dry_run=true", body).body["digest"]
    return dict(client.post(path, body | {"accept": {"digest": digest}}, if_match=etag(client, order_id)).body)


def etag(client: Client, order_id: str) -> str:
    return client.get(f"/orders/{order_id}").headers["ETag"]


def at_price(cents: int) -> dict[str, Any]:
    return {"op": "set_unit_price", "line_id": "l1", "unit_price": usd(f"{cents / 100:.2f}")}


def of_units(quantity: int) -> dict[str, Any]:
    return {"op": "set_quantity", "line_id": "l1", "quantity": quantity}


def off(percent: int) -> dict[str, Any]:
    return {"op": "set_discount", "line_id": "l1", "discount": {"type": "percent", "value": str(percent)}}


def reasons(change: dict[str, Any]) -> str:
    return " ".join(each["because"] for each in change["plan"]["approvals"])


def test_the_second_of_fourteen_price_steps_asks_for_an_approval(agent: Client, sold: str) -> None:
    assert amended(agent, sold, at_price(2800))["status"] == "committed"
    second = amended(agent, sold, at_price(1960))
    assert (second["status"], reasons(second)) == (
        "pending_approval",
        "The price of MUG, 19.60 USD, is below its floor of 28.00 USD.",
    )


def test_the_second_of_twelve_steps_of_a_lower_price_and_more_units_asks_for_an_approval(
    agent: Client, sold: str
) -> None:
    assert amended(agent, sold, at_price(2800), of_units(14))["status"] == "committed"
    second = amended(agent, sold, at_price(1960), of_units(20))
    assert "below its floor of 28.00 USD" in reasons(second)


@pytest.mark.parametrize("between", [[off(0)], [of_units(9)], [at_price(4000)], [off(0), at_price(3000)]])
def test_no_edit_in_between_makes_the_last_price_the_reference(
    agent: Client, sold: str, between: list[dict[str, Any]]
) -> None:
    assert amended(agent, sold, at_price(2800))["status"] == "committed"
    for edit in between:
        amended(agent, sold, edit)
    assert "below its floor of 28.00 USD" in reasons(amended(agent, sold, at_price(2799)))


def test_a_price_that_rises_in_steps_meets_its_ceiling(agent: Client, sold: str) -> None:
    assert amended(agent, sold, at_price(5200))["status"] == "committed"
    assert "over its ceiling of 52.00 USD" in reasons(amended(agent, sold, at_price(5201)))


def test_a_discount_and_a_price_share_one_floor_in_either_order(agent: Client, sold: str) -> None:
    assert amended(agent, sold, off(30))["status"] == "committed"
    assert "27.93 USD, is below its floor of 28.00 USD" in reasons(amended(agent, sold, at_price(3990)))


def test_a_price_and_a_discount_share_one_floor(agent: Client, sold: str) -> None:
    assert amended(agent, sold, at_price(2800))["status"] == "committed"
    assert "27.72 USD, is below its floor of 28.00 USD" in reasons(amended(agent, sold, off(1)))


def test_a_discount_that_came_with_the_order_lowers_no_price_of_an_agent(agent: Client, service: Client) -> None:
    order = request("order-direct")
    line = {"line_id": "l1", "sku": "MUG", "title": "Mug", "quantity": 10, "unit_price": usd("40.00"), "taxes": []}
    line |= {"discounts": [{"type": "percent", "value": "40"}]}
    paid = {**order["payments"][0], "captured": usd("240.00")}
    body = order | {"channel_order_id": "D-40", "lines": [line], "discounts": [], "payments": [paid]}
    order_id = service.post("/orders", body).body["order_id"]
    assert amended(agent, order_id, at_price(3990))["status"] == "committed"


def test_an_undo_to_an_approved_price_below_the_floor_asks_again(agent: Client, manager: Client, sold: str) -> None:
    low = amended(agent, sold, at_price(2700))
    manager.post(f"/changes/{low['change_id']}/decisions", {"decision": "approve", "digest": low["plan"]["digest"]})
    back = amended(agent, sold, at_price(3000))
    assert back["status"] == "committed"
    undo = f"/orders/{sold}/amendments/{back['change_id']}/undo"
    assert "below its floor of 28.00 USD" in " ".join(
        each["because"] for each in agent.post(f"{undo}?dry_run=true").body["approvals"]
    )


def test_another_product_is_measured_by_its_own_price(agent: Client, service: Client, sold: str) -> None:
    service.put("/products/CUP", {"title": "Cup", "list_price": [usd("10.00")]})
    cups = amended(agent, sold, {"op": "replace_sku", "line_id": "l1", "with_sku": "CUP"})
    assert "floor" not in reasons(cups)


Step = tuple[str, int]
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("price"), st.integers(60, 140)),
    st.tuples(st.just("units"), st.integers(50, 180)),
    st.tuples(st.just("off"), st.sampled_from([0, 1, 5, 10, 25, 30, 60])),
)
"""Per cent of what stands; a discount is of its own number. Each comes alone, or two in one change."""


def standing(client: Client, order_id: str) -> tuple[int, Decimal, Decimal]:
    """The units of the line, their price, and what one of them costs after its discount."""
    (line,) = client.get(f"/orders/{order_id}").body["lines"]
    units = int(line["quantity"])
    return units, Decimal(line["unit_price"]["amount"]), Decimal(line["total"]["amount"]) / units


def edit_of(step: Step, units: int, price: Decimal) -> dict[str, Any]:
    name, per_cent = step
    if name == "price":
        return at_price(int((price * per_cent).to_integral_value(ROUND_CEILING)))
    return off(per_cent) if name == "off" else of_units(max(1, units * per_cent // 100))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(STEPS, min_size=1, max_size=2), min_size=2, max_size=12))
@example([[("price", 70)]] * 14)
@example([[("price", 70), ("units", 143)]] * 12)
@example([[("units", 143)], [("off", 30)], [("off", 0), ("price", 70)]] * 4)
def test_no_row_of_steps_that_nobody_approves_leaves_the_bounds_of_the_price_or_moves_more_than_one_step_may(
    agent: Client, service: Client, steps: list[list[Step]]
) -> None:
    """Counts each step by the smaller of what it could be measured by, so that the sum is the least that was moved."""
    order_id, moved = sale(service), Decimal(0)
    for edits in steps:
        units, price, cost = standing(agent, order_id)
        change = amended(agent, order_id, *(edit_of(edit, units, price) for edit in edits))
        if change.get("status") == "pending_approval":
            agent.post(f"/orders/{order_id}/amendments/{change['change_id']}/undo", {}, if_match=etag(agent, order_id))
        then_units, _, then_cost = standing(agent, order_id)
        moved += abs(then_units - units) * min(cost, then_cost) + abs(then_cost - cost) * min(units, then_units)
        assert Decimal("27.99") < then_cost < Decimal("52.01")
        assert moved <= Decimal("500.01")


def done(manager: Client, change: dict[str, Any]) -> str:
    """The reasons of a change that is committed, if need be by an approval: much moves with another product."""
    if change["status"] == "pending_approval":
        body = {"decision": "approve", "digest": change["plan"]["digest"]}
        manager.post(f"/changes/{change['change_id']}/decisions", body)
    return reasons(change)


CUPS = {"op": "replace_sku", "line_id": "l1", "with_sku": "CUP"}


@pytest.fixture
def cups(service: Client) -> None:
    service.put("/products/CUP", {"title": "Cup", "list_price": [usd("50.00")]})


@pytest.mark.usefixtures("cups")
@pytest.mark.parametrize("together", [True, False])
def test_a_discount_from_before_another_product_shares_its_floor(
    agent: Client, manager: Client, sold: str, together: bool
) -> None:
    for edits in [[off(30), CUPS]] if together else [[off(30)], [CUPS]]:
        assert "floor" not in done(manager, amended(agent, sold, *edits))
    low = amended(agent, sold, at_price(4999))
    assert "34.99 USD, is below its floor of 35.00 USD" in reasons(low)


@pytest.mark.usefixtures("cups")
def test_another_product_at_an_approved_discount_asks_again(agent: Client, manager: Client, sold: str) -> None:
    assert "floor" in done(manager, amended(agent, sold, off(50)))
    assert "The price of CUP, 25.00 USD, is below its floor of 35.00 USD." in reasons(amended(agent, sold, CUPS))


@pytest.mark.usefixtures("cups")
def test_another_product_at_its_own_price_asks_nobody(agent: Client, manager: Client, sold: str) -> None:
    for edit in (at_price(2800), CUPS, at_price(3500)):
        assert "floor" not in done(manager, amended(agent, sold, edit))


@pytest.mark.usefixtures("cups")
def test_a_discount_that_came_with_the_order_counts_as_none_that_was_given(
    agent: Client, manager: Client, service: Client
) -> None:
    order = request("order-direct")
    line = {"line_id": "l1", "sku": "MUG", "title": "Mug", "quantity": 10, "unit_price": usd("40.00"), "taxes": []}
    line |= {"discounts": [{"type": "percent", "value": "40"}]}
    paid = {**order["payments"][0], "captured": usd("240.00")}
    body = order | {"channel_order_id": "D-41", "lines": [line], "discounts": [], "payments": [paid]}
    order_id = service.post("/orders", body).body["order_id"]
    done(manager, amended(agent, order_id, off(41)))
    for edit in (CUPS, at_price(4000)):
        assert "CUP" not in done(manager, amended(agent, order_id, edit))
