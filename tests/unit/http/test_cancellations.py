"""Cancelling an order or a part of it: terms first, then as far as it can go; every reply as documented."""

import copy
from typing import Any

import pytest

from tests.fakes import World
from tests.unit.http.cancelling import asked, cancel, cancel_on_terms, one, path_of, preview, ship, usd
from tests.unit.http.client import Client, example


def decide(client: Client, change: dict[str, Any], decision: str = "approve") -> Any:
    body = {"decision": decision, "digest": change["plan"]["digest"]}
    return client.post(f"/changes/{change['change_id']}/decisions", body)


def test_a_preview_shows_the_terms_and_keeps_nothing(world: World, customer: Client, order_id: str) -> None:
    before = copy.deepcopy(world.memory)
    plan = preview(customer, order_id, one())
    assert plan["cancelled"] == [
        {"line_id": "l1", "sku": "MUG-RED", "stage": "ordered", "quantity": 1, "amount": usd("10.80")}
    ]
    assert plan["taxes_reversed"] == [{"name": "Sales tax", "jurisdiction": "US-IL", "amount": usd("1.80")}]
    assert plan["terms"] == {
        "goods": usd("10.80"),
        "shipping_refunded": usd("0.00"),
        "order_fees_refunded": usd("0.00"),
        "fees": [],
        "fees_total": usd("0.00"),
        "credit": usd("0.00"),
        "tax_reversed": usd("1.80"),
        "refund": usd("10.80"),
        "refunds": [{"payment_id": "pay-1", "method": "card", "amount": usd("10.80")}],
        "released": usd("0.00"),
        "amount_due": usd("0.00"),
        "new_total": usd("21.60"),
        "how_long": {"words": ["The money is back within 5 days of the cancellation."], "refund_days": 5},
    }
    assert world.memory == before


def test_a_preview_tells_what_forbids_it_instead_of_refusing(agent: Client, service: Client, order_id: str) -> None:
    ship(service, order_id, 3)
    plan = preview(agent, order_id, one() | {"reason_code": "because"})
    assert [violation["code"] for violation in plan["violations"]] == ["unknown-reason", "unit-shipped"]


def test_the_owner_s_consent_to_the_terms_cancels_the_order(customer: Client, order_id: str) -> None:
    done = cancel_on_terms(customer, order_id, asked(sub_code="changed_mind"))
    change = done.body
    assert (done.status, change["status"], done.headers["ETag"]) == (201, "committed", '"2.0"')
    assert done.headers["Location"] == f"/changes/{change['change_id']}"
    assert (change["consent"]["by"], change["consent"]["means"]) == ("usr-customer", "token")
    assert change["consent"]["digest"] == change["plan"]["digest"]
    assert (change["channel"], change["stage"], change["sub_code"]) == ("direct", "ordered", "changed_mind")
    assert change["edits"] == [{"op": "cancel_order"}]
    assert change["refunds"][0]["credit_memo"] == f"CM-{order_id}-2-1"
    assert {row["department"]: row["status"] for row in change["departments"]}["warehouse"] == "waiting"
    assert [wait["party"] for wait in change["waits"]][-1] == "payment gateway"
    order = customer.get(f"/orders/{order_id}").body
    assert (order["status"], order["totals"]["total"]) == ("cancelled", usd("0.00"))


def test_terms_that_are_no_longer_those_are_refused_with_the_fresh_ones(
    world: World, customer: Client, order_id: str
) -> None:
    before = copy.deepcopy(world.memory)
    reply = cancel(customer, order_id, one(consent={"digest": "0" * 64}))
    assert (reply.status, reply.code) == (409, "plan-changed")
    assert reply.body["plan"]["terms"]["refund"] == usd("10.80")
    assert world.memory == before


def test_an_owner_who_has_not_agreed_to_the_terms_is_asked_to(customer: Client, order_id: str) -> None:
    change = cancel(customer, order_id, one()).body
    assert (change["status"], change["waiting_for"]) == ("pending_confirmation", "customer")
    assert [row["change_id"] for row in customer.get("/changes?waiting_for=customer").body["items"]] == [
        change["change_id"]
    ]
    done = decide(customer, change)
    assert (done.status, done.body["status"], done.body["confirmed"]) == (200, "committed", ["customer"])
    assert done.body["consent"]["means"] == "token"


