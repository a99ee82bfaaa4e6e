"""The steps that state machines call, and the sweep."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from functions.approval_worker.handler import handler as ask
from functions.refund.handler import handler as refund
from functions.sweep.handler import handler as sweep
from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.ports.gateways import GatewayDeclined, GatewayUnavailable, GatewayUnknown
from tests.fakes import World
from tests.fakes.confirmations import a_waiting_change
from tests.unit.functions.stories import DEARER, FEWER, a_paid_order, accepted

CONTEXT: Any = SimpleNamespace(function_name="sweep", get_remaining_time_in_millis=lambda: 50_000)


def test_asking_keeps_the_token_of_the_waiting_execution(world: World) -> None:
    change = accepted(world, a_paid_order(world), DEARER)
    event = {"step": "ask", "change_id": change.change_id, "order_id": change.order_id, "round": 1, "task_token": "t1"}
    assert ask(event, CONTEXT) == {}
    assert world.memory.tokens == {(change.change_id, 1): "t1"}


def test_a_step_that_the_machines_do_not_have_is_an_error(world: World) -> None:
    with pytest.raises(ValueError, match="unknown step expire"):
        ask({"step": "expire", "change_id": "chg_1", "order_id": "ord_1", "round": 1}, CONTEXT)


def test_a_refund_is_paid_then_settled_and_paying_twice_pays_once(world: World) -> None:
    change = accepted(world, a_paid_order(world), FEWER)
    named = {
        "refund_id": change.refunds[0].refund_id,
        "change_id": change.change_id,
        "order_id": change.order_id,
        "payment_id": "pay-1",
    }
    paid = refund({"step": "pay", **named}, CONTEXT)
    assert refund({"step": "pay", **named}, CONTEXT) == paid
    assert refund({"step": "settle", **named, "paid": paid}, CONTEXT) == {}
    assert len(world.gateway.payments) == 1
    assert world.memory.changes[change.change_id].refunds[0].status == "settled"


@pytest.mark.parametrize("trouble", [GatewayUnavailable, GatewayUnknown, GatewayDeclined])
def test_a_gateway_s_trouble_reaches_the_machine_by_its_name(world: World, trouble: type[Exception]) -> None:
    change = accepted(world, a_paid_order(world), FEWER)
    world.gateway.troubles.append(("before", trouble()))
    named = {"refund_id": change.refunds[0].refund_id, "change_id": change.change_id, "order_id": change.order_id}
    with pytest.raises(trouble):
        refund({"step": "pay", **named}, CONTEXT)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (
            {"Error": "GatewayDeclined", "Cause": '{"errorMessage": "card closed"}'},
            "failed: GatewayDeclined: card closed;",
        ),
        ({"Error": "GatewayUnknown", "Cause": "not JSON"}, "(GatewayUnknown);"),
        ({"Error": "GatewayUnknown", "Cause": "[]"}, "(GatewayUnknown);"),
        ({"Error": "GatewayUnavailable", "Cause": '{"errorMessage": "down"}'}, "(GatewayUnavailable: down);"),
        ({"Error": "States.Timeout"}, "(States.Timeout);"),
        ({"Error": "ValueError", "Cause": '{"errorMessage": "ada@example.com"}'}, "(ValueError);"),
    ],
)
def test_a_refund_that_cannot_be_made_falls_out_in_words_of_ours(
    world: World, failure: dict[str, str], words: str
) -> None:
    change = accepted(world, a_paid_order(world), FEWER)
    named = {"refund_id": change.refunds[0].refund_id, "change_id": change.change_id, "order_id": change.order_id}
    refund({"step": "fall_out", **named, "failure": failure}, CONTEXT)
    after = world.memory.changes[change.change_id]
    declined = failure["Error"] == "GatewayDeclined"
    assert (after.status, after.refunds[0].status) == (ChangeStatus.FALLOUT, "failed" if declined else "unknown")
    note = after.timeline[-1].note or ""
    assert words in note
    assert ("may have been paid: look at the gateway first" in note) is not declined
    assert bool(world.events("RefundFailed")) is declined


def test_an_attempt_after_another_says_so_to_the_gateway_that_cannot_be_asked(world: World) -> None:
    """Adyen knows nothing of a refund when it is asked: a refusal after a lost answer is no proof."""
    change = on_adyen(world, accepted(world, a_paid_order(world), FEWER))
    named = {"refund_id": change.refunds[0].refund_id, "change_id": change.change_id, "order_id": change.order_id}
    world.gateway.troubles = [("before", GatewayDeclined("401")), ("before", GatewayDeclined("401"))]
    with pytest.raises(GatewayUnknown, match="401; but an earlier attempt may have been taken"):
        refund({"step": "pay", **named, "attempt": 1}, CONTEXT)
    with pytest.raises(GatewayDeclined):
        refund({"step": "pay", **named, "attempt": 0}, CONTEXT)


def on_adyen(world: World, change: Change) -> Change:
    order = world.memory.orders[change.order_id]
    payments = tuple(replace(payment, gateway="adyen") for payment in order.payments)
    world.memory.orders[order.order_id] = replace(order, payments=payments)
    world.gateways.gateways["adyen"] = world.gateway
    return change


def test_a_question_books_what_the_gateway_answers(world: World) -> None:
    change = accepted(world, a_paid_order(world), FEWER)
    named = {"refund_id": change.refunds[0].refund_id, "change_id": change.change_id, "order_id": change.order_id}
    world.gateway.troubles = [("after", GatewayUnknown())]
    with pytest.raises(GatewayUnknown):
        refund({"step": "pay", **named}, CONTEXT)
    refund({"step": "fall_out", **named, "failure": {"Error": "GatewayUnavailable"}}, CONTEXT)
    assert refund({"step": "ask", **named}, CONTEXT) == {"status": "settled"}
    assert len(world.gateway.payments) == 1


def test_a_refund_that_is_reported_later_waits_with_its_token(world: World) -> None:
    change = accepted(world, a_paid_order(world), FEWER)
    world.gateway.pending = True
    named = {"refund_id": change.refunds[0].refund_id, "change_id": change.change_id, "order_id": change.order_id}
    assert refund({"step": "pay", **named}, CONTEXT)["status"] == "pending"
    assert refund({"step": "wait", **named, "task_token": "t1"}, CONTEXT) == {}
    assert refund({"step": "look", **named}, CONTEXT)["status"] == "pending"
    assert world.services.changes.refund_token(change.change_id, named["refund_id"]) == "t1"
    refund({"step": "settle", **named, "paid": {"reference": "gw-1"}}, CONTEXT)
    refund({"step": "wait", **named, "task_token": "t2"}, CONTEXT)
    assert world.workflows.answered == {"t2": "settled"}


def test_a_step_that_we_do_not_know_fails_loudly(world: World) -> None:
    named = {"refund_id": "r", "change_id": "c", "order_id": "o"}
    with pytest.raises(ValueError, match="unknown step"):
        refund({"step": "dance", **named}, CONTEXT)
    with pytest.raises(ValueError, match="unknown step"):
        ask({"step": "dance", **named}, CONTEXT)


def test_the_sweep_expires_what_is_due_and_publishes_what_the_stream_lost(world: World) -> None:
    accepted(world, a_paid_order(world), DEARER)
    world.clock.passes(hours=25)
    assert sweep({}, CONTEXT) == {"expired": 1, "published": 2, "finished": 0, "fallen": 0}
    assert sweep({}, CONTEXT) == {"expired": 0, "published": 0, "finished": 0, "fallen": 0}
    world.clock.passes(minutes=3)
    assert sweep({}, CONTEXT) == {"expired": 0, "published": 1, "finished": 0, "fallen": 0}
    assert world.bus.published == world.memory.events


def test_the_approval_machine_is_told_who_is_waited_for_and_how_long(world: World) -> None:
    change = accepted(world, a_paid_order(world), DEARER)
    event = {"step": "look", "change_id": change.change_id, "order_id": change.order_id, "round": 1}
    look = ask(event, CONTEXT)
    assert (look["waits"], look["seconds"]) == (True, 4 * 3600)
    assert "Waits for a manager" in look["words"]
    assert ask({**event, "round": 2}, CONTEXT)["decision"] == "closed"


def test_the_confirmation_machine_is_told_which_letter_is_due_and_how_long_to_wait(world: World) -> None:
    change = a_waiting_change(world.services, a_paid_order(world))
    event = {"step": "look_for_answer", "change_id": change.change_id, "order_id": change.order_id, "round": 1}
    look = ask(event, CONTEXT)
    words = look.pop("words")
    assert look == {"waits": True, "seconds": 86_400, "letter": "ask", "decision": "none"}
    assert "Waits for the customer, who has been asked." in words
    world.clock.passes(hours=24)
    assert "has been reminded" in ask(event, CONTEXT)["words"]
    world.clock.passes(hours=24)
    over = ask(event, CONTEXT)
    assert (over["waits"], over["decision"]) == (False, "expired")
