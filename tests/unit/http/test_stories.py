"""Stories of orders as they really are, over HTTP: what people ask for, and what it comes to."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.fakes import World
from tests.unit.http.cancelling import preview, usd
from tests.unit.http.client import Client, example

JsonOrder = dict[str, Any]


def placed(service: Client, paid: str, *lines: JsonOrder, **more: Any) -> str:
    """An order of these lines, paid with one capture."""
    body = example("order-direct") | {"discounts": [], "lines": list(lines)}
    body.pop("shipping", None)
    body["payments"] = [body["payments"][0] | {"authorised": usd(paid), "captured": usd(paid)}]
    reply = service.post("/orders", body | more)
    assert reply.status == 201, reply.body
    return str(reply.body["order_id"])


def amend(by: Client, order_id: str, version: int, *edits: JsonOrder) -> JsonOrder:
    """Previews an amendment, accepts the very digest, and returns the plan."""
    body = {"reason_code": "customer_request", "edits": list(edits)}
    plan = by.post(f"/orders/{order_id}/amendments?dry_run=true", body).body
    assert plan["violations"] == []
    accepted = body | {"accept": {"digest": plan["digest"]}}
    done = by.post(f"/orders/{order_id}/amendments", accepted, if_match=f'"{version}.0"')
    assert done.body["status"] == "committed", done.body
    return dict(plan)


@pytest.fixture
def seats(world: World, service: Client) -> str:
    """Three seats at 10.00 a month, from June to May, paid for the year; half of it is used today, 30 November."""
    world.clock.time += date(2026, 11, 30) - world.clock.now().date()
    charge = {"charge_id": "m", "type": "recurring", "period": "month", "price": usd("10.00")}
    term = {"start_date": "2026-06-01", "end_date": "2027-05-31"}
    return placed(
        service, "360.00", {"line_id": "s", "sku": "SEAT", "title": "Seat", "quantity": 3, "charges": [charge], **term}
    )


def test_seats_that_are_added_in_mid_term_cost_the_rest_of_it_and_ending_all_gives_back_what_was_not_used(
    world: World, agent: Client, customer: Client, seats: str
) -> None:
    plan = amend(agent, seats, 1, {"op": "set_quantity", "line_id": "s", "quantity": 5})
    assert plan["amount_due"] == usd("121.29")  # 2 x 10.00 x (6 + 2/31)
    (line,) = customer.get(f"/orders/{seats}").body["lines"]
    assert line["joined"] == [{"quantity": 2, "start_date": "2026-11-30"}]
    ended = {"reason_code": "customer_request"}
    terms = preview(customer, seats, ended)
    agreed = ended | {"consent": {"digest": terms["digest"]}}
    done = customer.post(f"/orders/{seats}/cancellations", agreed, if_match='"2.0"')
    assert done.body["status"] == "committed"
    order = customer.get(f"/orders/{seats}").body
    assert order["totals"]["total"] == usd("180.67")  # 3 x 10.00 x 6, and 2 x 10.00 x 1/30
    assert [refund["amount"] for refund in done.body["refunds"]] == [usd("179.33")]
    assert order["totals"]["balance_due"] == usd("0.00")


def test_the_unused_part_shrinks_day_by_day(world: World, customer: Client, seats: str) -> None:
    ended = {"reason_code": "customer_request"}
    first = preview(customer, seats, ended)["terms"]["refund"]
    world.clock.time += timedelta(days=31)
    assert (first, preview(customer, seats, ended)["terms"]["refund"]) == (usd("180.00"), usd("150.00"))


OREGON = {"line1": "2 Pine Street", "city": "Portland", "region": "OR", "postal_code": "97201", "country": "US"}


def test_a_move_to_a_place_without_tax_gives_back_the_tax_on_goods_and_on_shipping(
    agent: Client, service: Client
) -> None:
    taxes = [{"name": "Sales tax", "rate": "0.20", "jurisdiction": "US-IL"}]
    mug = {"line_id": "l1", "sku": "MUG", "title": "Mug", "quantity": 1, "unit_price": usd("100.00"), "taxes": taxes}
    shipping = {"method": "standard", "price": usd("10.00"), "taxes": taxes}
    order_id = placed(service, "132.00", mug, shipping=shipping)
    plan = amend(agent, order_id, 1, {"op": "set_shipping_address", "address": OREGON})
    assert (plan["totals_after"]["tax"], plan["totals_after"]["total"]) == (usd("0.00"), usd("110.00"))
    assert [refund["amount"] for refund in plan["refunds"]] == [usd("22.00")]
    order = agent.get(f"/orders/{order_id}").body
    assert (order["shipping"]["price"], "tax" in order["shipping"]) == (usd("10.00"), False)
