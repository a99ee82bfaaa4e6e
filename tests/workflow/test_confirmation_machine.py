"""The confirmation machine, executed: every end it can come to, no letter twice, and no answer lost."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from functions.mail import handler as mail_function
from shared.adapters.dynamodb.links import DynamoLinks
from shared.adapters.policy_file import shipped
from shared.adapters.ses import SesMail
from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.ports.mail import Letter, MailFailed
from shared.ports.requests import Answer
from shared.ports.services import Services
from shared.usecases.confirming.customer_answer import Word
from shared.usecases.confirming.decide_by_link import Confirmation, decide_by_link
from shared.usecases.confirming.follow_link import whoever_holds
from shared.usecases.core.requests import Request
from tests.fakes.confirmations import a_waiting_change, closed
from tests.fakes.edge import rendered, told
from tests.support.cloud import PORTAL_URL, Cloud, a_cloud, eventually
from tests.support.policies import ruled_by
from tests.workflow.stories import Json, live, placed, stocked

MACHINE = "ConfirmationMachine"
LOOKS = ["LookAfterIt", "IsItWaitedFor"]


@pytest.fixture
def waiting(cloud: Cloud) -> Change:
    return begun(cloud)


def begun(cloud: Cloud) -> Change:
    """One of three sofas is to be cancelled, and its customer must agree."""
    stocked(cloud, 10)
    order = cloud.services().orders.load(placed(cloud)["order_id"])
    assert order is not None
    return a_waiting_change(cloud.services(), order)


def asked(cloud: Cloud, change: Change, letters: int = 1) -> str:
    """Let the machine write so many letters; the name of its execution."""
    cloud.settle()
    eventually(lambda: len(cloud.letters()) == letters, f"letter {letters} goes out")
    return f"{change.change_id}-1"


def link_of(letter: Json) -> str:
    (link,) = [line for line in letter["text"].splitlines() if line.startswith(PORTAL_URL)]
    return str(link)


def answered(cloud: Cloud, letter: Json, decision: Word) -> Answer:
    """Answer by the link of a letter."""
    token = link_of(letter).rpartition("/")[2]
    links = DynamoLinks(cloud.aws("dynamodb"), "ChangesTable")
    request = Request(principal=whoever_holds(token), render=rendered)
    return told(decide_by_link(cloud.services(), links, request, Confirmation(token=token, decision=decision)))


def status_of(services: Services, change: Change) -> ChangeStatus:
    found = services.changes.get(change.change_id)
    assert found is not None
    return found.status


def test_the_customer_gets_one_letter_and_the_execution_waits(cloud: Cloud, waiting: Change) -> None:
    name = asked(cloud, waiting)

    assert cloud.executions(MACHINE) == {name: "RUNNING"}
    (letter,) = cloud.letters()
    assert letter["to"] == ["grace@example.com"]
    assert "Refund: 400.00 USD to your card" in letter["text"]
    assert link_of(letter).startswith(f"{PORTAL_URL}/confirmations/")


def test_the_machine_s_payload_carries_ids_and_nothing_of_the_customer(cloud: Cloud, waiting: Change) -> None:
    asked(cloud, waiting)

    (payload,) = [event for function, event in cloud.calls if function == "MailFunction"]

    assert payload.pop("task_token")
    named = {"change_id": waiting.change_id, "order_id": waiting.order_id, "round": 1}
    assert payload == {"step": "ask", **named, "seconds": 86_400}


def test_a_yes_by_the_link_commits_and_ends_the_execution_confirmed(cloud: Cloud, waiting: Change) -> None:
    name = asked(cloud, waiting)

    answered(cloud, cloud.letters()[0], "confirm")
    cloud.settle()

    assert cloud.ended(MACHINE, name) == ("SUCCEEDED", "Confirmed")
    assert live(cloud, {"order_id": waiting.order_id})["version"] == 2


def test_a_no_by_the_link_ends_the_execution_declined_and_changes_nothing(cloud: Cloud, waiting: Change) -> None:
    name = asked(cloud, waiting)

    answered(cloud, cloud.letters()[0], "decline")
    cloud.settle()

    assert cloud.ended(MACHINE, name) == ("SUCCEEDED", "Declined")
    assert live(cloud, {"order_id": waiting.order_id})["version"] == 1


def test_withdrawing_closes_the_execution(cloud: Cloud, waiting: Change) -> None:
    name = asked(cloud, waiting)

    closed(cloud.services(), waiting, ChangeStatus.WITHDRAWN)
    cloud.settle()

    assert cloud.ended(MACHINE, name) == ("SUCCEEDED", "Closed")


def test_a_change_that_ended_before_the_asking_ends_the_execution_without_a_letter(
    cloud: Cloud, waiting: Change
) -> None:
    closed(cloud.services(), waiting, ChangeStatus.DECLINED)
    cloud.settle()

    assert cloud.ended(MACHINE, f"{waiting.change_id}-1") == ("SUCCEEDED", "Declined")
    assert cloud.letters() == []


def test_a_sweep_at_the_deadline_closes_the_execution(cloud: Cloud, waiting: Change) -> None:
    name = asked(cloud, waiting)

    cloud.clock.passes(hours=49)
    cloud.invoke("SweepFunction", {})
    cloud.settle()

    assert status_of(cloud.services(), waiting) is ChangeStatus.EXPIRED
    assert cloud.ended(MACHINE, name) == ("SUCCEEDED", "Expired")


def test_a_function_that_dies_after_its_letter_is_called_again_and_sends_no_second_one(
    cloud: Cloud, waiting: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAULTS.md 36."""
    monkeypatch.setattr(mail_function, "handler", dying_once(mail_function.handler))

    name = asked(cloud, waiting)
    eventually(lambda: calls(cloud) == 2, "the step is called again")
    answered(cloud, cloud.letters()[0], "confirm")
    cloud.settle()

    assert cloud.ended(MACHINE, name) == ("SUCCEEDED", "Confirmed")
    asking, refund = (letter["subject"] for letter in cloud.letters())
    assert asking.startswith("Please confirm")
    assert refund.startswith("Your refund of 400.00 USD")


