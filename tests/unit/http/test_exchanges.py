"""Exchanging units for others, as portals ask for it: terms first, then as far as it can go; every reply documented."""

import copy
from typing import Any

import pytest

from tests.fakes import World
from tests.unit.http.cancelling import ship, usd
from tests.unit.http.client import Client, Reply, example

BACK = {"op": "cancel_line", "line_id": "l1", "quantity": 1}
MUG = {"op": "add_line", "sku": "MUG-RED", "quantity": 1}
POT = {"op": "add_line", "sku": "POT", "quantity": 1}


@pytest.fixture(autouse=True)
def stock(world: World) -> None:
    world.product("MUG-RED", title="Red mug", list_price={"USD": 1200})
    world.product("POT", title="Pot", list_price={"USD": 2000})
    world.stock("POT", 5)


def path_of(order_id: str, rest: str = "") -> str:
    return f"/orders/{order_id}/exchanges{rest}"


def asked(*edits: Any, **more: Any) -> dict[str, Any]:
    return {"reason_code": "item_defect", "edits": list(edits), **more}


def preview(client: Client, order_id: str, body: dict[str, Any]) -> dict[str, Any]:
    plan = client.post(path_of(order_id, "?dry_run=true"), body)
    assert plan.status == 200
    return dict(plan.body)


def exchange(client: Client, order_id: str, body: dict[str, Any], etag: str = '"1.0"') -> Reply:
    """On the terms as they are."""
    body = body | {"accept": {"digest": preview(client, order_id, body)["digest"]}}
    return client.post(path_of(order_id), body, if_match=etag)


def decide(client: Client, change: dict[str, Any]) -> Reply:
    body = {"decision": "approve", "digest": change["plan"]["digest"]}
    return client.post(f"/changes/{change['change_id']}/decisions", body)


def delivered(service: Client, order_id: str) -> str:
    ship(service, order_id, 3)
    return ship(service, order_id, 3, "delivered").headers["ETag"]


def test_a_preview_shows_the_terms_of_both_sides_and_keeps_nothing(
    world: World, customer: Client, order_id: str
) -> None:
    before = copy.deepcopy(world.memory)
    plan = preview(customer, order_id, asked(BACK, POT, reason_code="customer_request"))
    assert (plan["kind"], plan["violations"]) == ("exchange", [])
    assert (plan["delta"], plan["refunds"], plan["amount_due"]) == (usd("10.80"), [], usd("10.80"))
    terms = plan["terms"]
    assert (terms["goods"], terms["replacements"], terms["amount_due"]) == (usd("10.80"), usd("21.60"), usd("10.80"))
    assert [(line["change"], line["after"]["sku"]) for line in plan["lines"]] == [
        ("changed", "MUG-RED"),
        ("added", "POT"),
    ]
    assert world.memory == before


def test_an_owner_who_accepts_the_terms_exchanges_at_once(customer: Client, order_id: str) -> None:
    done = exchange(customer, order_id, asked(BACK, POT, reason_code="customer_request", sub_code="other_size"))
    change = done.body
    assert (done.status, change["status"], done.headers["ETag"]) == (201, "committed", '"2.0"')
    assert (change["kind"], change["consent"]["means"], change["sub_code"]) == ("exchange", "token", "other_size")
    assert change["edits"] == [BACK, POT]
    order = customer.get(f"/orders/{order_id}").body
    assert [(line["sku"], line["quantity"], line["status"]) for line in order["lines"]] == [
        ("MUG-RED", 2, "pending"),
        ("POT", 1, "pending"),
    ]


