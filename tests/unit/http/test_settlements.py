"""Giving back what is overpaid over HTTP: proposed, previewed, asked for, approved; every bad input refused."""

import copy
from typing import Any

import pytest

from tests.fakes import World
from tests.unit.http.cancelling import asked, preview, usd
from tests.unit.http.client import Client

DIGEST = {"digest": "0" * 64}


def path_of(order_id: str) -> str:
    return f"/orders/{order_id}/settlements"


def body(**more: Any) -> dict[str, Any]:
    return {"reason_code": "overpayment"} | more


@pytest.fixture
def overpaid(service: Client, order_id: str) -> str:
    """The order of 32.40, paid twice."""
    payment = {"payment_id": "pay-2", "method": "card", "gateway": "sandbox", "reference": "R-2", "status": "captured"}
    service.post(f"/orders/{order_id}/payments", payment | {"captured": usd("32.40")})
    return order_id


def settle(client: Client, order_id: str, sent: Any) -> Any:
    return client.post(path_of(order_id), sent, if_match=client.get(f"/orders/{order_id}").headers["ETag"])


def decide(client: Client, change: dict[str, Any]) -> Any:
    body = {"decision": "approve", "digest": change["plan"]["digest"]}
    return client.post(f"/changes/{change['change_id']}/decisions", body)


def test_an_order_and_every_plan_that_leaves_it_overpaid_propose_a_settlement(agent: Client, overpaid: str) -> None:
    proposed = {"amount": usd("32.40"), "method": "POST", "path": path_of(overpaid)}
    assert agent.get(f"/orders/{overpaid}").body["settlement"] == proposed
    assert preview(agent, overpaid, asked(reason_code="duplicate_order"))["settlement"] == proposed
    etag = agent.get(f"/orders/{overpaid}").headers["ETag"]
    sent = asked(reason_code="duplicate_order")
    change = agent.post(f"/orders/{overpaid}/cancellations", sent, if_match=etag).body
    assert change["plan"]["settlement"] == proposed
    assert ("agent", "give 32.40 USD back by a settlement: that much is overpaid") in [
        (wait["party"], wait["words"]) for wait in change["waits"]
    ]


def test_a_customer_reads_how_much_is_overpaid_and_no_proposal(customer: Client, agent: Client, overpaid: str) -> None:
    assert customer.get(f"/orders/{overpaid}").body["settlement"] == {"amount": usd("32.40")}
    assert preview(customer, overpaid, asked())["settlement"] == {"amount": usd("32.40")}


def test_an_order_that_is_paid_once_proposes_none(agent: Client, order_id: str) -> None:
    assert "settlement" not in agent.get(f"/orders/{order_id}").body
    assert "settlement" not in preview(agent, order_id, asked())


def test_a_preview_shows_the_refund_and_keeps_nothing(world: World, agent: Client, overpaid: str) -> None:
    before = copy.deepcopy(world.memory)
    plan = agent.post(f"{path_of(overpaid)}?dry_run=true", body()).body
    assert (plan["kind"], plan["violations"], plan["lines"], plan["delta"]) == ("settlement", [], [], usd("0.00"))
    assert plan["refunds"] == [{"payment_id": "pay-2", "method": "card", "amount": usd("32.40")}]
    assert [needed["role"] for needed in plan["approvals"]] == ["manager"]
    assert "settlement" not in plan
    assert world.memory == before


def test_it_is_asked_for_approved_and_refunded(agent: Client, manager: Client, overpaid: str) -> None:
    seen = agent.post(f"{path_of(overpaid)}?dry_run=true", body()).body
    change = settle(agent, overpaid, body(accept={"digest": seen["digest"]})).body
    assert (change["kind"], change["status"], change["waiting_for"]) == ("settlement", "pending_approval", "manager")
    assert change["edits"] == [{"op": "settle"}]
    assert [row["change_id"] for row in manager.get("/changes?waiting_for=manager").body["items"]] == [
        change["change_id"]
    ]
    done = decide(manager, change).body
    assert (done["status"], [refund["amount"] for refund in done["refunds"]]) == ("committed", [usd("32.40")])
    order = agent.get(f"/orders/{overpaid}").body
    assert (order["version"], order["totals"]["balance_due"], "settlement" in order) == (2, usd("0.00"), False)