def test_what_an_agent_cancels_in_part_waits_for_its_owner_alone(
    agent: Client, customer: Client, customer_2: Client, order_id: str
) -> None:
    change = cancel_on_terms(agent, order_id, one()).body
    assert (change["status"], change["waiting_for"], change.get("consent")) == (
        "pending_confirmation",
        "customer",
        None,
    )
    assert change["plan"]["confirmations"][0]["party"] == "customer"
    assert change["waits"][0]["words"] == "agree to the terms"
    assert change["departments"][0]["status"] == "not_told"
    assert customer.get(f"/orders/{order_id}/versions/2").body["status"] == "pending_cancellation"
    assert decide(agent, change).code == "not-waiting"
    assert decide(customer_2, change).code == "change-not-found"
    declined = decide(customer, change, "reject")
    assert (declined.body["status"], declined.body["waits"]) == ("declined", [])
    assert customer.get(f"/orders/{order_id}").body["lines"][0]["quantity"] == 3


def statuses(client: Client, path: str) -> list[str]:
    return [line["status"] for line in client.get(path).body["lines"]]


def test_a_line_reads_pending_cancellation_while_its_cancellation_waits(
    agent: Client, customer: Client, order_id: str
) -> None:
    change = cancel_on_terms(agent, order_id, one()).body
    waits = ["pending_cancellation", *statuses(customer, f"/orders/{order_id}")[1:]]
    assert statuses(customer, f"/orders/{order_id}") == waits
    assert "pending_cancellation" not in waits[1:]
    assert statuses(customer, f"/orders/{order_id}/versions/1") == waits
    assert statuses(customer, f"/orders/{order_id}/versions/2") == waits
    decide(customer, change, "reject")
    assert statuses(customer, f"/orders/{order_id}")[0] == "pending"


def test_lines_of_a_superseded_version_read_superseded(agent: Client, order_id: str) -> None:
    cancel(agent, order_id, asked(reason_code="fraud"))
    former = agent.get(f"/orders/{order_id}/versions/1").body
    assert {line["status"] for line in former["lines"]} == {former["status"]} == {"superseded"}
    assert "order_status" not in former
    assert agent.get(f"/orders/{order_id}/versions/2").body["order_status"] == "cancelled"


def test_an_order_whose_new_version_holds_a_draft_line_reads_draft_there(agent: Client, order_id: str) -> None:
    edit = {"op": "add_line", "sku": "MUG-BLUE", "quantity": 1, "unit_price": usd("1.00")}
    etag = agent.get(f"/orders/{order_id}").headers["ETag"]
    body = {"reason_code": "customer_request", "edits": [edit]}
    assert agent.post(f"/orders/{order_id}/amendments", body, if_match=etag).status == 201
    coming = agent.get(f"/orders/{order_id}/versions/2").body
    assert (coming["status"], coming["order_status"], coming["lines"][-1]["status"]) == (
        "in_amendment",
        "draft",
        "draft",
    )
    live = agent.get(f"/orders/{order_id}/versions/1").body
    assert (live["status"], live["order_status"]) == ("being_amended", "pending")


def test_an_agent_cancels_a_whole_order_in_one_call(agent: Client, order_id: str) -> None:
    done = cancel(agent, order_id, asked(reason_code="fraud"))
    assert (done.status, done.body["status"]) == (201, "committed")


def test_goodwill_is_asked_for_and_approved_by_somebody_else(
    agent: Client, customer: Client, manager: Client, order_id: str
) -> None:
    body = asked(reason_code="goodwill", goodwill={"amount": usd("5.00")})
    terms = preview(agent, order_id, body)["terms"]
    assert (terms["goods"], terms["credit"], terms["refund"], terms["fees"]) == (
        usd("0.00"),
        usd("5.00"),
        usd("5.00"),
        [],
    )
    assert terms["how_long"]["words"][0].startswith("Our manager decides within")
    change = cancel(agent, order_id, body).body
    assert change["waiting_for"] == "manager"
    assert change["edits"] == [{"op": "credit", "amount": usd("5.00")}]
    assert decide(customer, change).code == "wrong-role"
    done = decide(manager, change).body
    assert (done["status"], done["plan"]["fees"][0]["amount"]) == ("committed", usd("-5.00"))
    assert customer.post(path_of(order_id), body, if_match='"2.0"').code == "not-eligible"


