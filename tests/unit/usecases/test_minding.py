"""Time goes on for every change that waits, whatever became of its level in policy, or of the changes before it."""

from dataclasses import replace

import pytest

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.policy.subjects import Approver
from shared.ports.stores import Conflict, Write
from shared.usecases.approving.lapse_approval import Waiting, lapse_approval
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from shared.usecases.sweeping.resume_changes import resume_changes
from tests.fakes import World, an_order
from tests.unit.usecases.approvals import HOUR, LEVELS, a_dear_order, asked_for, now, over_500, ruled
from tests.unit.usecases.stories import taken


@pytest.fixture
def waiting(world: World) -> Change:
    """501.00, of which a lead is asked first."""
    ruled(world, over_500("lead"))
    return asked_for(world, a_dear_order(world))


def loses(world: World, *roles: Approver, asks: Approver = "manager") -> None:
    """The policy in force from now on has no such levels, and asks somebody else."""
    policy = world.policies.policy
    left = tuple(level for level in LEVELS if level.role not in roles)
    approvals = replace(policy.approvals, levels=left, asked=(asks,), routes=(over_500(asks),))
    world.policies.policy = replace(policy, approvals=approvals)


def test_a_level_that_policy_has_no_more_is_followed_by_whom_policy_asks_now(world: World, waiting: Change) -> None:
    loses(world, "lead", "manager", asks="finance")
    world.clock.passes(hours=2)
    told = lapse_approval(world.services, waiting.change_id, waiting.round)
    assert told == Waiting(role="finance", until=world.clock.now().replace(hour=16), seconds=2 * HOUR)
    asked = now(world, waiting).asked
    assert asked is not None
    assert (asked.role, asked.passed_over, asked.since) == ("finance", ("lead",), waiting.created_at)
    world.clock.passes(hours=2)
    assert mind_deadlines(world.services) == 1
    assert now(world, waiting).status is ChangeStatus.EXPIRED


def test_whoever_is_asked_is_still_reminded_when_policy_has_lost_their_level(world: World, waiting: Change) -> None:
    loses(world, "lead")
    world.clock.passes(hours=1)
    mind_deadlines(world.services)
    assert [event.data["role"] for event in world.events("ApprovalReminded")] == ["lead"]


def test_nobody_is_asked_again_who_was_passed_over_and_so_the_change_expires(world: World, waiting: Change) -> None:
    world.clock.passes(hours=2)
    mind_deadlines(world.services)
    loses(world, "manager", asks="lead")
    world.clock.passes(hours=2)
    assert mind_deadlines(world.services) == 1
    assert now(world, waiting).status is ChangeStatus.EXPIRED
    assert world.memory.orders[waiting.order_id].open_change is None


def test_a_level_that_is_gone_and_still_asked_first_has_nobody_after_it(world: World, waiting: Change) -> None:
    """Such a policy passes no validation; the sweep must not fall over one all the same."""
    loses(world, "lead", asks="lead")
    world.clock.passes(hours=2)
    assert mind_deadlines(world.services) == 1


@pytest.mark.parametrize("trouble", [KeyError("lead"), Conflict("the change is being written")], ids=repr)
def test_a_change_that_time_cannot_move_on_stops_none_of_those_due_after_it(
    world: World,
    waiting: Change,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    trouble: Exception,
) -> None:
    later = asked_for(world, taken(world, an_order("D-2").with_line("SOFA", 3, 50_100).paid()))
    over = asked_for(world, taken(world, an_order("D-3").with_line("MUG", 3, 1000).paid()), accept=False)
    world.memory.changes[over.change_id] = replace(over, expires_at=world.clock.now())
    write = world.services.orders.write

    def stuck(made: Write) -> None:
        if made.step.change and made.step.change.change_id == waiting.change_id:
            raise trouble
        write(made)

    monkeypatch.setattr(world.services.orders, "write", stuck)
    world.clock.passes(hours=2)
    with pytest.raises(ExceptionGroup) as raised:
        mind_deadlines(world.services)
    assert [type(each) for each in raised.value.exceptions] == [type(trouble)]
    assert f"what is due: not of {waiting.change_id}: {type(trouble).__name__}" in caplog.text
    assert [now(world, each).waiting_for for each in (waiting, later)] == ["lead", "manager"]
    assert now(world, over).status is ChangeStatus.EXPIRED


def test_expiring_one_that_others_keep_writing_stops_none_of_those_due_after_it(
    world: World, waiting: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = asked_for(world, taken(world, an_order("D-2").with_line("SOFA", 3, 50_100).paid()))
    write = world.services.orders.write

    def busy(made: Write) -> None:
        if made.step.change and made.step.change.change_id == waiting.change_id:
            raise Conflict("change", lost=True)
        write(made)

    monkeypatch.setattr(world.services.orders, "write", busy)
    world.clock.passes(days=30)
    with pytest.raises(ExceptionGroup):
        mind_deadlines(world.services)
    statuses = [now(world, each).status for each in (waiting, later)]
    assert statuses == [ChangeStatus.PENDING_APPROVAL, ChangeStatus.EXPIRED]


def test_a_change_that_cannot_be_started_again_stops_none_of_those_behind_it(
    world: World, waiting: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = asked_for(world, taken(world, an_order("D-2").with_line("SOFA", 3, 50_100).paid()))
    start = world.workflows.start_approval

    def down(change_id: str, order_id: str, round_: int) -> None:
        if change_id == waiting.change_id:
            raise TimeoutError
        start(change_id, order_id, round_)

    monkeypatch.setattr(world.workflows, "start_approval", down)
    world.clock.passes(minutes=3)
    with pytest.raises(ExceptionGroup, match="what lingers"):
        resume_changes(world.services, world.workflows)
    assert list(world.workflows.started) == [f"{later.change_id}-1"]
