"""The customer is asked once, reminded once, told of a refund once; and the execution that waits is always answered."""

from dataclasses import replace

import pytest

from shared.domain.canonical import sha256
from shared.domain.change.change import Change
from shared.domain.change.events import Event, EventType
from shared.domain.change.refund import Refund
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.policy.documents.deadlines import Deadline
from shared.domain.refusal import Refusal
from shared.ports.mail import MailFailed
from shared.usecases.confirming.ask_customer import Post, WaitingExecution, ask_customer, outcome_of, remind_customer
from shared.usecases.confirming.lapse_confirmation import lapse_confirmation
from shared.usecases.core.expire_change import expire_change
from shared.usecases.core.wait_result import Over
from shared.usecases.publishing.start_workflows import steer_workflows
from shared.usecases.refunding.settle_refund import RefundAddress
from shared.usecases.refunding.tell_refunded import tell_refunded
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from shared.usecases.sweeping.resume_changes import resume_changes
from tests.fakes import World, a_world, an_order
from tests.fakes.confirmations import a_waiting_change, closed, confirmed

URL = "https://portal.example"
DAY = 86_400


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def order(world: World) -> Order:
    order = an_order().with_line("MUG", 3, 1000).paid().build()
    world.memory.orders[order.order_id] = order
    return order


@pytest.fixture
def change(world: World, order: Order) -> Change:
    return a_waiting_change(world.services, order)


def ask(world: World, change: Change, execution: str = "t1") -> None:
    wait = WaitingExecution(change_id=change.change_id, round=1, token=execution)
    ask_customer(world.services, world.workflows, post(world), wait)


def remind(world: World, change: Change, execution: str = "t2") -> None:
    wait = WaitingExecution(change_id=change.change_id, round=1, token=execution)
    remind_customer(world.services, world.workflows, post(world), wait)


def post(world: World) -> Post:
    return Post(mail=world.mail, links=world.links, base_url=URL)


def link_in(text: str) -> str:
    (link,) = [line for line in text.splitlines() if line.startswith("https://")]
    return link


# --------------------------------------------------------------------------------------------------------------- asking


def test_asking_keeps_the_token_and_sends_a_letter_with_a_link(world: World, change: Change) -> None:
    ask(world, change)

    (letter,) = world.mail.sent
    assert world.memory.tokens == {(change.change_id, 1): "t1"}
    assert (letter.to, letter.key) == ("ada@example.com", f"{change.change_id}/ask-1")
    assert "Cancelled: 1 × Mug, 2 of 3 left" in letter.text
    assert not world.workflows.answered


def test_a_link_is_kept_by_its_hash_alone_and_bound_to_change_digest_round_and_deadline(
    world: World, change: Change
) -> None:
    ask(world, change)

    address, _, token = link_in(world.mail.sent[0].text).rpartition("/")
    (link,) = world.memory.links.values()
    assert address == f"{URL}/confirmations"
    assert link.token_hash == sha256(token)
    assert token not in repr(world.memory.links)
    assert (link.change_id, link.order_id) == (change.change_id, change.order_id)
    assert (link.digest, link.round, link.expires_at) == (change.plan.digest, 1, change.expires_at)


def test_a_retry_keeps_the_newer_token_and_sends_no_second_letter(world: World, change: Change) -> None:
    ask(world, change, "t1")
    ask(world, change, "t2")
    assert world.memory.tokens == {(change.change_id, 1): "t2"}
    assert len(world.mail.sent) == 1
    assert len(world.memory.links) == 1


def test_a_letter_that_could_not_be_sent_is_sent_by_the_retry(world: World, change: Change) -> None:
    world.mail.troubles.append(MailFailed("Throttling"))
    with pytest.raises(MailFailed):
        ask(world, change)
    ask(world, change, "t2")
    assert len(world.mail.sent) == 1


def test_a_reminder_goes_once_with_a_link_of_its_own(world: World, change: Change) -> None:
    ask(world, change)
    remind(world, change)
    remind(world, change, "t3")

    first, second = world.mail.sent
    assert (second.key, second.subject[:9]) == (f"{change.change_id}/remind-1", "Reminder:")
    assert link_in(first.text) != link_in(second.text)
    assert len(world.memory.links) == 2
    assert world.memory.tokens == {(change.change_id, 1): "t3"}


def test_a_customer_without_an_address_gets_no_letter_and_the_change_waits_all_the_same(world: World) -> None:
    order = an_order().with_line("MUG", 3, 1000).paid().build()
    order = replace(order, customer=replace(order.customer, email=None))
    world.memory.orders[order.order_id] = order
    change = a_waiting_change(world.services, order)

    ask(world, change)

    assert (world.mail.sent, world.memory.links) == ([], {})
    assert world.memory.tokens == {(change.change_id, 1): "t1"}
    assert not world.workflows.answered