def test_a_delivered_defective_unit_is_exchanged_with_a_manager_and_the_customer_at_no_cost(
    world: World, agent: Client, manager: Client, customer: Client, service: Client, order_id: str
) -> None:
    """The story of an exchange after delivery, from its preview to its end."""
    etag = delivered(service, order_id)
    world.stock("MUG-RED", 4)
    assert agent.get(f"/orders/{order_id}").body["status"] == "fulfilled"
    started = exchange(agent, order_id, asked(BACK, MUG), etag)
    change = started.body
    assert (started.status, change["status"]) == (201, "pending_approval")
    assert (change["plan"]["delta"], change["plan"]["fees"]) == (usd("0.00"), [])
    assert agent.get(f"/orders/{order_id}").body["lines"][0]["status"] == "pending_cancellation"
    assert agent.get(f"/orders/{order_id}/versions/2").body["status"] == "in_amendment"
    assert service.get("/stock/MUG-RED").body["held"] == 1
    assert decide(manager, change).body["status"] == "pending_confirmation"
    committed = decide(customer, change).body
    assert committed["status"] == "committed"
    order = agent.get(f"/orders/{order_id}").body
    assert order["status"] == "partially_fulfilled"
    assert [(line["quantity"], line["fulfilled_quantity"], line["total"]) for line in order["lines"]] == [
        (2, 2, usd("21.60")),
        (1, 0, usd("10.80")),
    ]
    assert {row["department"] for row in committed["departments"]} == {"warehouse", "billing", "logistics"}
    (event,) = [event for event in world.memory.events if event.type == "OrderAmended"]
    assert event.data["changed"] == ["quantity", "price", "shipment"]
    assert [(row["sku"], row["stage"], row["quantity"]) for row in event.data["cancelled"]] == [
        ("MUG-RED", "delivered", 1)
    ]
    assert [(row["quantity_before"], row["quantity_after"]) for row in event.data["lines"]] == [(3, 2), (0, 1)]
    back = service.post(
        f"/orders/{order_id}/fulfilments", {"line_id": "l1", "quantity": 1, "event": "returned", "tracking": "R-1"}
    )
    assert back.status == 200
    sent = order["lines"][1]["line_id"]
    for step in ("shipped", "delivered"):
        body = {"line_id": sent, "quantity": 1, "event": step, "tracking": "1Z998"}
        assert service.post(f"/orders/{order_id}/fulfilments", body).status == 200
    for department in ("warehouse", "billing", "logistics"):
        done = service.post(
            f"/changes/{change['change_id']}/acknowledgements", {"department": department, "outcome": "done"}
        )
    assert done.body["status"] == "completed"
    assert agent.get(f"/orders/{order_id}").body["status"] == "fulfilled"


def test_a_draft_is_submitted_accepted_and_undone_on_its_own_path(
    agent: Client, customer: Client, order_id: str
) -> None:
    draft = agent.post(path_of(order_id), asked(BACK, MUG), if_match='"1.0"').body
    named = path_of(order_id, f"/{draft['change_id']}")
    other = agent.put(named, asked(BACK, POT), if_match='"1.0"').body
    digest = {"digest": other["plan"]["digest"]}
    amendment = named.replace("exchanges", "amendments")
    assert agent.post(f"{amendment}/submit", digest, if_match='"1.0"').code == "other-kind"
    assert agent.post(f"{named}/submit", digest, if_match='"1.0"').body["status"] == "approved"
    assert agent.post(f"{named}/accept", digest, if_match='"1.0"').body["status"] == "pending_confirmation"
    assert agent.post(f"{named}/undo", {}, if_match='"1.0"').body["status"] == "undone"
    assert customer.get(f"/orders/{order_id}").headers["ETag"] == '"1.0"'


def test_a_committed_exchange_is_undone_before_anything_moved(customer: Client, order_id: str) -> None:
    change = exchange(customer, order_id, asked(BACK, POT, reason_code="customer_request")).body
    named = path_of(order_id, f"/{change['change_id']}/undo")
    plan = customer.post(f"{named}?dry_run=true", {}).body
    undone = customer.post(named, {"digest": plan["digest"]}, if_match='"2.0"')
    assert (undone.status, undone.body["status"]) == (201, "committed")
    assert customer.get(f"/orders/{order_id}").body["totals"]["total"] == usd("32.40")


def test_staff_does_not_agree_to_a_customers_draft_for_them(agent: Client, customer: Client, order_id: str) -> None:
    draft = customer.post(path_of(order_id), asked(BACK, POT, reason_code="customer_request"), if_match='"1.0"').body
    digest = {"digest": draft["plan"]["digest"]}
    named = path_of(order_id, f"/{draft['change_id']}")
    assert agent.post(f"{named}/submit", digest, if_match='"1.0"').body["status"] == "approved"
    assert agent.post(f"{named}/accept", digest, if_match='"1.0"').body["status"] == "pending_confirmation"


