"""Standing in, on DynamoDB: found from both sides, one stand-in a role, and no decision past the conditions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.dynamodb.delegations import DynamoDelegations
from shared.domain.change import approvals
from shared.domain.change.approval_request import Approval
from shared.domain.change.change import Actor, Change
from shared.domain.change.delegation import Delegation
from shared.domain.change.milestones import Passed
from shared.domain.planning.edits import SetQuantity
from shared.ports.paging import Filter
from shared.ports.requests import Answer, RequestKey, RequestKnown, RequestRecord
from shared.ports.stores import Conflict
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.approving.decide_change import ChangeDecision, decide_change
from shared.usecases.approving.delegate_role import StandIn, delegate_role
from shared.usecases.core.access import Principal
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.write_assembly import assemble_write
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, AGENT_2, MANAGER, MANAGER_2
from tests.fakes.edge import told
from tests.fakes.world import NOW
from tests.integration.conftest import Dynamo
from tests.integration.test_stores import taken
from tests.unit.usecases.approvals import FINANCE, over_500, ruled
from tests.unit.usecases.stories import refused

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def world(world: World, dynamo: Dynamo) -> World:
    delegations = DynamoDelegations(dynamo.client, "RulesTable", "RequestsTable")
    world.services = replace(world.services, delegations=delegations)
    return world


def from_to(of: str, to: str, role: Any = "manager", **hours: Any) -> Delegation:
    return Delegation(role=role, of=of, to=to, **({"since": NOW, "until": TOMORROW} | hours))


def record(key: str) -> RequestRecord:
    answer = Answer(status=200, body="{}")
    return RequestRecord(request=RequestKey(key=key, body_hash="h"), answer=answer, expires_at=TOMORROW)


def waiting(world: World, *approvers: str, name: str = "D-1", price: int = 50_100, fewer: int = 1) -> Change:
    """Asked for by AGENT."""
    ruled(world, over_500(*approvers))
    order = taken(world, an_order(name).with_line("SOFA", 3, price).paid())
    edits = (SetQuantity(line_id="l1", quantity=3 - fewer),)
    wanted = Wanted(order_id=order.order_id, reason_code="quantity_correction", edits=edits)
    digest = preview_amendment(world.services, AGENT, wanted).digest
    request = world.request(AGENT, if_match=order.etag)
    answer = start_amendment(world.services, request, replace(wanted, accept_digest=digest))
    return now(world, told(answer).body.partition("/")[0])


def now(world: World, change_id: str) -> Change:
    change = world.services.changes.get(change_id)
    assert change is not None
    return change


def approve(world: World, change: Change, who: Principal) -> None:
    decision = ChangeDecision(change_id=change.change_id, decision="approve", digest=change.plan.digest)
    decide_change(world.services, world.request(who), decision)


def meanwhile(dynamo: Dynamo, rival: Callable[[], None]) -> None:
    """Let somebody else be faster, once, just before the next transaction."""
    left = [rival]

    def first(**_: Any) -> None:
        if left:
            left.pop()()

    dynamo.client.meta.events.register("before-call.dynamodb.TransactWriteItems", first)


# ------------------------------------------------------------------------------------------------------- how it is kept


def test_both_sides_find_a_delegation_in_one_query(world: World, dynamo: Dynamo) -> None:
    given = from_to("usr-a", "usr-b")
    world.services.delegations.put(given)
    dynamo.counted()
    assert (world.services.delegations.of("usr-a"), world.services.delegations.to("usr-b")) == ([given], [given])
    assert dynamo.counted() == {"Query": 2}
    assert (world.services.delegations.of("usr-b"), world.services.delegations.to("usr-a")) == ([], [])


def test_one_may_stand_in_for_several_and_in_several_roles(world: World) -> None:
    given = [from_to("usr-a", "usr-x"), from_to("usr-b", "usr-x"), from_to("usr-b", "usr-x", "finance")]
    for each in given:
        world.services.delegations.put(each)
    assert sorted(world.services.delegations.to("usr-x"), key=str) == sorted(given, key=str)


def test_a_new_stand_in_replaces_the_one_before_on_both_sides(world: World) -> None:
    for to in ("usr-b", "usr-c", "usr-c"):
        world.services.delegations.put(from_to("usr-a", to))
    assert [each.to for each in world.services.delegations.of("usr-a")] == ["usr-c"]
    assert not world.services.delegations.to("usr-b")


def test_what_is_ended_is_gone_on_both_sides_and_ending_nothing_writes_nothing(world: World, dynamo: Dynamo) -> None:
    world.services.delegations.put(from_to("usr-a", "usr-b"))
    world.services.delegations.put(from_to("usr-a", "usr-b", "finance"))
    world.services.delegations.remove("usr-a", "manager")
    assert [each.role for each in world.services.delegations.to("usr-b")] == ["finance"]
    dynamo.counted()
    world.services.delegations.remove("usr-a", "manager")
    assert dynamo.counted() == {"Query": 1}


@pytest.mark.parametrize("before", [None, "usr-a-friend"])
def test_of_two_who_delegate_one_role_at_once_the_slower_judges_again_and_leaves_nobody_behind(
    world: World, dynamo: Dynamo, before: str | None
) -> None:
    if before:
        world.services.delegations.put(from_to(MANAGER.id, before))
    meanwhile(dynamo, lambda: world.services.delegations.put(from_to(MANAGER.id, "usr-faster")))
    stand_in = StandIn(to="usr-slower", until=TOMORROW)
    delegate_role(world.services, world.request(MANAGER), "manager", stand_in)
    assert [each.to for each in world.services.delegations.of(MANAGER.id)] == ["usr-slower"]
    standing_in = [world.services.delegations.to(user) for user in ("usr-faster", "usr-a-friend")]
    assert standing_in == [[], []]


def test_an_end_that_was_overtaken_ends_nothing_of_the_newer(world: World, dynamo: Dynamo) -> None:
    world.services.delegations.put(from_to("usr-a", "usr-b"))
    meanwhile(dynamo, lambda: world.services.delegations.put(from_to("usr-a", "usr-c")))
    with pytest.raises(Conflict):
        world.services.delegations.remove("usr-a", "manager")
    assert [each.to for each in world.services.delegations.of("usr-a")] == ["usr-c"]


def test_a_request_has_its_effect_once(world: World) -> None:
    delegations = world.services.delegations
    delegations.put(from_to("usr-a", "usr-b"), record("k1"))
    with pytest.raises(RequestKnown):
        delegations.put(from_to("usr-a", "usr-c"), record("k1"))
    delegations.remove("usr-a", "finance", record("k2"))
    with pytest.raises(RequestKnown):
        delegations.remove("usr-a", "manager", record("k2"))
    assert [each.to for each in delegations.of("usr-a")] == ["usr-b"]


# ------------------------------------------------------------------------------------------------------ who may decide


def test_a_stand_in_approves_and_only_they_cost_a_query_more(world: World, dynamo: Dynamo) -> None:
    world.services.delegations.put(from_to(MANAGER.id, AGENT_2.id))
    first, second = waiting(world, "manager"), waiting(world, "manager", name="D-2")
    dynamo.counted()
    approve(world, first, MANAGER_2)
    own = dynamo.counted()
    approve(world, second, AGENT_2)
    assert dynamo.counted() - own == {"Query": 1}
    assert now(world, second.change_id).approvals[0].on_behalf_of == MANAGER.id


@pytest.mark.parametrize(
    "hours",
    [None, {"until": NOW}, {"since": NOW + timedelta(hours=1)}],
    ids=["ended", "over", "of another time"],
)
def test_a_stand_in_decides_nothing_by_a_delegation_that_no_longer_holds_when_it_is_written(
    world: World, dynamo: Dynamo, hours: dict[str, Any] | None
) -> None:
    delegations = world.services.delegations
    delegations.put(from_to(MANAGER.id, AGENT_2.id))
    change = waiting(world, "manager")
    ended = hours is None

    def faster() -> None:
        if ended:
            delegations.remove(MANAGER.id, "manager")
        else:
            delegations.put(from_to(MANAGER.id, AGENT_2.id, **(hours or {})))

    meanwhile(dynamo, faster)
    with refused("wrong-role"):
        approve(world, change, AGENT_2)
    assert now(world, change.change_id) == change


def test_of_two_who_approve_at_once_one_is_told_that_it_is_done(world: World, dynamo: Dynamo) -> None:
    world.services.delegations.put(from_to(MANAGER.id, AGENT_2.id))
    change = waiting(world, "manager", "finance")
    meanwhile(dynamo, lambda: approve(world, change, MANAGER))
    with refused("wrong-role"):
        approve(world, change, AGENT_2)
    assert [given.by for given in now(world, change.change_id).approvals] == [MANAGER.id]


def given_by(world: World, change: Change, by: Principal, absent: str | None) -> None:
    """An approval past the use case: only the write's own condition is left to stop it."""
    actor = Actor(id=by.id, role="finance")
    approval = Approval(
        role="finance",
        by=by.id,
        at=world.clock.now(),
        digest=change.plan.digest,
        policy_version=change.plan.policy_version,
        on_behalf_of=absent,
    )
    order = world.services.orders.load(change.order_id)
    assert order is not None
    step = approvals.approved(order, change, actor, world.clock.now(), Passed(approval=approval))
    world.services.orders.write(assemble_write(step, world.ids))


