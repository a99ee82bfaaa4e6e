"""Standing in: who may let whom decide, for how long, and what the one who stands in may not."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.domain.change.change import Change
from shared.domain.change.delegation import Delegation
from shared.domain.change.states import ChangeStatus
from shared.domain.policy.subjects import Approver
from shared.ports.requests import Answer
from shared.ports.stores import Conflict
from shared.usecases.approving.delegate_role import (
    Delegated,
    StandIn,
    delegate_role,
    end_delegation,
    held_role,
    read_delegations,
)
from shared.usecases.core.access import Principal
from tests.fakes import World
from tests.fakes.builders import AGENT, AGENT_2, MANAGER, MANAGER_2
from tests.fakes.edge import told
from tests.fakes.world import NOW
from tests.unit.usecases.approvals import FINANCE, LEAD, a_dear_order, asked_for, decided, now, over_500, ruled
from tests.unit.usecases.stories import refused

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def waiting(world: World) -> Change:
    """Asked for by AGENT, and waiting for a manager."""
    ruled(world, over_500("manager"))
    return asked_for(world, a_dear_order(world))


def delegate(
    world: World, who: Principal, to: Principal, role: Approver = "manager", key: str | None = None, **hours: object
) -> Answer:
    """Until tomorrow, if nothing else is said."""
    stand_in = StandIn(to=to.id, **({"until": TOMORROW} | hours))  # type: ignore[arg-type]
    request = world.request(who, key=key, body=str(stand_in))
    return told(delegate_role(world.services, request, held_role(who, role), stand_in))


def end(world: World, who: Principal, role: str = "manager", key: str | None = None) -> Answer:
    return told(end_delegation(world.services, world.request(who, key=key), held_role(who, role)))


def test_an_approval_by_a_stand_in_names_who_was_away_and_so_does_the_log(world: World, waiting: Change) -> None:
    delegate(world, MANAGER, AGENT_2)
    world.clock.passes(minutes=30)
    decided(world, waiting, AGENT_2)
    (given,) = now(world, waiting).approvals
    assert (given.role, given.by, given.on_behalf_of) == ("manager", AGENT_2.id, MANAGER.id)
    assert given.waited_seconds == 1800
    entry = world.memory.entries[waiting.order_id][-1]
    assert (entry.by, entry.role) == (AGENT_2.id, "manager")
    assert entry.approvals[-1] == (
        f"manager: given by {AGENT_2.id} in the place of {MANAGER.id} at 2026-11-20T12:30:00+00:00, "
        f"of {waiting.plan.digest} under policy {waiting.plan.policy_version}"
    )


def test_the_log_names_each_who_approved(world: World) -> None:
    ruled(world, over_500("manager", "finance"))
    change = asked_for(world, a_dear_order(world))
    decided(world, change, MANAGER)
    decided(world, change, FINANCE)
    given = [words.partition(" at ")[0] for words in world.memory.entries[change.order_id][-1].approvals[2:]]
    assert given == [f"manager: given by {MANAGER.id}", f"finance: given by {FINANCE.id}"]


def test_a_stand_in_may_reject_too(world: World, waiting: Change) -> None:
    delegate(world, MANAGER, AGENT_2)
    decided(world, waiting, AGENT_2, "reject")
    assert now(world, waiting).status is ChangeStatus.REJECTED
    said = world.memory.entries[waiting.order_id][-1].approvals[-1]
    assert said == f"manager: refused by {AGENT_2.id} in the place of {MANAGER.id}"


def test_who_asked_stands_in_for_nobody_on_their_own_change(world: World, waiting: Change) -> None:
    delegate(world, MANAGER, AGENT)
    with refused("own-change"):
        decided(world, waiting, AGENT)


def test_nobody_stands_in_for_who_asked(world: World) -> None:
    ruled(world, over_500("manager"))
    both = Principal(id=AGENT.id, roles=frozenset({"agent", "manager"}))
    change = asked_for(world, a_dear_order(world))
    delegate(world, both, AGENT_2)
    with refused("wrong-role"):
        decided(world, change, AGENT_2)


@pytest.mark.parametrize(
    ("hours", "passes"),
    [
        ({"since": NOW + timedelta(hours=1)}, timedelta(minutes=59)),
        ({"until": NOW + timedelta(hours=1)}, timedelta(hours=1)),
    ],
)
def test_a_delegation_holds_from_its_start_and_before_its_end(
    world: World, waiting: Change, hours: dict[str, object], passes: timedelta
) -> None:
    delegate(world, MANAGER, AGENT_2, **hours)
    world.clock.time += passes
    with refused("wrong-role"):
        decided(world, waiting, AGENT_2)


def test_a_delegation_is_of_one_role(world: World, waiting: Change) -> None:
    delegate(world, LEAD, AGENT_2, "lead")
    with refused("wrong-role"):
        decided(world, waiting, AGENT_2)


def test_nobody_gives_both_approvals_by_standing_in_for_one(world: World) -> None:
    ruled(world, over_500("manager", "finance"))
    change = asked_for(world, a_dear_order(world))
    delegate(world, FINANCE, MANAGER, "finance")
    decided(world, change, MANAGER)
    with refused("decided-already"):
        decided(world, change, MANAGER)


def test_two_who_stand_in_for_one_person_are_one_voice(world: World) -> None:
    ruled(world, over_500("manager", "finance"))
    both = Principal(id="usr-both", roles=frozenset({"manager", "finance"}))
    change = asked_for(world, a_dear_order(world))
    delegate(world, both, AGENT_2, "manager")
    delegate(world, both, MANAGER_2, "finance")
    decided(world, change, AGENT_2)
    with refused("wrong-role"):
        decided(world, change, MANAGER_2)
    with refused("decided-already"):
        decided(world, change, both)


def test_ended_early_it_holds_no_more_and_ending_again_is_the_same(world: World, waiting: Change) -> None:
    delegate(world, MANAGER, AGENT_2)
    assert end(world, MANAGER).body == end(world, MANAGER).body == "0 left"
    with refused("wrong-role"):
        decided(world, waiting, AGENT_2)


def over(world: World) -> None:
    """As if it had only ever been until now."""
    given = Delegation(role="manager", of=MANAGER.id, to=AGENT_2.id, since=NOW - timedelta(days=1), until=NOW)
    world.services.delegations.put(given)


@pytest.mark.parametrize("decision", ["approve", "reject"])
@pytest.mark.parametrize(
    "meanwhile",
    [lambda world: end(world, MANAGER), lambda world: delegate(world, MANAGER, LEAD), over],
    ids=["ended", "given to another", "over"],
)
def test_a_delegation_that_ends_while_the_stand_in_decides_decides_nothing(
    world: World, waiting: Change, decision: str, meanwhile: Callable[[World], object]
) -> None:
    delegate(world, MANAGER, AGENT_2)

    def faster() -> None:
        meanwhile(world)

    world.memory.before_write = faster
    with refused("wrong-role"):
        decided(world, waiting, AGENT_2, decision)
    assert now(world, waiting) == waiting


def test_another_stand_in_replaces_the_one_before(world: World, waiting: Change) -> None:
    delegate(world, MANAGER, AGENT_2)
    delegate(world, MANAGER, LEAD)
    assert [each.to for each in read_delegations(world.services, MANAGER).given] == [LEAD.id]
    with refused("wrong-role"):
        decided(world, waiting, AGENT_2)
    decided(world, waiting, LEAD)


def test_what_was_only_delegated_is_not_passed_on(world: World) -> None:
    delegate(world, MANAGER, AGENT_2)
    with refused("role-not-held"):
        delegate(world, AGENT_2, LEAD)
    with refused("role-not-held"):
        end(world, AGENT_2)


@pytest.mark.parametrize("role", ["agent", "operator", "customer", "service", "king", ""])
def test_only_roles_that_approve_are_delegated(role: str) -> None:
    everything = Principal(id="usr-x", roles=frozenset({"agent", "operator", "customer", "service", "manager"}))
    with refused("not-found"):
        held_role(everything, role)


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        ({"until": NOW}, "end-before-start"),
        ({"since": NOW - timedelta(days=2), "until": NOW - timedelta(days=1)}, "end-before-start"),
        ({"since": TOMORROW, "until": TOMORROW}, "end-before-start"),
        ({"until": NOW + timedelta(days=31, seconds=1)}, "out-of-range"),
        ({"since": TOMORROW, "until": TOMORROW + timedelta(days=32)}, "out-of-range"),
    ],
)
def test_a_delegation_ends_after_it_starts_and_within_31_days(
    world: World, hours: dict[str, object], code: str
) -> None:
    with refused(code):
        delegate(world, MANAGER, AGENT_2, **hours)
    assert not world.memory.delegations


def test_31_days_are_not_too_long(world: World) -> None:
    delegate(world, MANAGER, AGENT_2, since=TOMORROW, until=TOMORROW + timedelta(days=31))
    assert world.memory.delegations


def test_nobody_stands_in_for_themselves(world: World) -> None:
    with refused("delegated-to-oneself"):
        delegate(world, MANAGER, MANAGER)


def test_both_sides_see_what_holds_or_will_and_not_what_is_over(world: World) -> None:
    delegate(world, MANAGER, AGENT_2, until=NOW + timedelta(hours=1))
    delegate(world, LEAD, AGENT_2, "lead", since=TOMORROW, until=TOMORROW + timedelta(days=1))
    assert [each.role for each in read_delegations(world.services, MANAGER).given] == ["manager"]
    assert [each.role for each in read_delegations(world.services, AGENT_2).received] == ["manager", "lead"]
    world.clock.passes(hours=1)
    assert [each.role for each in read_delegations(world.services, AGENT_2).received] == ["lead"]
    assert read_delegations(world.services, MANAGER) == Delegated(given=[], received=[])


def test_the_same_key_gets_the_first_answer_however_late(world: World) -> None:
    first = delegate(world, MANAGER, AGENT_2, key="k1")
    world.clock.passes(days=1, hours=1)
    assert delegate(world, MANAGER, AGENT_2, key="k1") == first
    assert end(world, MANAGER, key="k2") == end(world, MANAGER, key="k2")


def test_another_body_under_the_same_key_is_refused(world: World) -> None:
    delegate(world, MANAGER, AGENT_2, key="k1")
    with refused("key-reused"):
        delegate(world, MANAGER, LEAD, key="k1")
    assert [each.to for each in read_delegations(world.services, MANAGER).given] == [AGENT_2.id]


def test_somebody_faster_makes_it_judged_again_and_in_the_end_too_busy(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def conflict(*_: object) -> None:
        raise Conflict("delegation", lost=True)

    monkeypatch.setattr(world.services.delegations, "put", conflict)
    with refused("too-busy"):
        delegate(world, MANAGER, AGENT_2)