BAD: list[tuple[Any, str, str]] = [
    ("{nope", "malformed-json", ""),
    ([], "wrong-type", ""),
    ({}, "missing-reason", "/reason_code"),
    (asked(BACK, MUG, reason_code="price_change"), "unknown-reason", "/reason_code"),
    (asked(BACK, MUG, surprise=1), "unknown-field", "/surprise"),
    (asked(BACK, MUG, lines=[]), "unknown-field", "/lines"),
    ({"reason_code": "item_defect", "edits": BACK}, "wrong-type", "/edits"),
    (asked(*[BACK] * 2001), "too-many-edits", "/edits"),
    (asked(), "one-sided-exchange", "/edits"),
    (asked(MUG), "one-sided-exchange", "/edits"),
    (asked(BACK), "one-sided-exchange", "/edits"),
    (asked(BACK, {"op": "set_quantity", "line_id": "l1", "quantity": 2}), "unknown-edit", "/edits/1/op"),
    (asked({"op": "take_back", "line_id": "l1"}, MUG), "unknown-edit", "/edits/0/op"),
    (asked({"op": "cancel_line"}, MUG), "line-not-named", "/edits/0"),
    (asked(BACK | {"sku": "MUG-RED"}, MUG), "line-not-named", "/edits/0"),
    (asked(BACK | {"quantity": 0}, MUG), "quantity-not-positive", "/edits/0/quantity"),
    (asked(BACK | {"quantity": -1}, MUG), "quantity-negative", "/edits/0/quantity"),
    (asked(BACK | {"quantity": 1.5}, MUG), "quantity-not-whole", "/edits/0/quantity"),
    (asked(BACK | {"quantity": 4}, MUG), "more-than-left", "/edits/0/quantity"),
    (asked(BACK | {"exception": "teleport"}, MUG), "unknown-value", "/edits/0/exception"),
    (asked(BACK | {"line_id": "l9"}, MUG), "unknown-line", "/edits/0/line_id"),
    (asked(BACK, BACK, MUG), "conflicting-edits", "/edits/1"),
    (asked(BACK, MUG | {"quantity": 0}), "quantity-not-positive", "/edits/1/quantity"),
    (asked(BACK, MUG | {"quantity": -2}), "quantity-negative", "/edits/1/quantity"),
    (asked(BACK, MUG | {"quantity": 0.5}), "quantity-not-whole", "/edits/1/quantity"),
    (asked(BACK, MUG | {"quantity": 10**12}), "quantity-too-large", "/edits/1/quantity"),
    (asked(BACK, MUG | {"exception": "return"}), "unknown-field", "/edits/1/exception"),
    (asked(BACK, MUG | {"parent_line_id": "l9"}), "unknown-parent", "/edits/1/parent_line_id"),
    (
        asked(BACK, POT | {"unit_price": {"amount": "5.00", "currency": "EUR"}}),
        "other-currency",
        "/edits/1/unit_price/currency",
    ),
    (asked(BACK, POT | {"unit_price": usd("-5.00")}), "negative-amount", "/edits/1/unit_price/amount"),
    (asked(BACK, POT | {"sku": "KETTLE"}), "price-unknown", "/edits/1/sku"),
    (asked(BACK, POT | {"quantity": 6}), "insufficient-stock", "/edits/1/quantity"),
    (asked(BACK, POT, accept={}), "missing-field", "/accept/digest"),
    (asked(BACK, POT, accept={"digest": "x"}), "plan-changed", ""),
]


@pytest.mark.parametrize(("body", "code", "pointer"), BAD)
def test_a_bad_exchange_is_refused_where_it_is_wrong_and_changes_nothing(
    world: World, agent: Client, order_id: str, body: Any, code: str, pointer: str
) -> None:
    before = copy.deepcopy(world.memory)
    reply = agent.post(path_of(order_id), body, if_match='"1.0"')
    assert reply.status in (400, 409, 422)
    assert reply.code == code
    assert reply.pointers[:1] in ([pointer], [])
    assert world.memory == before


def test_a_cancelled_order_takes_no_exchange(agent: Client, order_id: str) -> None:
    path = f"/orders/{order_id}/cancellations"
    agent.post(path, {"reason_code": "customer_request"}, if_match='"1.0"')
    reply = agent.post(path_of(order_id), asked(BACK, MUG), if_match='"2.0"')
    assert (reply.status, reply.code) == (422, "already-cancelled")


def test_the_example_of_the_document_is_taken(agent: Client, order_id: str) -> None:
    assert preview(agent, order_id, example("exchange"))["violations"] == []