@pytest.mark.parametrize("step", [ask, remind])
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (ChangeStatus.COMMITTED, "confirmed"),
        (ChangeStatus.DECLINED, "declined"),
        (ChangeStatus.WITHDRAWN, "closed"),
        (ChangeStatus.EXPIRED, "expired"),
    ],
)
def test_a_step_that_comes_after_the_answer_ends_its_execution_at_once_and_writes_to_nobody(
    world: World, change: Change, step: object, status: ChangeStatus, outcome: str
) -> None:
    if status is ChangeStatus.COMMITTED:
        confirmed(world.services, change)
    else:
        closed(world.services, change, status)

    assert callable(step)
    step(world, change, "late")

    assert world.workflows.answered == {"late": outcome}
    assert world.mail.sent == []


def test_a_round_that_was_followed_by_another_had_been_confirmed(change: Change) -> None:
    """The carrier's round comes after the customer's yes, and its own outcome is not the customer's."""
    later = replace(change, round=2)
    for status in (ChangeStatus.PENDING_CONFIRMATION, ChangeStatus.DECLINED, ChangeStatus.EXPIRED):
        assert outcome_of(replace(later, status=status), 1) == "confirmed"


def test_a_change_that_does_not_exist_is_refused(world: World, change: Change) -> None:
    with pytest.raises(Refusal, match="no change"):
        ask(world, replace(change, change_id="chg_other"))


# ------------------------------------------------------------------------------------------------------------- steering


def event(change: Change, type_: EventType, **data: object) -> Event:
    return Event(
        id="e",
        type=type_,
        version=1,
        occurred_at=change.created_at,
        sequence=1,
        correlation_id="c",
        change_id=change.change_id,
        order_id=change.order_id,
        order_version=1,
        data=dict(data),
    )


def steer(world: World, change: Change, type_: EventType, **data: object) -> None:
    steer_workflows(world.workflows, world.services.changes, event(change, type_, **data))


def test_a_confirmation_asked_of_the_customer_starts_its_execution_once(world: World, change: Change) -> None:
    for asked in [each for each in world.memory.events for _ in range(2)]:
        steer_workflows(world.workflows, world.services.changes, asked)
    assert world.workflows.started == {
        f"{change.change_id}-1": {
            "change_id": change.change_id,
            "order_id": change.order_id,
            "machine": "confirmation",
        }
    }


def test_nothing_waits_for_a_carrier_in_an_execution(world: World, change: Change) -> None:
    steer(world, change, "ConfirmationRequested", party="carrier", round=1)
    ask(world, change)
    steer(world, change, "ConfirmationDecided", party="carrier", round=1, decision="confirmed")
    assert (world.workflows.started, world.workflows.answered) == ({}, {})


@pytest.mark.parametrize("decision", ["confirmed", "declined"])
def test_the_customers_answer_lets_the_execution_go_on(world: World, change: Change, decision: str) -> None:
    ask(world, change)
    steer(world, change, "ConfirmationDecided", party="customer", round=1, decision=decision)
    assert world.workflows.answered == {"t1": decision}


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [("CancellationWithdrawn", "closed"), ("AmendmentUndone", "closed"), ("ChangeExpired", "expired")],
)
def test_a_change_that_ends_another_way_ends_its_execution(
    world: World, change: Change, ending: EventType, outcome: str
) -> None:
    ask(world, change)
    steer(world, change, ending)
    assert world.workflows.answered == {"t1": outcome}


@pytest.mark.parametrize("wanted", ["RefundRequested", "AuthorisationReductionRequested"])
def test_money_to_give_back_or_to_release_starts_a_refund(world: World, change: Change, wanted: EventType) -> None:
    steer(world, change, wanted, refund_id="ref_1", payment_id="pay-1")
    assert list(world.workflows.started) == ["ref_1"]


# ----------------------------------------------------------------------------------------------- time, and what is lost


def look(world: World, change: Change, round_: int = 1) -> tuple[object, ...]:
    """What the execution goes on by."""
    found = lapse_confirmation(world.services, change.change_id, round_)
    return (found.decision,) if isinstance(found, Over) else (found.letter, found.seconds)