def test_a_settlement_needs_the_version_that_it_is_for(agent: Client, overpaid: str) -> None:
    assert agent.post(path_of(overpaid), body()).code == "precondition-required"
    assert agent.post(path_of(overpaid), body(), if_match='"1.0"').code == "stale-version"


def test_a_settlement_is_withdrawn_on_its_own_path(agent: Client, overpaid: str) -> None:
    change = settle(agent, overpaid, body()).body
    etag = agent.get(f"/orders/{overpaid}").headers["ETag"]
    cancelling = f"/orders/{overpaid}/cancellations/{change['change_id']}/withdraw"
    assert agent.post(cancelling, if_match=etag).code == "other-kind"
    done = agent.post(f"{path_of(overpaid)}/{change['change_id']}/withdraw", if_match=etag)
    assert (done.status, done.body["status"]) == (200, "withdrawn")


BAD: list[tuple[Any, str, str]] = [
    ({}, "missing-reason", "/reason_code"),
    (body(reason_code="item_defect"), "unknown-reason", "/reason_code"),
    (body(amount=usd("32.41")), "settlement-over-balance", "/amount"),
    (body(amount=usd("0.00")), "nothing-changes", "/amount"),
    (body(amount=usd("-1.00")), "negative-amount", "/amount/amount"),
    (body(amount=usd("1.001")), "amount-too-precise", "/amount/amount"),
    (body(amount={"amount": 5, "currency": "USD"}), "malformed-amount", "/amount/amount"),
    (body(amount={"amount": "5.00", "currency": "EUR"}), "other-currency", "/amount/currency"),
    (body(amount={"amount": "5.00"}), "missing-field", "/amount/currency"),
    (body(amount="5.00"), "wrong-type", "/amount"),
    (body(amount={"amount": "9" * 19 + ".00", "currency": "USD"}), "amount-too-large", "/amount/amount"),
    (body(payment_id="pay-9"), "unknown-payment", "/payment_id"),
    (body(payment_id=""), "empty-value", "/payment_id"),
    (body(payment_id=2), "wrong-type", "/payment_id"),
    (body(payment_id=["pay-2"]), "wrong-type", "/payment_id"),
    (body(amount=usd("32.41"), payment_id="pay-1"), "settlement-over-balance", "/amount"),
    (body(lines=[{"line_id": "l1"}]), "unknown-field", "/lines"),
    (body(accept={}), "missing-field", "/accept/digest"),
    (body(accept="x"), "wrong-type", "/accept"),
]


@pytest.mark.parametrize(("sent", "code", "pointer"), BAD)
def test_a_bad_settlement_is_refused_where_it_is_wrong_and_changes_nothing(
    world: World, agent: Client, overpaid: str, sent: Any, code: str, pointer: str
) -> None:
    before = copy.deepcopy(world.memory.orders)
    reply = settle(agent, overpaid, sent)
    assert (reply.status, reply.code, reply.pointers[0]) == (422, code, pointer)
    assert world.memory.orders == before


def test_another_digest_than_that_of_the_plan_gives_the_fresh_plan(agent: Client, overpaid: str) -> None:
    reply = settle(agent, overpaid, body(accept=DIGEST))
    assert (reply.status, reply.code) == (409, "plan-changed")
    assert reply.body["plan"]["refunds"][0]["amount"] == usd("32.40")


def test_nothing_is_settled_where_nothing_is_overpaid(agent: Client, order_id: str) -> None:
    assert settle(agent, order_id, body()).code == "settlement-over-balance"
