"""The approval machine, executed: every end it can come to, and that a decision is never lost on the way."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from shared.adapters.policy_file import shipped
from shared.domain.policy.documents.approvals import Level
from tests.support.cloud import Cloud, a_cloud, eventually
from tests.support.policies import ruled_by
from tests.workflow.stories import Json, amended, decided, live, now, placed, stock, stocked, undone

MACHINE = "ApprovalMachine"


@pytest.fixture
def order(cloud: Cloud) -> Json:
    """3 × 400.00, with 7 more on hand: two more, or two fewer, are over the threshold of 500.00."""
    stocked(cloud, 10)
    return placed(cloud)


def asked(cloud: Cloud, change: Json) -> str:
    """Let the approval begin, and wait until it has asked; the name of its execution."""
    cloud.settle()
    eventually(lambda: [event for function, event in cloud.calls if event.get("step") == "ask"], "the machine asks")
    return f"{change['change_id']}-1"


def test_the_execution_is_named_after_its_change_and_round_and_waits(cloud: Cloud, order: Json) -> None:
    change = amended(cloud, order, 5)

    name = asked(cloud, change)

    assert cloud.executions(MACHINE) == {name: "RUNNING"}
    assert (now(cloud, change)["status"], stock(cloud)) == ("pending_approval", (10, 5, 2, 3))


def test_a_change_that_nobody_must_approve_starts_no_execution(cloud: Cloud, order: Json) -> None:
    change = amended(cloud, order, 2)

    cloud.settle()

    assert (change["status"], now(cloud, change)["status"]) == ("committed", "completed")
    assert cloud.executions(MACHINE) == {}


def test_an_approval_ends_the_execution_approved(cloud: Cloud, order: Json) -> None:
    change = amended(cloud, order, 5)
    name = asked(cloud, change)

    assert decided(cloud, change, "approve").body["status"] == "committed"
    cloud.settle()

    assert cloud.ended(MACHINE, name) == ("SUCCEEDED", "Approved")
    assert (live(cloud, order)["version"], stock(cloud)) == (2, (10, 5, 0, 5))


def test_a_rejection_ends_the_execution_rejected_and_releases_the_hold(cloud: Cloud, order: Json) -> None:
    change = amended(cloud, order, 5)
    name = asked(cloud, change)

    assert decided(cloud, change, "reject").body["status"] == "rejected"
    cloud.settle()

    assert cloud.ended(MACHINE, name) == ("SUCCEEDED", "Rejected")
    assert (live(cloud, order)["version"], stock(cloud)) == (1, (10, 7, 0, 3))


def test_undoing_the_change_closes_the_execution(cloud: Cloud, order: Json) -> None:
    change = amended(cloud, order, 5)
    name = asked(cloud, change)

    assert undone(cloud, order, change).body["status"] == "undone"
    cloud.settle()

    assert cloud.ended(MACHINE, name) == ("SUCCEEDED", "Closed")
    assert stock(cloud) == (10, 7, 0, 3)


def test_a_sweep_that_comes_before_the_execution_ends_it(cloud: Cloud, order: Json) -> None:
    change = amended(cloud, order, 5)
    name = asked(cloud, change)

    cloud.clock.passes(hours=25)
    cloud.invoke("SweepFunction", {})
    cloud.settle()

    assert (now(cloud, change)["status"], stock(cloud)) == ("expired", (10, 7, 0, 3))
    assert cloud.ended(MACHINE, name) == ("SUCCEEDED", "Expired")


@pytest.mark.parametrize(("decision", "end"), [("approve", "Approved"), ("reject", "Rejected")])
def test_a_decision_taken_before_the_asking_ends_the_execution_at_once(
    cloud: Cloud, order: Json, decision: str, end: str
) -> None:
    change = amended(cloud, order, 5)

    decided(cloud, change, decision)
    cloud.settle()

    assert cloud.ended(MACHINE, f"{change['change_id']}-1") == ("SUCCEEDED", end)


def test_an_undo_before_the_asking_closes_the_execution_at_once(cloud: Cloud, order: Json) -> None:
    change = amended(cloud, order, 5)

    undone(cloud, order, change)
    cloud.settle()

    assert cloud.ended(MACHINE, f"{change['change_id']}-1") == ("SUCCEEDED", "Closed")


def test_a_stream_that_brings_its_records_twice_starts_and_answers_once(cloud: Cloud, order: Json) -> None:
    change = amended(cloud, order, 5)
    records = {"Records": cloud.written()}

    for _ in range(2):
        cloud.invoke("SteerFunction", records)
    name = asked(cloud, change)
    decided(cloud, change, "approve")
    records = {"Records": cloud.written()}
    for _ in range(2):
        assert cloud.invoke("SteerFunction", records) == {"batchItemFailures": []}

    assert cloud.ended(MACHINE, name) == ("SUCCEEDED", "Approved")
    assert list(cloud.executions(MACHINE)) == [name]


def test_a_machine_s_payloads_carry_ids_and_nothing_of_the_order(cloud: Cloud, order: Json) -> None:
    change = amended(cloud, order, 5)
    asked(cloud, change)

    look, ask = [event for function, event in cloud.calls if function == "AskFunction"]

    named = {"change_id": change["change_id"], "order_id": order["order_id"], "round": 1}
    assert look == {"step": "look", **named}
    assert ask.pop("task_token")
    assert ask == {"step": "ask", **named, "seconds": 4 * 3600}


# -------------------------------------------------------------------------------------------------------- in no time


@pytest.fixture
def hasty() -> Iterator[Cloud]:
    """A cloud in which a manager has one second, and then finance another; time passes when the test says so."""
    levels = (
        Level(role="manager", deadline_seconds=1, escalates_to="finance"),
        Level(role="finance", deadline_seconds=1),
    )
    policy = shipped()
    policy = replace(policy, approvals=replace(policy.approvals, levels=levels))
    with ruled_by(policy), a_cloud() as cloud:
        stocked(cloud, 10)
        yield cloud


def test_when_nobody_decides_the_next_level_is_asked_and_then_the_change_expires(hasty: Cloud) -> None:
    order = placed(hasty)
    change = amended(hasty, order, 5)
    name = asked(hasty, change)

    hasty.passes(seconds=1)
    eventually(lambda: now(hasty, change)["waiting_for"] == "finance", "finance is asked")
    hasty.passes(seconds=1)

    assert hasty.ended(MACHINE, name) == ("SUCCEEDED", "Expired")

    expired = now(hasty, change)
    assert (expired["status"], expired["timeline"][-1]["by"]) == ("expired", "inflight")
    assert (live(hasty, order)["version"], stock(hasty)) == (1, (10, 7, 0, 3))
    late = decided(hasty, change, "approve")
    assert (late.status, late.code) == (409, "not-waiting")


def test_a_decision_in_the_moment_of_the_deadline_stands(hasty: Cloud) -> None:
    order = placed(hasty)
    change = amended(hasty, order, 5)
    name = asked(hasty, change)

    decided(hasty, change, "approve")
    hasty.timers.passes(seconds=1)

    assert hasty.ended(MACHINE, name) == ("SUCCEEDED", "Approved")
    assert live(hasty, order)["version"] == 2
    hasty.settle()
    assert (now(hasty, change)["status"], stock(hasty)) == ("completed", (10, 5, 0, 5))
