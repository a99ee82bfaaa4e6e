"""A dry run says that another change is open, whose it is and what would happen, in words that its reader may read."""

from typing import Any

import pytest

from tests.fakes import World
from tests.unit.http.cancelling import asked, cancel, one, preview
from tests.unit.http.client import Client

TWO = {"op": "set_quantity", "line_id": "l1", "quantity": 2}


@pytest.fixture(autouse=True)
def products(world: World) -> None:
    world.product("MUG-RED", title="Red mug", list_price={"USD": 1000})


def draft(client: Client, order_id: str, reason: str) -> dict[str, Any]:
    body = {"reason_code": reason, "edits": [TWO]}
    return dict(client.post(f"/orders/{order_id}/amendments", body, if_match='"1.0"').body)


def warnings(client: Client, order_id: str, way: str = "amendments", reason: str = "customer_request") -> list[str]:
    """Of a dry run of an amendment, an exchange, a cancellation or a settlement."""
    edits = [{"op": "cancel_line", "line_id": "l1", "quantity": 1}, {"op": "add_line", "sku": "MUG-RED", "quantity": 1}]
    bodies = {"amendments": {"edits": [TWO]}, "exchanges": {"edits": edits}}
    body = {"reason_code": reason} | bodies.get(way, {})
    return list(client.post(f"/orders/{order_id}/{way}?dry_run=true", body).body["warnings"])


WAYS = {
    "amendments": "wrong_item",
    "exchanges": "wrong_item",
    "cancellations": "wrong_item",
    "settlements": "overpayment",
}


def test_staff_is_warned_of_a_customers_open_change(agent: Client, customer: Client, order_id: str) -> None:
    change = draft(customer, order_id, "customer_request")["change_id"]
    words = f"Amendment {change}, asked for by the customer, is open on this order (draft): until it has ended, this "
    for way, reason in WAYS.items():
        assert f"{words}cannot start." in warnings(agent, order_id, way, reason), way


def test_staff_is_told_that_it_makes_way(agent: Client, customer: Client, order_id: str) -> None:
    change = draft(customer, order_id, "customer_request")["change_id"]
    told = warnings(agent, order_id, "cancellations", "fraud")
    words = f"Amendment {change}, asked for by the customer, is open on this order (draft)"
    assert told == [f"{words}: it is ended to make way for this."]
    assert cancel(agent, order_id, asked(reason_code="fraud")).status == 201


def test_staff_is_told_that_a_guarded_change_makes_no_way(agent: Client, order_id: str) -> None:
    draft(agent, order_id, "legal_compliance")
    told = warnings(agent, order_id, "cancellations", "fraud")
    assert "asked for by staff for a reason of fraud or law, is open" in told[0]
    assert "cannot start" in told[0]
    assert cancel(agent, order_id, asked(reason_code="fraud")).code == "change-open"


@pytest.mark.parametrize("reason", ["wrong_item", "legal_compliance"])
def test_a_customer_is_warned_of_staffs_change_and_reads_nothing_of_it(
    agent: Client, customer: Client, order_id: str, reason: str
) -> None:
    draft(agent, order_id, reason)
    for way in ("amendments", "exchanges", "cancellations", "settlements"):
        told = warnings(customer, order_id, way)
        assert told[-1:] == ["Customer service is changing this order: until they are done, this cannot start."], way


def test_a_customer_is_warned_of_what_waits_for_their_answer(agent: Client, customer: Client, order_id: str) -> None:
    assert cancel(agent, order_id, one(reason_code="wrong_item")).body["waiting_for"] == "customer"
    assert "waits for your answer" in warnings(customer, order_id)[0]


def test_a_customer_is_warned_of_their_own_open_change(customer: Client, agent: Client, order_id: str) -> None:
    change = draft(customer, order_id, "customer_request")
    words = f"Your amendment {change['change_id']} is still open"
    assert warnings(customer, order_id) == [f"{words} (draft): finish or end it first."]
    path = f"/orders/{order_id}/amendments/{change['change_id']}"
    agent.send("PUT", path, {"reason_code": "wrong_item", "edits": [TWO]}, if_match='"1.0"')
    assert warnings(customer, order_id)[0].startswith(f"{words}, as customer service has changed it")


def test_an_undo_warns_too(agent: Client, order_id: str) -> None:
    path, body = f"/orders/{order_id}/amendments", {"reason_code": "wrong_item", "edits": [TWO]}
    digest = agent.post(f"{path}?dry_run=true", body).body["digest"]
    change = agent.post(path, body | {"accept": {"digest": digest}}, if_match='"1.0"').body["change_id"]
    etag = agent.get(f"/orders/{order_id}").headers["ETag"]
    agent.post(path, body | {"edits": [TWO | {"quantity": 1}]}, if_match=etag)
    plan = agent.post(f"{path}/{change}/undo?dry_run=true").body
    assert "asked for by staff, is open on this order (draft)" in plan["warnings"][0]


def test_the_warning_moves_no_digest_and_is_gone_with_the_change(
    agent: Client, customer: Client, order_id: str
) -> None:
    before = preview(agent, order_id, one(reason_code="wrong_item"))
    change = draft(customer, order_id, "customer_request")
    during = preview(agent, order_id, one(reason_code="wrong_item"))
    customer.post(f"/orders/{order_id}/amendments/{change['change_id']}/undo", {}, if_match='"1.0"')
    assert preview(agent, order_id, one(reason_code="wrong_item"))["warnings"] == before["warnings"]
    assert (during["digest"], len(during["warnings"])) == (before["digest"], len(before["warnings"]) + 1)