@pytest.mark.parametrize(
    ("by", "absent"),
    [(MANAGER, None), (MANAGER, FINANCE.id), (AGENT, None), (FINANCE, MANAGER.id), (FINANCE, AGENT.id)],
    ids=["the first again", "the first standing in", "who asked", "for the first", "for who asked"],
)
def test_nobody_gives_the_second_approval_past_the_use_case_but_somebody_else(
    world: World, by: Principal, absent: str | None
) -> None:
    change = waiting(world, "manager", "finance")
    approve(world, change, MANAGER)
    with pytest.raises(Conflict) as conflict:
        given_by(world, now(world, change.change_id), by, absent)
    assert conflict.value.lost


def test_an_id_that_begins_another_is_somebody_else(world: World) -> None:
    change = waiting(world, "manager", "finance")
    approve(world, change, MANAGER_2)
    given_by(world, now(world, change.change_id), replace(MANAGER, id=MANAGER_2.id[:-2]), None)
    assert len(now(world, change.change_id).approvals) == 2


# ----------------------------------------------------------------------------------------------------------- the inbox


def test_the_inbox_is_sorted_by_deadline_to_the_minute_and_then_by_value(world: World) -> None:
    small = waiting(world, "manager", name="D-1", fewer=1)
    world.clock.passes(seconds=20)
    large = waiting(world, "manager", name="D-2", fewer=2)
    world.clock.passes(minutes=2)
    later = waiting(world, "manager", name="D-3", price=90_000, fewer=3)
    waiting(world, "finance", name="D-4")
    inbox = world.services.changes.list(Filter(values={"waiting_for": "manager"})).items
    assert [change.change_id for change in inbox] == [each.change_id for each in (large, small, later)]
    first = world.services.changes.list(Filter(values={"waiting_for": "manager"}, limit=1))
    rest = world.services.changes.list(Filter(values={"waiting_for": "manager"}, cursor=first.cursor))
    assert [each.change_id for each in (*first.items, *rest.items)] == [each.change_id for each in inbox]


def test_what_is_decided_leaves_the_inbox_and_what_escalates_moves_on(world: World) -> None:
    decided, escalated = waiting(world, "manager"), waiting(world, "manager", name="D-2")
    approve(world, decided, MANAGER)
    world.clock.passes(hours=2)
    mind_deadlines(world.services)
    wanted = [Filter(values={"waiting_for": role}) for role in ("manager", "finance")]
    inboxes = [[each.change_id for each in world.services.changes.list(one).items] for one in wanted]
    assert inboxes == [[], [escalated.change_id]]
