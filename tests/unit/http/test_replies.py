"""Every reply of a whole story is what the OpenAPI document says: views and documentation cannot drift apart."""

from decimal import Decimal
from typing import Any

from shared.usecases.core.access import Principal
from shared.usecases.refunding.settle_refund import RefundAddress, settle_refund
from tests.fakes import World
from tests.unit.http.client import Client, example


def amendments(order_id: str) -> str:
    return f"/orders/{order_id}/amendments"


def price(amount: str) -> dict[str, Any]:
    edit = {"op": "set_unit_price", "line_id": "l1", "unit_price": {"amount": amount, "currency": "USD"}}
    return {"reason_code": "price_correction", "edits": [edit]}


def test_the_order_of_the_examples_is_taken_as_they_say(service: Client) -> None:
    reply = service.post("/orders", example("order-direct"))
    line = reply.body["lines"][0]
    assert (reply.status, reply.headers["ETag"]) == (201, '"1.0"')
    assert reply.headers["Location"] == f"/orders/{reply.body['order_id']}"
    assert (reply.body["status"], line["status"], line["fulfilled_quantity"]) == ("pending", "pending", 0)
    assert line["taxes"][0] == {
        "name": "Sales tax",
        "rate": "0.20",
        "amount": {"amount": "5.40", "currency": "USD"},
        "jurisdiction": "US-IL",
    }
    assert reply.body["totals"]["balance_due"] == {"amount": "0.00", "currency": "USD"}
    again = service.post("/orders", example("order-direct"))
    assert (again.status, again.body) == (200, reply.body)


def test_subscriptions_come_to_the_example_s_total(service: Client) -> None:
    reply = service.post("/orders", example("order-subscription"))
    assert reply.body["totals"]["total"] == {"amount": "2139.00", "currency": "EUR"}
    assert reply.body["source"] == {"type": "quote", "reference": "Q-77"}
    assert reply.body["lines"][1]["charges"][0] == {
        "charge_id": "setup",
        "type": "one_time",
        "price": {"amount": "99.00", "currency": "EUR"},
    }


def test_the_amendment_of_the_examples_from_preview_to_log(agent: Client, order_id: str) -> None:
    plan = agent.post(f"{amendments(order_id)}?dry_run=true", example("amendment"))
    assert (plan.status, plan.body["refunds"][0]["amount"]["amount"]) == (200, "10.80")
    assert plan.body["totals_after"]["total"]["amount"] == "21.60"
    assert plan.body["address"]["after"]["line1"] == "2 Oak Avenue"
    body = example("amendment") | {"accept": {"digest": plan.body["digest"]}}
    change = agent.post(amendments(order_id), body, if_match='"1.0"')
    assert (change.status, change.body["status"], change.headers["ETag"]) == (201, "committed", '"2.0"')
    assert change.body["edits"] == example("amendment")["edits"]
    order = agent.get(f"/orders/{order_id}")
    assert (order.body["supersedes"], order.headers["ETag"]) == (1, '"2.0"')
    assert [row["status"] for row in agent.get(f"/orders/{order_id}/versions").body["items"]] == ["live", "superseded"]
    assert agent.get(f"/orders/{order_id}/versions/1").body["lines"][0]["quantity"] == 3
    log = agent.get(f"/orders/{order_id}/log?verify=true").body
    assert (log["verified"], [entry["action"] for entry in log["items"]]) == (True, ["order_received", "order_amended"])
    assert "Oak" not in str(log)


def test_a_draft_shows_as_the_version_to_come(agent: Client, world: World, order_id: str) -> None:
    world.product("MUG-BLUE", title="Blue mug", list_price={"USD": 1200})
    body = {"reason_code": "customer_request", "edits": [{"op": "add_line", "sku": "MUG-BLUE", "quantity": 1}]}
    change = agent.post(amendments(order_id), body, if_match='"1.0"')
    assert agent.get(f"/orders/{order_id}").body["open_change"]["change_id"] == change.body["change_id"]
    coming = agent.get(f"/orders/{order_id}/versions/2").body
    assert (coming["status"], [line["status"] for line in coming["lines"]]) == ("in_amendment", ["pending", "draft"])
    assert agent.get(f"/orders/{order_id}/versions/1").body["status"] == "being_amended"
    undone = agent.post(f"{amendments(order_id)}/{change.body['change_id']}/undo", if_match='"1.0"')
    assert (undone.status, undone.body["status"]) == (200, "undone")
    assert agent.get(f"/orders/{order_id}/versions/2").status == 404


