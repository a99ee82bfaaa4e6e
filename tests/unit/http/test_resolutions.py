"""What fell out is ended by an operator; what only people can pay is settled by their word."""

import copy
from typing import Any

import pytest

from shared.usecases.refunding.settle_refund import RefundAddress, fail_refund, leave_unknown, settle_refund
from tests.fakes import World
from tests.unit.http.cancelling import asked, cancel, usd
from tests.unit.http.client import Client, example

NOT_PAID = {"refund_id": "r", "outcome": "not_paid"}


def _says(words: Any) -> dict[str, Any]:
    return {"outcome": "failed", "note": "x", "gateway_says": words}


PAID = {"reference": "SEPA-4711", "note": "by bank transfer"}


@pytest.fixture
def change(agent: Client, order_id: str) -> dict[str, Any]:
    """A cancelled order: its refund of 32.40 is on its way."""
    return dict(cancel(agent, order_id, asked()).body)


def refund_of(change: dict[str, Any]) -> RefundAddress:
    refund_id = change["refunds"][0]["refund_id"]
    return RefundAddress(refund_id=refund_id, change_id=change["change_id"], order_id=change["order_id"])


def resolutions(change: dict[str, Any]) -> str:
    return f"/changes/{change['change_id']}/resolutions"


def settlements(change: dict[str, Any]) -> str:
    return f"/changes/{change['change_id']}/refunds/{change['refunds'][0]['refund_id']}/settlements"


@pytest.fixture
def fallen(world: World, change: dict[str, Any]) -> dict[str, Any]:
    fail_refund(world.services, refund_of(change), "the card is closed")
    return change


def payment(agent: Client, order_id: str) -> Any:
    return agent.get(f"/orders/{order_id}").body["payments"][0]


def acknowledged(service: Client, change: dict[str, Any]) -> Any:
    """The change after each department has said that it is done."""
    said = None
    for department in change["plan"]["departments"]:
        word = {"department": department, "outcome": "done"}
        said = service.post(f"/changes/{change['change_id']}/acknowledgements", word)
    return said.body if said else None


def test_a_fallout_that_was_mended_by_hand_is_completed(operator: Client, agent: Client, fallen: Any) -> None:
    assert agent.get(f"/changes/{fallen['change_id']}").body["waits"][-1]["party"] == "operator"
    done = operator.post(resolutions(fallen), {"outcome": "completed", "note": "paid by cheque"})
    assert (done.status, done.body["status"], done.body["refunds"][0]["status"]) == (200, "completed", "settled")
    assert done.body["timeline"][-1]["note"] == "paid by cheque"
    assert payment(agent, fallen["order_id"])["refunded"] == usd("32.40")
    again = operator.post(resolutions(fallen), {"outcome": "completed", "note": "again"})
    assert (again.status, again.code) == (409, "not-fallen-out")


def test_a_fallout_that_is_given_up_frees_what_was_set_aside(
    operator: Client, finance: Client, agent: Client, fallen: Any
) -> None:
    done = operator.post(resolutions(fallen), {"outcome": "failed", "note": "unknown account"})
    assert (done.body["status"], done.body["refunds"][0]["status"]) == ("failed", "failed")
    kept = payment(agent, fallen["order_id"])
    assert (kept["refunded"], "refunding" in kept) == (usd("0.00"), False)
    late = finance.post(settlements(fallen), PAID)
    assert (late.status, late.code) == (409, "illegal-transition")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"outcome": "completed"}, "missing-field", "/note"),
        ({"outcome": "completed", "note": ""}, "empty-value", "/note"),
        ({"outcome": "completed", "note": "n" * 2001}, "too-long", "/note"),
        ({"outcome": "done", "note": "x"}, "unknown-value", "/outcome"),
        ({"outcome": "failed", "note": "x", "by": "me"}, "unknown-field", "/by"),
        ({"outcome": "failed", "note": "x", "gateway_checked": True}, "unknown-field", "/gateway_checked"),
        (_says("r"), "wrong-type", "/gateway_says"),
        (_says(["r"]), "wrong-type", "/gateway_says/0"),
        (_says([{"outcome": "not_paid"}]), "missing-field", "/gateway_says/0/refund_id"),
        (_says([{"refund_id": "r"}]), "missing-field", "/gateway_says/0/outcome"),
        (_says([{"refund_id": "r", "outcome": "maybe"}]), "unknown-value", "/gateway_says/0/outcome"),
        (_says([{"refund_id": "r", "outcome": "paid"}]), "gateway-reference", "/gateway_says/0"),
        (_says([{"refund_id": "r", "outcome": "not_paid", "reference": "g"}]), "gateway-reference", "/gateway_says/0"),
        (_says([NOT_PAID, NOT_PAID]), "gateway-says-twice", ""),
        (_says([NOT_PAID]), "unknown-refund", "/gateway_says"),
    ],
)
def test_a_bad_resolution_is_refused_and_changes_nothing(
    world: World, operator: Client, fallen: Any, body: Any, code: str, pointer: str
) -> None:
    before = copy.deepcopy(world.memory)
    reply = operator.post(resolutions(fallen), body)
    assert (reply.status, reply.code, reply.pointers) == (422, code, [pointer])
    assert world.memory == before