def test_the_customer_is_asked_then_reminded_then_it_expires_all_by_policy(world: World, change: Change) -> None:
    """As shipped: a day, and another."""
    assert look(world, change) == ("ask", DAY)
    world.clock.passes(hours=23)
    assert look(world, change) == ("ask", 3600)
    world.clock.passes(hours=1)
    assert look(world, change) == ("remind", DAY)
    world.clock.passes(hours=24)
    assert look(world, change) == ("expired",)
    assert world.memory.changes[change.change_id].status is ChangeStatus.EXPIRED


def test_customers_whom_policy_does_not_remind_have_one_letter(world: World, order: Order) -> None:
    times = replace(world.services.policies.current().deadlines.rules[0], confirmation_reminder_seconds=None)
    change = a_waiting_change(world.services, order, times=times)
    assert look(world, change) == ("ask", 2 * DAY)


def test_another_policy_changes_nothing_for_those_who_were_asked_already(world: World, order: Order) -> None:
    times = Deadline(id="x", change_seconds=1, confirmation_seconds=5, acknowledgement_seconds=1)
    change = a_waiting_change(world.services, order, times=times)
    assert world.services.policies.current().deadlines.rules[0].confirmation_seconds == 2 * DAY
    assert look(world, change) == ("ask", 5)


def test_an_answer_in_the_moment_of_the_deadline_stands(world: World, change: Change) -> None:
    confirmed(world.services, change)
    world.clock.passes(hours=48)
    assert look(world, change) == ("confirmed",)
    assert not expire_change(world.services, change.change_id)


def test_a_round_that_is_over_is_waited_for_no_more(world: World, change: Change) -> None:
    assert look(world, change, round_=0) == ("confirmed",)
    closed(world.services, change, ChangeStatus.WITHDRAWN)
    assert look(world, change) == ("closed",)


def test_a_sweep_ends_what_its_execution_does_not(world: World, change: Change) -> None:
    world.clock.passes(hours=48)
    assert mind_deadlines(world.services) == 1
    assert look(world, change) == ("expired",)


def test_a_confirmation_whose_start_was_lost_is_started_by_the_sweep(world: World, change: Change) -> None:
    world.clock.passes(minutes=3)
    resume_changes(world.services, world.workflows)
    assert list(world.workflows.started) == [f"{change.change_id}-1"]


def test_a_confirmation_that_is_asked_for_is_not_started_again(world: World, change: Change) -> None:
    ask(world, change)
    world.clock.passes(minutes=3)
    resume_changes(world.services, world.workflows)
    assert world.workflows.started == {}


def test_a_change_that_waits_for_the_carrier_is_nothing_to_ask_the_customer(world: World, change: Change) -> None:
    plan = replace(change.plan, confirmations=(replace(change.plan.confirmations[0], party="carrier"),))
    world.memory.changes[change.change_id] = replace(change, plan=plan)
    world.clock.passes(minutes=3)
    resume_changes(world.services, world.workflows)
    assert world.workflows.started == {}


# -------------------------------------------------------------------------------------------------------------- telling


@pytest.fixture
def refund(world: World, change: Change) -> Refund:
    """Settled, of a confirmed change."""
    committed = confirmed(world.services, change)
    settled = replace(committed.refunds[0], status="settled")
    world.memory.changes[change.change_id] = replace(committed, refunds=(settled,))
    return settled


def tell(world: World, change: Change, refund: Refund) -> None:
    named = RefundAddress(refund_id=refund.refund_id, change_id=change.change_id, order_id=change.order_id)
    tell_refunded(world.services, world.mail, named)


def test_a_settled_refund_is_told_once(world: World, change: Change, refund: Refund) -> None:
    tell(world, change, refund)
    tell(world, change, refund)

    (letter,) = world.mail.sent
    assert letter.key == f"{change.change_id}/refund-{refund.refund_id}"
    assert refund.credit_memo is not None
    for said in ("12.00 USD", "To: your card", refund.credit_memo, change.order_id, "up to 5 days"):
        assert said in letter.text


def test_a_letter_about_a_refund_that_failed_to_go_is_sent_by_the_retry(
    world: World, change: Change, refund: Refund
) -> None:
    world.mail.troubles.append(MailFailed())
    with pytest.raises(MailFailed):
        tell(world, change, refund)
    tell(world, change, refund)
    assert len(world.mail.sent) == 1


@pytest.mark.parametrize("other", [{"status": "pending"}, {"kind": "release"}, {"refund_id": "ref_other"}])
def test_nobody_is_told_of_money_that_has_not_come_back(
    world: World, change: Change, refund: Refund, other: dict[str, str]
) -> None:
    kept = world.memory.changes[change.change_id]
    world.memory.changes[change.change_id] = replace(kept, refunds=(replace(refund, **other),))
    tell(world, change, refund)
    assert world.mail.sent == []