def test_a_change_over_the_threshold_waits_for_a_manager(agent: Client, manager: Client, order_id: str) -> None:
    plan = agent.post(f"{amendments(order_id)}?dry_run=true", price("300.00")).body
    change = agent.post(
        amendments(order_id), price("300.00") | {"accept": {"digest": plan["digest"]}}, if_match='"1.0"'
    )
    change_id = change.body["change_id"]
    assert (change.body["status"], change.body["waiting_for"]) == ("pending_approval", "manager")
    assert [row["change_id"] for row in manager.get("/changes?waiting_for=manager").body["items"]] == [change_id]
    decision = {"decision": "approve", "digest": plan["digest"]}
    assert agent.post(f"/changes/{change_id}/decisions", decision).code == "wrong-role"
    assert manager.post(f"/changes/{change_id}/decisions", decision | {"digest": "x"}).code == "plan-changed"
    decided = manager.post(f"/changes/{change_id}/decisions", decision)
    assert (decided.status, decided.body["status"], decided.body["decided_by"]) == (200, "committed", "usr-manager")


def test_a_draft_is_edited_submitted_accepted_and_acknowledged(agent: Client, service: Client, order_id: str) -> None:
    change = agent.post(amendments(order_id), price("11.00"), if_match='"1.0"').body
    path = f"{amendments(order_id)}/{change['change_id']}"
    edited = agent.put(path, price("9.00"), if_match='"1.0"')
    digest = {"digest": edited.body["plan"]["digest"]}
    assert agent.post(f"{path}/accept", digest, if_match='"1.0"').code == "illegal-transition"
    assert agent.post(f"{path}/submit", digest, if_match='"1.0"').body["status"] == "approved"
    assert agent.post(f"{path}/accept", digest, if_match='"1.0"').body["status"] == "committed"
    word = {"department": "billing", "outcome": "done", "note": "booked"}
    said = service.post(f"/changes/{change['change_id']}/acknowledgements", word)
    assert said.body["timeline"][-1]["department"] == "billing"


def test_a_committed_change_is_undone_by_the_plan_that_was_previewed(agent: Client, order_id: str) -> None:
    plan = agent.post(f"{amendments(order_id)}?dry_run=true", price("9.00")).body
    done = agent.post(amendments(order_id), price("9.00") | {"accept": {"digest": plan["digest"]}}, if_match='"1.0"')
    path = f"{amendments(order_id)}/{done.body['change_id']}/undo"
    assert agent.post(path, if_match='"2.0"').code == "illegal-transition"
    preview = agent.post(f"{path}?dry_run=true")
    assert preview.body["totals_after"]["total"]["amount"] == "32.40"
    undone = agent.post(path, {"digest": preview.body["digest"]}, if_match='"2.0"')
    assert (undone.status, undone.body["status"], undone.headers["ETag"]) == (201, "committed", '"3.0"')
    assert undone.body["undoes"] == done.body["change_id"]


def test_facts_from_outside_show_on_the_order(agent: Client, service: Client, order_id: str) -> None:
    shipped = service.post(f"/orders/{order_id}/fulfilments", {"line_id": "l1", "quantity": 2, "event": "shipped"})
    assert (shipped.status, shipped.body["status"], shipped.headers["ETag"]) == (200, "partially_fulfilled", '"1.1"')
    assert shipped.body["lines"][0]["fulfilled_quantity"] == 2
    payment = example("order-direct")["payments"][0] | {"captured": {"amount": "1.00", "currency": "USD"}}
    assert service.post(f"/orders/{order_id}/payments", payment).code == "captured-falls"
    more = payment | {"payment_id": "pay-2", "reference": "R-2"}
    assert service.post(f"/orders/{order_id}/payments", more).body["totals"]["paid"]["amount"] == "33.40"