def test_a_refund_that_may_have_been_paid_is_resolved_with_what_the_gateway_says(
    world: World, operator: Client, agent: Client, change: Any
) -> None:
    leave_unknown(world.services, refund_of(change), "GatewayUnavailable")
    assert agent.get(f"/changes/{change['change_id']}").body["refunds"][0]["status"] == "unknown"
    world.gateway.away = True
    body = {"outcome": "failed", "note": "x"}
    refused = operator.post(resolutions(change), body)
    assert (refused.status, refused.code, refused.pointers) == (409, "refund-under-way", ["/gateway_says"])
    said = {"refund_id": change["refunds"][0]["refund_id"], "outcome": "paid", "reference": "gw-7"}
    done = operator.post(resolutions(change), body | {"gateway_says": [said]})
    assert (done.status, done.body["refunds"][0]["status"], done.body["refunds"][0]["reference"]) == (
        200,
        "settled",
        "gw-7",
    )
    assert payment(agent, change["order_id"])["refunded"] == usd("32.40")


def test_what_was_paid_a_second_time_is_reported_on_a_settled_refund(
    world: World, finance: Client, agent: Client, change: Any
) -> None:
    settle_refund(world.services, refund_of(change), "gw-1")
    assert finance.post(settlements(change), PAID).code == "refund-settled"
    done = finance.post(settlements(change), PAID | {"paid_as_well": True})
    assert (done.status, done.body["status"]) == (200, "fallout")
    assert done.body["timeline"][-1]["by"] == "inflight"
    assert world.memory.entries[change["order_id"]][-1].by == "usr-finance"
    assert payment(agent, change["order_id"])["refunded"] == usd("32.40")


def test_a_change_that_has_not_fallen_out_is_not_resolved(operator: Client, change: Any) -> None:
    reply = operator.post(resolutions(change), {"outcome": "failed", "note": "x"})
    assert (reply.status, reply.code) == (409, "not-fallen-out")


def test_a_refund_that_failed_is_paid_by_hand_and_completes_the_change(
    world: World, finance: Client, agent: Client, service: Client, fallen: Any
) -> None:
    done = finance.post(settlements(fallen), PAID)
    refund = done.body["refunds"][0]
    assert (done.status, refund["status"], refund["reference"]) == (200, "settled", "SEPA-4711")
    assert done.body["timeline"][-1]["by"] == "usr-finance"
    assert done.body["timeline"][-1]["note"].endswith("settled: by bank transfer")
    assert payment(agent, fallen["order_id"])["refunded"] == usd("32.40")
    assert [event.type for event in world.memory.events][-1] == "RefundSettled"
    assert world.memory.entries[fallen["order_id"]][-1].by == "usr-finance"
    assert acknowledged(service, fallen)["status"] == "completed"


def test_the_same_report_again_changes_nothing_and_another_is_refused(
    world: World, finance: Client, operator: Client, fallen: Any
) -> None:
    first = finance.post(settlements(fallen), PAID)
    before = copy.deepcopy(world.memory)
    assert operator.post(settlements(fallen), PAID).body == first.body
    other = operator.post(settlements(fallen), {"reference": "SEPA-4712"})
    assert (other.status, other.code) == (409, "refund-settled")
    assert world.memory == before


def test_a_gateway_that_settles_it_after_all_is_faster(
    world: World, finance: Client, agent: Client, fallen: Any
) -> None:
    def the_gateway() -> None:
        settle_refund(world.services, refund_of(fallen), "gw-1")

    world.memory.before_write = the_gateway
    assert finance.post(settlements(fallen), PAID).code == "refund-settled"
    assert payment(agent, fallen["order_id"])["refunded"] == usd("32.40")


def test_a_refund_that_its_gateway_has_under_way_is_not_paid_twice(world: World, finance: Client, change: Any) -> None:
    before = copy.deepcopy(world.memory)
    for body in (PAID, PAID | {"gateway_says": "not_paid"}):
        reply = finance.post(settlements(change), body)
        assert (reply.status, reply.code) == (409, "refund-under-way")
        assert world.memory == before


def test_a_refund_that_its_gateway_has_settled_is_not_paid_again(world: World, finance: Client, change: Any) -> None:
    settle_refund(world.services, refund_of(change), "gw-1")
    assert finance.post(settlements(change), PAID).code == "refund-settled"


@pytest.mark.parametrize("gateway", ["manual", "bank_transfer"])
def test_a_refund_that_only_people_can_make_is_settled_by_their_word(
    service: Client, agent: Client, finance: Client, gateway: str
) -> None:
    paid = example("order-direct")["payments"][0] | {"gateway": gateway, "method": "bank_transfer"}
    order_id = service.post("/orders", example("order-direct") | {"payments": [paid]}).body["order_id"]
    change = cancel(agent, order_id, asked()).body
    assert finance.post(settlements(change), PAID).body["refunds"][0]["status"] == "settled"
    assert payment(agent, order_id)["refunded"] == usd("32.40")


@pytest.mark.parametrize("body", [PAID, {}, "{nope"])
def test_an_unknown_refund_is_not_found_before_the_body_is_read(finance: Client, change: Any, body: Any) -> None:
    reply = finance.post(f"/changes/{change['change_id']}/refunds/ref_nowhere/settlements", body)
    assert (reply.status, reply.code) == (404, "refund-not-found")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "missing-field", "/reference"),
        ({"reference": ""}, "empty-value", "/reference"),
        (PAID | {"amount": "1.00"}, "unknown-field", "/amount"),
        (PAID | {"gateway_says": "maybe"}, "unknown-value", "/gateway_says"),
        (PAID | {"gateway_says": ["paid"]}, "unknown-value", "/gateway_says"),
        (PAID | {"paid_as_well": "perhaps"}, "wrong-type", "/paid_as_well"),
    ],
)
def test_a_bad_settlement_is_refused(finance: Client, fallen: Any, body: Any, code: str, pointer: str) -> None:
    reply = finance.post(settlements(fallen), body)
    assert (reply.status, reply.code, reply.pointers) == (422, code, [pointer])