def test_mail_that_is_down_is_tried_again_for_long(
    cloud: Cloud, waiting: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SesMail, "send", failing(SesMail.send, 5))

    name = asked(cloud, waiting)

    assert (calls(cloud), cloud.executions(MACHINE)) == (6, {name: "RUNNING"})
    assert [0 <= wait <= 30 * 2**tried for tried, wait in enumerate(cloud.waits)] == [True] * 5


def test_mail_that_never_comes_back_is_given_up_and_the_change_still_waits(
    cloud: Cloud, waiting: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SesMail, "send", failing(SesMail.send, 100))

    cloud.settle()

    assert cloud.ended(MACHINE, f"{waiting.change_id}-1") == ("FAILED", "CouldNotAsk")
    assert status_of(cloud.services(), waiting) is ChangeStatus.PENDING_CONFIRMATION


def calls(cloud: Cloud) -> int:
    return len([function for function, _ in cloud.calls if function == "MailFunction"])


def dying_once(handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """It does its work and never answers, the first time."""
    died: list[bool] = []

    def dying(event: Any, context: Any) -> Any:
        done = handler(event, context)
        if not died:
            died.append(True)
            raise TimeoutError
        return done

    return dying


def failing(send: Callable[[SesMail, Letter], None], times: int) -> Callable[[SesMail, Letter], None]:
    failed: list[Letter] = []

    def sending(mail: SesMail, letter: Letter) -> None:
        if len(failed) < times:
            failed.append(letter)
            raise MailFailed("Throttling")
        send(mail, letter)

    return sending


# -------------------------------------------------------------------------------------------------------- in no time


@pytest.fixture
def hasty() -> Iterator[Cloud]:
    """A cloud in which a customer has one second, and another after a reminder; time passes when the test says so."""
    policy = shipped()
    (rule,) = policy.deadlines.rules
    rule = replace(rule, confirmation_seconds=2, confirmation_reminder_seconds=1)
    with ruled_by(replace(policy, deadlines=replace(policy.deadlines, rules=(rule,)))), a_cloud() as cloud:
        yield cloud


def reminded(cloud: Cloud, change: Change) -> str:
    """Let a second pass after the first letter; the name of the execution."""
    asked(cloud, change)
    cloud.passes(seconds=1)
    return asked(cloud, change, letters=2)


def test_a_silent_customer_is_reminded_with_a_new_link_that_works(hasty: Cloud) -> None:
    waiting = begun(hasty)

    name = reminded(hasty, waiting)
    first, reminder = hasty.letters()
    assert reminder["subject"].startswith("Reminder:")
    assert link_of(reminder) != link_of(first)
    answered(hasty, reminder, "confirm")
    hasty.timers.passes(seconds=1)

    assert hasty.ended(MACHINE, name) == ("SUCCEEDED", "Confirmed")
    assert hasty.states(MACHINE, name)[:3] == [
        *LOOKS,
        "WaitForCustomer",
    ]  # it or the sweep reminds, whichever looks first


def test_the_first_link_still_works_after_the_reminder(hasty: Cloud) -> None:
    waiting = begun(hasty)

    name = reminded(hasty, waiting)
    answered(hasty, hasty.letters()[0], "decline")
    hasty.timers.passes(seconds=1)

    assert hasty.ended(MACHINE, name) == ("SUCCEEDED", "Declined")


def test_a_customer_who_never_answers_lets_the_change_expire(hasty: Cloud) -> None:
    waiting = begun(hasty)

    name = reminded(hasty, waiting)
    hasty.passes(seconds=1)

    assert hasty.ended(MACHINE, name) == ("SUCCEEDED", "Expired")
    assert status_of(hasty.services(), waiting) is ChangeStatus.EXPIRED
    assert live(hasty, {"order_id": waiting.order_id})["version"] == 1


def test_an_answer_in_the_moment_of_the_reminder_ends_the_execution_without_one(hasty: Cloud) -> None:
    """The answer is written, and the execution has not heard of it when its time is up."""
    waiting = begun(hasty)
    name = asked(hasty, waiting)

    answered(hasty, hasty.letters()[0], "confirm")
    hasty.timers.passes(seconds=1)

    assert hasty.ended(MACHINE, name) == ("SUCCEEDED", "Confirmed")
    assert len(hasty.letters()) == 1