def test_what_is_on_its_way_waits_for_the_carrier(agent: Client, service: Client, order_id: str) -> None:
    ship(service, order_id, 3)
    terms = preview(agent, order_id, asked(exception="intercept"))["terms"]
    assert (terms["fees_total"], terms["refund"], terms["fees"][0]["rule"]) == (
        usd("3.24"),
        usd("29.16"),
        "intercepted",
    )
    assert cancel(agent, order_id, asked(), '"1.1"').code == "unit-shipped"
    change = cancel(agent, order_id, asked(exception="intercept"), '"1.1"').body
    assert (change["waiting_for"], change["stage"]) == ("logistics", "shipped")
    assert [needed["party"] for needed in change["plan"]["confirmations"]] == ["carrier"]
    assert [row["order_id"] for row in agent.get("/changes?waiting_for=logistics").body["items"]] == [order_id]
    word = {"department": "logistics", "outcome": "done"}
    done = service.post(f"/changes/{change['change_id']}/acknowledgements", word).body
    assert (done["status"], done["confirmed"]) == ("committed", ["carrier"])
    progress = agent.get(f"/orders/{order_id}").body["lines"][0]["progress"]
    assert (progress["intercepted"], progress["tracking"], "returning" in progress) == (3, ["1Z999"], False)


def test_a_parcel_that_cannot_be_stopped_leaves_the_order_as_it_was(
    agent: Client, service: Client, order_id: str
) -> None:
    ship(service, order_id, 3)
    change = cancel(agent, order_id, asked(exception="intercept"), '"1.1"').body
    word = {"department": "logistics", "outcome": "failed", "note": "it was too late"}
    failed = service.post(f"/changes/{change['change_id']}/acknowledgements", word).body
    assert (failed["status"], failed["refunds"]) == ("failed", [])
    assert agent.get(f"/orders/{order_id}").body["version"] == 1


def test_an_authorisation_is_released_and_no_refund(service: Client, agent: Client) -> None:
    payment = {**example("order-direct")["payments"][0], "status": "authorised", "authorised": usd("32.40")}
    payment.pop("captured")
    order_id = service.post("/orders", example("order-direct") | {"payments": [payment]}).body["order_id"]
    terms = preview(agent, order_id, asked())["terms"]
    assert (terms["refund"], terms["released"], terms["refunds"]) == (usd("0.00"), usd("32.40"), [])
    change = cancel(agent, order_id, asked()).body
    assert (change["refunds"], len(change["releases"])) == ([], 1)
    assert (change["releases"][0]["amount"], change["releases"][0]["keep"]) == (usd("32.40"), usd("0.00"))


def test_the_sums_of_the_terms_are_by_how_much_the_order_gets_cheaper(service: Client, agent: Client) -> None:
    shipping = {"method": "standard", "price": usd("5.00"), "tax": usd("1.00")}
    order_id = service.post("/orders", example("order-direct") | {"shipping": shipping}).body["order_id"]
    ship(service, order_id, 1)
    for body in (one(), asked(lines=[{"line_id": "l1"}], exception="intercept")):
        plan = preview(agent, order_id, body)
        parts = {name: float(value["amount"]) for name, value in plan["terms"].items() if "currency" in value}
        gained = parts["goods"] + parts["shipping_refunded"] + parts["order_fees_refunded"] + parts["credit"]
        assert gained - parts["fees_total"] == pytest.approx(-float(plan["delta"]["amount"]))


def test_goodwill_names_a_line_shipping_or_the_order_and_tells_its_tax(service: Client, agent: Client) -> None:
    shipping = {"method": "standard", "price": usd("5.00"), "tax": usd("1.00")}
    order_id = service.post("/orders", example("order-direct") | {"shipping": shipping}).body["order_id"]
    ship(service, order_id, 3)

    def terms_of(**on: Any) -> tuple[Any, ...]:
        plan = preview(agent, order_id, asked(reason_code="goodwill", goodwill={"amount": usd("3.00")} | on))
        terms, (fee,) = plan["terms"], plan["fees"]
        assert (terms["credit"], plan["violations"], terms["goods"]) == (usd("3.00"), [], usd("0.00"))
        assert (terms["shipping_refunded"], terms["order_fees_refunded"]) == (usd("0.00"), usd("0.00"))
        return fee["amount"], fee.get("tax"), fee["on"], fee.get("line_id"), terms["tax_reversed"]

    tax = usd("0.50")
    assert terms_of(on={"line_id": "l1"}) == (usd("-3.00"), usd("-0.50"), "line", "l1", tax)
    assert terms_of(on="shipping") == (usd("-3.00"), usd("-0.50"), "shipping", None, tax)
    assert terms_of(on="order") == terms_of() == (usd("-3.00"), usd("-0.50"), "order", None, tax)


