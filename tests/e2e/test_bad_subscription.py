"""Bad edits of bundles and subscriptions over HTTP: each has a problem of its own, and nothing has changed."""

from typing import Any

import pytest

from tests.e2e.portal import Json, Placed, Portal, a_line, amendment, conditions, usd

YEAR = {"start_date": "2026-12-01", "end_date": "2027-11-30"}
ENDED = {"start_date": "2025-01-01", "end_date": "2025-12-31"}


def monthly(line_id: str, sku: str, **more: Any) -> Json:
    charges = [{"charge_id": "fee", "type": "recurring", "period": "month", "price": usd("12.00")}]
    return {**a_line(line_id, sku=sku, quantity=2, price="0.00"), **YEAR, "charges": charges, **more}


@pytest.fixture(scope="module")
def bundle(portal: Portal) -> Placed:
    """A live bundle with a required component, an ended one, a line of fixed quantity, a shipped one, a frozen one."""
    frozen, sku = portal.a_sku(on_hand=20), portal.a_sku(on_hand=20)
    put = {"title": "Frozen", "list_price": [usd("1.00")], "in_flight_enabled": False}
    assert portal.service.http("PUT", f"/products/{frozen}", put, "service").status == 200
    order = portal.places(
        {**a_line("b1", sku=sku, quantity=1, price="0.00"), "bundle_id": "b1"},
        monthly("seats", sku, bundle_id="b1", parent_line_id="b1", required=True),
        {**a_line("b2", sku=sku, quantity=1, price="0.00"), "bundle_id": "b2"},
        monthly("old", sku, bundle_id="b2", parent_line_id="b2", **ENDED),
        {**a_line("fixed", sku=sku, quantity=2, price="1.00"), "quantity_modifiable": False},
        a_line("frozen", sku=frozen, quantity=1, price="1.00"),
        monthly("done", sku),
    )
    etag = portal.ships(order, 2, "shipped", "done").etag
    assert etag is not None
    return Placed(order_id=order.order_id, etag=etag, body=order.body)


def discount(kind: str, value: str) -> Json:
    return {"op": "set_discount", "line_id": "seats", "discount": {"type": kind, "value": value}}


def dates(line_id: str, end_date: str) -> Json:
    return {"op": "set_dates", "line_id": line_id, "end_date": end_date}


def added(parent: str) -> Json:
    return {"op": "add_line", "sku": "EXTRA", "quantity": 1, "unit_price": usd("1.00"), "parent_line_id": parent}


BAD = [
    ("end before start", dates("seats", "2026-11-01"), "end-before-start"),
    ("a date on a line without one", dates("fixed", "2027-06-30"), "line-without-dates"),
    ("dates on a fulfilled charge", dates("done", "2027-06-30"), "charge-fulfilled"),
    ("a discount over 100 %", discount("percent", "101"), "discount-over-price"),
    ("a discount over the price", discount("amount", "99999.00"), "discount-over-price"),
    ("the quantity of a not modifiable line", {"op": "set_quantity", "line_id": "fixed", "quantity": 1},
     "quantity-not-modifiable"),
    ("a product not enabled in flight", {"op": "set_quantity", "line_id": "frozen", "quantity": 2},
     "in-flight-disabled"),
    ("adding to an ended subscription", added("b2"), "subscription-ended"),
    ("adding to a parent that is not there", added("nowhere"), "unknown-parent"),
    ("a required component alone", {"op": "cancel_line", "line_id": "seats"}, "required-component"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "problem"), [pytest.param(edit, problem, id=name) for name, edit, problem in BAD])
def test_a_bad_edit_of_a_subscription_is_refused_by_name_and_changes_nothing(
    portal: Portal, bundle: Placed, edit: Json, problem: str
) -> None:
    before = portal.everything(bundle)

    reply = portal.service.http("POST", bundle.amendments, amendment(edit), "agent", conditions(bundle.etag))

    assert (reply.status, reply.problem) == (422, problem), reply.body
    assert any(pointer.startswith("/edits/0") for pointer in reply.pointers)
    assert portal.everything(bundle) == before


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param({"bundle_id": "other"}, "other-bundle", id="a component in another bundle"),
        pytest.param({"parent_line_id": "c2"}, "parent-cycle", id="a cycle of parents"),
        pytest.param({"end_date": "2020-01-01"}, "end-before-start", id="end before start"),
    ],
)
def test_a_bundle_that_cannot_be_is_not_taken(portal: Portal, change: Json, problem: str) -> None:
    sku = portal.a_sku()
    lines = [
        {**a_line("b1", sku=sku, quantity=1, price="0.00"), "bundle_id": "b1"},
        monthly("c1", sku, **{"bundle_id": "b1", "parent_line_id": "b1", **change}),
        monthly("c2", sku, bundle_id="b1", parent_line_id="c1"),
    ]

    reply = portal.tries_to_place(*lines)

    assert (reply.status, reply.problem) == (422, problem), reply.body
