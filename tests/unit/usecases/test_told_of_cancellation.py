"""A letter follows every cancellation: of the refund where there is one, else of the cancellation itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.change.states import ChangeStatus
from shared.ports.mail import MailFailed
from shared.usecases.cancelling.tell_cancelled import tell_cancelled
from shared.usecases.publishing.start_workflows import steer_workflows
from shared.usecases.sweeping.resume_changes import resume_changes
from tests.fakes import World, an_order
from tests.fakes.builders import OrderBuilder
from tests.unit.usecases.stories import live, taken
from tests.unit.usecases.test_undoing import cancelled

MUGS = an_order().with_line("MUG", 3, 1000)


def steered(world: World) -> set[str]:
    """The executions that the news so far has started."""
    for event in world.memory.events:
        steer_workflows(world.workflows, world.services.changes, event)
    return set(world.workflows.started)


@pytest.mark.parametrize(("order", "letter"), [(MUGS, True), (MUGS.authorised(), True), (MUGS.paid(), False)])
def test_a_cancellation_without_a_refund_has_a_letter_of_its_own(
    world: World, order: OrderBuilder, letter: bool
) -> None:
    change = cancelled(world, taken(world, order))
    assert (f"{change.change_id}-letter" in steered(world)) is letter
    tell_cancelled(world.services, world.mail, change.change_id, change.order_id)
    assert len(world.mail.sent) == letter


def test_the_letter_says_what_was_cancelled_and_that_no_money_comes(world: World) -> None:
    change = cancelled(world, taken(world, MUGS))
    tell_cancelled(world.services, world.mail, change.change_id, change.order_id)
    (letter,) = world.mail.sent
    assert letter.subject == "We have cancelled your order D-1"
    assert "- Cancelled: 3 × Mug" in letter.text
    assert "- Refund: none" in letter.text


def test_a_letter_is_sent_once_and_again_only_if_it_failed(world: World) -> None:
    change = cancelled(world, taken(world, MUGS))
    world.mail.troubles = [MailFailed("the mail is down")]
    with pytest.raises(MailFailed):
        tell_cancelled(world.services, world.mail, change.change_id, change.order_id)
    for _ in range(2):
        tell_cancelled(world.services, world.mail, change.change_id, change.order_id)
    assert len(world.mail.sent) == 1


def test_nobody_is_told_without_an_address_nor_of_what_is_not_committed(world: World) -> None:
    order = taken(world, MUGS)
    change = cancelled(world, order)
    waits = replace(change, status=ChangeStatus.PENDING_APPROVAL)
    world.memory.changes[change.change_id] = waits
    tell_cancelled(world.services, world.mail, change.change_id, change.order_id)
    world.memory.changes[change.change_id] = change
    nameless = replace(live(world, order), customer=replace(order.customer, email=None))
    world.memory.orders[order.order_id] = nameless
    tell_cancelled(world.services, world.mail, change.change_id, change.order_id)
    assert world.mail.sent == []


def test_a_letter_that_the_stream_lost_is_started_by_the_sweep(world: World) -> None:
    change = cancelled(world, taken(world, MUGS))
    world.clock.passes(minutes=timedelta(minutes=3).seconds // 60)
    resume_changes(world.services, world.workflows)
    assert f"{change.change_id}-letter" in world.workflows.started


NO_ADDRESSES = ["ada@example.com,eve@evil.example", "Ada <ada@example.com>", "ada@example.com\nBcc: e@x.example"]


@pytest.mark.parametrize("email", NO_ADDRESSES)
def test_no_letter_goes_to_what_is_no_plain_address(world: World, email: str) -> None:
    """An order that was taken before every door looked at it."""
    change = cancelled(world, taken(world, MUGS))
    order = world.memory.orders[change.order_id]
    world.memory.orders[order.order_id] = replace(order, customer=replace(order.customer, email=email))
    tell_cancelled(world.services, world.mail, change.change_id, change.order_id)
    assert not world.mail.sent