def test_products_and_stock_come_back_as_they_were_set(service: Client, agent: Client) -> None:
    product = {"title": "Mug", "list_price": [{"amount": "10.00", "currency": "USD"}], "tax_category": "standard"}
    fee = {
        "charge_id": "care",
        "type": "recurring",
        "period": "month",
        "price": [{"amount": "1.00", "currency": "USD"}],
    }
    product |= {"charges": [fee]}
    kept = service.put("/products/MUG%20RED", product)
    assert kept.body == {"sku": "MUG RED", "quantity_modifiable": True, "in_flight_enabled": True, **product}
    assert agent.get("/products/MUG%20RED").body == kept.body
    stock = service.put("/stock/MUG%20RED", {"on_hand": 5})
    assert stock.body == {"sku": "MUG RED", "on_hand": 5, "available": 5, "held": 0, "allocated": 0}
    assert agent.get("/stock/UNTRACKED").code == "stock-not-found"
    assert service.put("/stock/MUG", {"on_hand": -1}).code == "quantity-negative"
    assert service.put("/stock/A%23B", {"on_hand": 1}).code == "malformed-value"


def test_a_customer_lists_their_own_orders_and_changes_whatever_they_ask_for(
    agent: Client, customer: Client, customer_2: Client, order_id: str
) -> None:
    agent.post(amendments(order_id), price("9.00"), if_match='"1.0"')
    assert [row["order_id"] for row in customer.get("/orders").body["items"]] == [order_id]
    assert customer_2.get("/orders?customer_id=cus-1").body["items"] == []
    assert len(customer.get("/changes").body["items"]) == 1
    assert customer_2.get("/changes?customer_id=cus-1").body["items"] == []


def test_a_customer_who_asks_for_another_s_gets_an_empty_page_not_their_own(
    agent: Client, customer: Client, order_id: str
) -> None:
    agent.post(amendments(order_id), price("9.00"), if_match='"1.0"')
    for path in ("/orders", "/changes"):
        assert customer.get(f"{path}?customer_id=cus-2").body == {"items": [], "next_cursor": None}
        assert len(customer.get(f"{path}?customer_id=cus-1").body["items"]) == 1


def test_totals_add_up_before_while_and_after_a_refund_is_under_way(world: World, agent: Client, order_id: str) -> None:
    plan = agent.post(f"{amendments(order_id)}?dry_run=true", example("amendment")).body
    body = example("amendment") | {"accept": {"digest": plan["digest"]}}
    change = agent.post(amendments(order_id), body, if_match='"1.0"').body
    under_way = agent.get(f"/orders/{order_id}").body["totals"]
    refund_id = change["refunds"][0]["refund_id"]
    named = RefundAddress(refund_id=refund_id, change_id=change["change_id"], order_id=order_id)
    settle_refund(world.services, named, "gw-1")
    settled = agent.get(f"/orders/{order_id}").body["totals"]
    seen = [plan["totals_before"], plan["totals_after"], under_way, settled]
    assert [totals["refunding"]["amount"] for totals in seen] == ["0.00", "10.80", "10.80", "0.00"]
    for totals in seen:
        due, total, paid, refunded, refunding = (
            Decimal(totals[name]["amount"]) for name in ("balance_due", "total", "paid", "refunded", "refunding")
        )
        assert due == total - paid + refunded + refunding


def test_a_customer_whose_token_names_no_customer_lists_nothing(world: World, order_id: str) -> None:
    nameless = Client(Principal(id="usr-new", roles=frozenset({"customer"})))
    assert nameless.get("/orders").code == "forbidden"
    assert nameless.get("/changes").code == "forbidden"


def test_intake_of_a_channel_that_we_do_not_know_is_not_found(service: Client) -> None:
    assert service.post("/channels/carrier-pigeon/orders", "coo").code == "unknown-channel"


def test_our_own_shape_comes_in_by_the_channel_direct_too(service: Client) -> None:
    assert service.post("/channels/direct/orders", example("order-direct")).status == 201
