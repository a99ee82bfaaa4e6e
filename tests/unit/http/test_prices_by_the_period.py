"""What is sold by the period has its floor around all that it was sold at, whatever its price is made of."""

from datetime import date
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.fakes import World
from tests.unit.http.cancelling import usd
from tests.unit.http.client import Client
from tests.unit.http.client import example as request
from tests.unit.http.test_walking_prices_down import amended, reasons

TERM = {"start_date": "2026-12-01", "end_date": "2027-11-30"}
_numbers = count()


def monthly(amount: str, period: str = "month", charge_id: str = "seats") -> dict[str, Any]:
    return {"charge_id": charge_id, "type": "recurring", "period": period, "price": usd(amount)}


def seat(service: Client, unit_price: str = "0.00", total: str = "144.00") -> str:
    """A seat at 12.00 a month for a year, untaxed and paid, beside a price that is due once."""
    order, number = request("order-direct"), f"P-{next(_numbers)}"
    line = {"line_id": "s", "sku": "SEAT", "title": "Seat", "quantity": 1, "unit_price": usd(unit_price), "taxes": []}
    line |= {"charges": [monthly("12.00")], **TERM}
    paid = {**order["payments"][0], "authorised": usd(total), "captured": usd(total), "reference": number}
    body = order | {"channel_order_id": number, "lines": [line], "discounts": [], "payments": [paid]}
    reply = service.post("/orders", body)
    assert reply.status == 201, reply.body
    return str(reply.body["order_id"])


@pytest.fixture(autouse=True)
def today(world: World) -> None:
    world.clock.time += date(2026, 11, 30) - world.clock.now().date()


CHARGES = {"charges": [{"charge_id": "seats", "type": "recurring", "period": "month", "price": [usd("12.00")]}]}


def listed(service: Client, product: dict[str, Any] | None = CHARGES) -> None:
    assert product is None or service.put("/products/SEAT", {"title": "Seat", **product}).status < 300


def add(**more: Any) -> dict[str, Any]:
    return {"op": "add_line", "sku": "SEAT", "quantity": 1, **TERM, **more}


def off(value: str, kind: str = "percent") -> dict[str, Any]:
    return {"op": "set_discount", "line_id": "s", "discount": {"type": kind, "value": value}}


PRODUCTS: list[dict[str, Any] | None] = [None, CHARGES, {"list_price": [usd("12.00")]}, {}]


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("edit", [off("100"), off("31"), off("144.00", "amount")], ids=["all", "third", "amount"])
def test_nobody_gives_a_subscription_away_alone(
    agent: Client, service: Client, product: dict[str, Any] | None, edit: dict[str, Any]
) -> None:
    listed(service, product)
    change = amended(agent, seat(service), edit)
    assert change["status"] == "pending_approval"
    assert "is below its floor of 100.80 USD" in reasons(change)


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_discount_within_the_bounds_asks_nobody(
    agent: Client, service: Client, product: dict[str, Any] | None
) -> None:
    listed(service, product)
    assert amended(agent, seat(service), off("30"))["status"] == "committed"


def test_a_running_term_has_the_same_floor(world: World, agent: Client, service: Client) -> None:
    order_id = seat(service)
    world.clock.time += date(2027, 6, 1) - world.clock.now().date()
    assert amended(agent, order_id, off("31"))["status"] == "pending_approval"
    assert amended(agent, seat(service), off("30"))["status"] == "committed"


def test_a_price_that_is_due_once_is_a_part_of_what_was_sold(agent: Client, service: Client) -> None:
    assert amended(agent, seat(service, "20.00", "164.00"), off("30"))["status"] == "committed"
    change = amended(agent, seat(service, "20.00", "164.00"), off("90"))
    assert "The price of SEAT, 16.40 USD, is below its floor of 114.80 USD." in reasons(change)