def test_goodwill_on_a_line_and_on_shipping_is_shown_where_it_was_given(
    service: Client, agent: Client, manager: Client
) -> None:
    shipping = {"method": "standard", "price": usd("5.00"), "tax": usd("1.00")}
    order_id = service.post("/orders", example("order-direct") | {"shipping": shipping}).body["order_id"]
    for on in ({"line_id": "l1"}, "shipping"):
        body = asked(reason_code="goodwill", goodwill={"amount": usd("1.20"), "on": on})
        order = agent.get(f"/orders/{order_id}")
        change = agent.post(path_of(order_id), body, if_match=order.headers["ETag"]).body
        assert [line["status"] for line in agent.get(f"/orders/{order_id}").body["lines"]] == ["pending"]
        assert decide(manager, change).body["status"] == "committed"
    order = agent.get(f"/orders/{order_id}").body
    (line,) = order["lines"]
    assert (line["goodwill"], line["total"], line["discounts"][-1]["code"]) == (usd("1.20"), usd("31.20"), "goodwill")
    assert order["shipping"] == {
        "method": "standard",
        "price": usd("4.00"),
        "tax": usd("0.80"),
        "goodwill": usd("1.20"),
    }


def test_a_cancellation_is_withdrawn_while_it_waits(agent: Client, order_id: str) -> None:
    change = cancel(agent, order_id, one()).body
    path = f"{path_of(order_id)}/{change['change_id']}/withdraw"
    assert agent.post(path, {"why": "x"}, if_match='"1.0"').code == "unknown-field"
    assert agent.post(path).code == "precondition-required"
    amendment = f"/orders/{order_id}/amendments/{change['change_id']}/undo"
    assert agent.post(amendment, if_match='"1.0"').code == "other-kind"
    done = agent.post(path, if_match='"1.0"')
    assert (done.status, done.body["status"], done.headers["ETag"]) == (200, "withdrawn", '"1.0"')
    assert agent.post(path, if_match='"1.0"').code == "illegal-transition"
    assert agent.get(f"/orders/{order_id}").body.get("open_change") is None


def test_an_amendment_is_not_withdrawn_as_a_cancellation(agent: Client, order_id: str) -> None:
    change = agent.post(f"/orders/{order_id}/amendments", example("amendment"), if_match='"1.0"').body
    reply = agent.post(f"{path_of(order_id)}/{change['change_id']}/withdraw", if_match='"1.0"')
    assert (reply.status, reply.code) == (409, "other-kind")


def test_a_repeated_cancellation_is_answered_as_the_first(customer: Client, order_id: str) -> None:
    first = cancel(customer, order_id, one(), idempotency_key="k1")
    again = cancel(customer, order_id, one(), idempotency_key="k1")
    assert (again.status, again.body) == (201, first.body)
    assert cancel(customer, order_id, asked(), idempotency_key="k1").code == "key-reused"


def test_changes_are_listed_by_kind_reason_and_period(world: World, agent: Client, service: Client) -> None:
    ids = []
    for number, (day, reason) in enumerate([("2026-11-20", "fraud"), ("2026-11-21", "customer_request")]):
        payments = [example("order-direct")["payments"][0] | {"reference": f"R-{number}"}]
        order = example("order-direct") | {"channel_order_id": f"D-{number}", "payments": payments}
        order_id = service.post("/orders", order).body["order_id"]
        ids.append(cancel(agent, order_id, asked(reason_code=reason)).body["change_id"])
        assert day == world.clock.now().date().isoformat()
        world.clock.passes(days=1)

    def listed(query: str) -> list[str]:
        return [row["change_id"] for row in agent.get(f"/changes?{query}").body["items"]]

    assert listed("reason_code=fraud&kind=cancellation") == ids[:1]
    assert listed("kind=amendment") == []
    assert listed("created_from=2026-11-20T00:00:00Z&created_to=2026-11-21T00:00:00Z") == ids[:1]
    assert listed("kind=cancellation&created_from=2026-11-21T00:00:00Z") == ids[1:]
