"""The steps of letters, wired."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from functions.mail.handler import handler as mail
from tests.fakes import World
from tests.fakes.confirmations import a_waiting_change, confirmed
from tests.unit.functions.stories import a_paid_order

CONTEXT: Any = SimpleNamespace()


@pytest.mark.parametrize("step", ["ask", "remind"])
def test_a_step_that_asks_keeps_the_token_and_writes_where_to_answer(world: World, step: str) -> None:
    change = a_waiting_change(world.services, a_paid_order(world))
    event = {"step": step, "change_id": change.change_id, "order_id": change.order_id, "round": 1, "task_token": "t1"}

    assert mail(event, CONTEXT) == {}

    (letter,) = world.mail.sent
    assert world.memory.tokens == {(change.change_id, 1): "t1"}
    assert "https://portal.example/confirmations/" in letter.text


def test_a_step_that_tells_writes_of_nothing_that_has_not_settled(world: World) -> None:
    change = confirmed(world.services, a_waiting_change(world.services, a_paid_order(world)))
    refund_id = change.refunds[0].refund_id
    event = {"step": "tell", "refund_id": refund_id, "change_id": change.change_id, "order_id": change.order_id}

    assert mail(event, CONTEXT) == {}

    assert world.mail.sent == []


def test_a_step_that_we_do_not_know_fails_loudly(world: World) -> None:
    with pytest.raises(ValueError, match="unknown step"):
        mail({"step": "sing"}, CONTEXT)


def test_a_step_that_tells_of_a_cancellation_writes_once_and_only_where_no_refund_follows(world: World) -> None:
    change = confirmed(world.services, a_waiting_change(world.services, a_paid_order(world)))
    event = {"step": "tell_cancelled", "change_id": change.change_id, "order_id": change.order_id}
    assert mail(event, CONTEXT) == {}
    assert world.mail.sent == []
    world.memory.changes[change.change_id] = replace(change, refunds=())
    for _ in range(2):
        mail(event, CONTEXT)
    (letter,) = world.mail.sent
    assert letter.key == f"{change.change_id}/cancelled"
    assert letter.subject == "We have cancelled a part of your order D-1"
