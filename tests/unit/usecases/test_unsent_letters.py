"""The mail is down for longer than an execution tries: the sweep starts another one, until the letter has gone out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.ses import SesMail
from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.ports.mail import Letter, MailFailed
from shared.usecases.confirming.ask_customer import Post, WaitingExecution, ask_customer
from shared.usecases.sweeping.resume_changes import resume_changes
from shared.usecases.sweeping.unsent_letters import AGAIN, attempt_due
from tests.fakes import World, a_world
from tests.fakes.confirmations import a_waiting_change
from tests.unit.functions.stories import a_paid_order


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def change(world: World) -> Change:
    """It waits for its customer, whose letter could not be sent: the execution is over, and its token spent."""
    change = a_waiting_change(world.services, a_paid_order(world))
    world.mail.troubles.append(MailFailed("Throttled"))
    with pytest.raises(MailFailed):
        asked(world, change, "t1")
    return change


def asked(world: World, change: Change, token: str) -> None:
    post = Post(mail=world.mail, links=world.links, base_url="https://portal.example")
    ask_customer(
        world.services, world.workflows, post, WaitingExecution(change_id=change.change_id, round=1, token=token)
    )


def swept(world: World, after: timedelta) -> list[str]:
    """The executions that the sweep starts once so much time has passed."""
    world.clock.passes(seconds=after.total_seconds())
    world.workflows.started.clear()
    resume_changes(world.services, world.workflows)
    return list(world.workflows.started)


def test_a_letter_that_never_went_out_is_asked_for_by_another_execution(world: World, change: Change) -> None:
    assert swept(world, AGAIN - timedelta(minutes=1)) == [], "the first execution may still be trying"
    assert swept(world, timedelta(minutes=1)) == [f"{change.change_id}-1-again-1"]
    assert swept(world, timedelta(minutes=1)) == [f"{change.change_id}-1-again-1"], "the same name: started once"
    assert swept(world, AGAIN) == [f"{change.change_id}-1-again-2"]


def test_once_it_went_out_nothing_is_started_any_more(world: World, change: Change) -> None:
    asked(world, change, "t2")
    assert len(world.mail.sent) == 1
    assert swept(world, AGAIN) == []


def test_a_customer_without_an_address_is_not_written_to_over_and_over(world: World) -> None:
    change = a_waiting_change(world.services, a_paid_order(world))
    order = world.memory.orders[change.order_id]
    world.memory.orders[change.order_id] = replace(order, customer=replace(order.customer, email=None))
    asked(world, change, "t1")
    assert swept(world, AGAIN * 3) == []


def test_attempts_count_from_when_the_change_began_to_wait(world: World, change: Change) -> None:
    now = world.clock.now()
    assert attempt_due(world.services, change, "ask-1", now + AGAIN * 2) == 2
    later = replace(change.timeline[-1], at=now + AGAIN, status=ChangeStatus.PENDING_CONFIRMATION)
    moved = replace(change, timeline=(*change.timeline, later))
    assert attempt_due(world.services, moved, "ask-1", now + AGAIN * 2) == 1


@pytest.mark.parametrize(("named", "told"), [("", {}), ("letters", {"ConfigurationSetName": "letters"})])
def test_a_letter_goes_through_the_configuration_set_that_is_named(named: str, told: dict[str, str]) -> None:
    sent: list[dict[str, Any]] = []

    class Sender:
        def send_email(self, **request: Any) -> dict[str, Any]:
            sent.append(request)
            return {}

    SesMail(Sender(), "orders@inflight.example", named).send(Letter(key="k", to="a@b.example", subject="s", text="t"))
    assert {name: value for name, value in sent[0].items() if name == "ConfigurationSetName"} == told