def test_a_lower_price_and_a_discount_share_one_floor(agent: Client, service: Client) -> None:
    order_id = seat(service, "20.00", "164.00")
    once = {"op": "set_unit_price", "line_id": "s", "unit_price": usd("14.00")}
    assert amended(agent, order_id, once)["status"] == "committed"
    assert amended(agent, order_id, off("28"))["status"] == "pending_approval"


def test_a_charge_that_was_given_lower_and_a_discount_share_one_floor(agent: Client, service: Client) -> None:
    listed(service)
    order_id = seat(service)
    added = amended(agent, order_id, add(charges=[monthly("8.40")]))
    assert reasons(added) == ""
    line_id = agent.get(f"/orders/{order_id}").body["lines"][-1]["line_id"]
    change = amended(agent, order_id, off("1") | {"line_id": line_id})
    assert "99.79 USD, is below its floor of 100.80 USD" in reasons(change)


def test_an_undo_to_an_approved_discount_asks_again(agent: Client, manager: Client, service: Client) -> None:
    order_id = seat(service)
    low = amended(agent, order_id, off("60"))
    manager.post(f"/changes/{low['change_id']}/decisions", {"decision": "approve", "digest": low["plan"]["digest"]})
    back = amended(agent, order_id, off("30"))
    undo = f"/orders/{order_id}/amendments/{back['change_id']}/undo?dry_run=true"
    asked = " ".join(each["because"] for each in agent.post(undo).body["approvals"])
    assert "57.60 USD, is below its floor of 100.80 USD" in asked


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 5000), st.integers(0, 100))
@example(0, 100)
@example(2000, 90)
def test_whoever_gives_away_more_than_the_floor_of_all_that_was_sold_asks(
    agent: Client, service: Client, once: int, percent: int
) -> None:
    sold = once + 14400
    order_id = seat(service, f"{once / 100:.2f}", f"{sold / 100:.2f}")
    body = {"reason_code": "price_correction", "edits": [off(str(percent))]}
    plan = agent.post(f"/orders/{order_id}/amendments?dry_run=true", body).body
    assert ("below its floor" in str(plan["approvals"])) == (percent > 30)


@pytest.mark.parametrize(
    ("charge", "floor"),
    [(monthly("12.00", "year"), "100.80"), (monthly("8.40", "quarter"), "25.20"), (monthly("8.39"), "8.40")],
)
def test_a_charge_is_compared_with_the_product_s_own_for_the_same_period(
    agent: Client, service: Client, charge: dict[str, Any], floor: str
) -> None:
    listed(service)
    cancelled = {"op": "cancel_line", "line_id": "s"}
    change = amended(agent, seat(service), cancelled, add(charges=[charge]))
    assert change["status"] == "pending_approval"
    assert f"is below its floor of {floor} USD" in reasons(change)


@pytest.mark.parametrize("charge", [monthly("144.00", "year"), monthly("25.20", "quarter"), monthly("12.00")])
def test_a_charge_of_the_same_price_by_another_period_asks_nobody(
    agent: Client, service: Client, charge: dict[str, Any]
) -> None:
    listed(service)
    assert "The price of" not in reasons(amended(agent, seat(service), add(charges=[charge])))


def test_a_charge_of_another_kind_has_no_price_to_compare_with(agent: Client, service: Client) -> None:
    listed(service)
    usage = {"charge_id": "seats", "type": "usage", "price": usd("12.00")}
    assert "has no list price" in reasons(amended(agent, seat(service), add(charges=[usage])))


def test_a_charge_of_the_product_that_is_left_out_is_given_away(agent: Client, service: Client) -> None:
    setup = {"charge_id": "setup", "type": "one_time", "price": [usd("9.00")]}
    listed(service, {"charges": [*CHARGES["charges"], setup]})
    once = {"charge_id": "setup", "type": "one_time", "price": usd("9.00")}
    undated = {"start_date": None, "end_date": None}
    given_away = {name: value for name, value in add(charges=[once]).items() if name not in undated}
    change = amended(agent, seat(service), given_away)
    assert "The price of SEAT, 0.00 USD, is below its floor of 8.40 USD." in reasons(change)
