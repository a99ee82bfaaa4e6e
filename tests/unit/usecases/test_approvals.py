"""Who must agree inside: in order, within their time, never who asked, never the same person twice."""

from dataclasses import replace

import pytest

from shared.domain.change.change import Change
from shared.domain.change.delegation import Delegation
from shared.domain.change.states import ChangeStatus
from shared.domain.change.tally import refunds_key
from shared.domain.order.order import Order
from shared.domain.order.payment import Payment
from shared.domain.policy.documents.approvals import Route
from shared.domain.policy.scope import Only
from shared.usecases.amending.accept_change import accept_change
from shared.usecases.amending.submit_change import submit_change
from shared.usecases.amending.undo_committed import preview_undo, undo_committed
from shared.usecases.approving.ask_for_decision import ask_for_decision
from shared.usecases.approving.lapse_approval import Over, Waiting, lapse_approval
from shared.usecases.cancelling.start_cancellation import Cancellation, start_cancellation
from shared.usecases.core.access import Principal
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, CUSTOMER, MANAGER, MANAGER_2
from tests.fakes.world import NOW
from tests.unit.usecases.approvals import FINANCE, LEAD, a_dear_order, asked_for, decided, now, over_500, ruled
from tests.unit.usecases.stories import live, refused, taken


@pytest.fixture
def waiting(world: World) -> Change:
    """501.00, of which a lead is asked first."""
    ruled(world, over_500("lead"))
    return asked_for(world, a_dear_order(world))


def test_an_amendment_of_501_escalates_twice_before_finance_approves_it(world: World, waiting: Change) -> None:
    asked = []
    for _ in range(3):
        asked.append(now(world, waiting).waiting_for)
        world.clock.passes(hours=2)
        mind_deadlines(world.services)
        if len(asked) == 2:
            break
    assert [*asked, now(world, waiting).waiting_for] == ["lead", "manager", "finance"]
    assert [event.data["role"] for event in world.events("ApprovalEscalated")] == ["manager", "finance"]
    decided(world, waiting, FINANCE)
    change = now(world, waiting)
    assert change.status is ChangeStatus.COMMITTED
    assert [(given.role, given.by, given.waited_seconds) for given in change.approvals] == [
        ("finance", FINANCE.id, 4 * 3600)
    ]


def test_who_is_asked_is_reminded_once(world: World, waiting: Change) -> None:
    world.clock.passes(minutes=59)
    mind_deadlines(world.services)
    assert not world.events("ApprovalReminded")
    world.clock.passes(minutes=1)
    mind_deadlines(world.services)
    mind_deadlines(world.services)
    assert [event.data["role"] for event in world.events("ApprovalReminded")] == ["lead"]
    assert now(world, waiting).waiting_for == "lead"


def test_when_the_last_level_does_not_answer_the_change_expires(world: World, waiting: Change) -> None:
    for _ in range(3):
        world.clock.passes(hours=2)
        mind_deadlines(world.services)
    assert now(world, waiting).status is ChangeStatus.EXPIRED
    assert world.memory.orders[waiting.order_id].open_change is None


def test_a_change_whose_own_time_is_over_expires_and_is_escalated_no_more(world: World, waiting: Change) -> None:
    world.clock.passes(hours=25)
    assert lapse_approval(world.services, waiting.change_id, 1) == Over(decision="expired")
    assert not world.events("ApprovalEscalated")


def test_a_level_whose_time_is_over_decides_no_more(world: World, waiting: Change) -> None:
    world.clock.passes(hours=2)
    with refused("deadline-passed"):
        decided(world, waiting, LEAD)
    mind_deadlines(world.services)
    with refused("wrong-role"):
        decided(world, waiting, LEAD)
    decided(world, waiting, MANAGER)


def test_the_execution_is_told_how_long_to_wait_and_does_what_is_due(world: World, waiting: Change) -> None:
    first = lapse_approval(world.services, waiting.change_id, 1)
    world.clock.passes(hours=1)
    second = lapse_approval(world.services, waiting.change_id, 1)
    world.clock.passes(hours=1)
    third = lapse_approval(world.services, waiting.change_id, 1)
    assert [(each.role, each.seconds) for each in (first, second, third) if isinstance(each, Waiting)] == [
        ("lead", 3600),
        ("lead", 3600),
        ("manager", 3600),
    ]
    decided(world, waiting, MANAGER)
    assert lapse_approval(world.services, waiting.change_id, 1) == Over(decision="approved")


@pytest.mark.parametrize(("decision", "told"), [("approve", "approved"), ("reject", "rejected")])
def test_whoever_asks_for_a_decision_that_is_taken_is_answered_at_once(
    world: World, waiting: Change, decision: str, told: str
) -> None:
    decided(world, waiting, LEAD, decision)
    ask_for_decision(world.services.changes, world.workflows, waiting.change_id, 1, "token-1")
    assert world.workflows.answered == {"token-1": told}


def test_two_approvals_are_given_one_after_the_other(world: World) -> None:
    ruled(world, over_500("manager", "finance"))
    order = a_dear_order(world)
    change = asked_for(world, order)
    with refused("wrong-role"):
        decided(world, change, FINANCE)
    decided(world, change, MANAGER)
    assert (now(world, change).waiting_for, live(world, order).version) == ("finance", 1)
    decided(world, change, FINANCE)
    assert (now(world, change).status, live(world, order).version) == (ChangeStatus.COMMITTED, 2)
    assert [event.data["role"] for event in world.events("ApprovalRequested")] == ["manager", "finance"]
    assert [event.data["round"] for event in world.events("ApprovalDecided")] == [1, 2]


def test_a_change_that_was_not_accepted_in_advance_waits_for_all_approvals_too(world: World) -> None:
    ruled(world, over_500("manager", "finance"))
    change = asked_for(world, a_dear_order(world), accept=False)
    named = ChangeAddress(order_id=change.order_id, change_id=change.change_id)
    order = world.memory.orders[change.order_id]
    submit_change(world.services, world.request(AGENT, if_match=order.etag), named, change.plan.digest)
    decided(world, change, MANAGER)
    assert now(world, change).status is ChangeStatus.PENDING_APPROVAL
    assert [(event.data["role"], event.data["round"]) for event in world.events("ApprovalRequested")] == [
        ("manager", 1),
        ("finance", 2),
    ]
    decided(world, change, FINANCE)
    assert now(world, change).status is ChangeStatus.APPROVED


def test_a_change_that_waited_before_there_was_escalation_is_decided_by_whom_its_plan_names(world: World) -> None:
    ruled(world, over_500("manager"))
    change = asked_for(world, a_dear_order(world))
    world.memory.changes[change.change_id] = replace(change, asked=None)
    decided(world, change, MANAGER)
    assert now(world, change).status is ChangeStatus.COMMITTED


def test_nobody_gives_both_approvals(world: World) -> None:
    ruled(world, over_500("manager", "finance"))
    both = Principal(id="usr-both", roles=frozenset({"manager", "finance"}))
    change = asked_for(world, a_dear_order(world))
    decided(world, change, both)
    with refused("decided-already"):
        decided(world, change, both)


def test_a_rejection_by_the_second_ends_the_change(world: World) -> None:
    ruled(world, over_500("manager", "finance"))
    order = a_dear_order(world)
    change = asked_for(world, order)
    decided(world, change, MANAGER)
    decided(world, change, FINANCE, "reject")
    assert (now(world, change).status, live(world, order).version) == (ChangeStatus.REJECTED, 1)


def test_a_stand_in_decides_in_the_place_of_who_is_away(world: World, waiting: Change) -> None:
    hours = {"since": NOW, "until": NOW.replace(hour=23)}
    world.services.delegations.put(Delegation(role="lead", of=LEAD.id, to=MANAGER_2.id, **hours))
    decided(world, waiting, MANAGER_2)
    (given,) = now(world, waiting).approvals
    assert (given.role, given.by, given.on_behalf_of) == ("lead", MANAGER_2.id, LEAD.id)


def test_a_customer_stands_in_for_nobody(world: World, waiting: Change) -> None:
    world.services.delegations.put(
        Delegation(role="lead", of=LEAD.id, to=CUSTOMER.id, since=NOW, until=NOW.replace(hour=23))
    )
    with refused("wrong-role"):
        decided(world, waiting, CUSTOMER)


def test_nobody_stands_in_for_who_asked(world: World, waiting: Change) -> None:
    stand_in = Principal(id="usr-stand-in", roles=frozenset({"agent"}))
    world.services.delegations.put(
        Delegation(role="lead", of=AGENT.id, to=stand_in.id, since=NOW, until=NOW.replace(hour=23))
    )
    with refused("wrong-role"):
        decided(world, waiting, stand_in)


def test_standing_in_does_not_give_one_person_two_voices(world: World) -> None:
    ruled(world, over_500("manager", "finance"))
    world.services.delegations.put(
        Delegation(role="finance", of=MANAGER.id, to="usr-other", since=NOW, until=NOW.replace(hour=23))
    )
    change = asked_for(world, a_dear_order(world))
    decided(world, change, MANAGER)
    with refused("wrong-role"):
        decided(world, change, Principal(id="usr-other", roles=frozenset({"lead"})))


def test_the_highest_limit_that_is_exceeded_decides(world: World) -> None:
    ruled(
        world,
        over_500("manager"),
        Route(id="over-1000", above={"USD": "1000.00"}, approvers=("manager", "finance")),
        Route(id="over-100", above={"USD": "100.00"}, approvers=("lead",)),
    )
    order = a_dear_order(world)
    assert [each.role for each in asked_for(world, order, 1).plan.approvals] == ["manager", "finance"]


def test_a_route_without_approvers_lets_the_change_through(world: World) -> None:
    ruled(world, over_500("manager"), replace(over_500(), id="trusted", only=Only(accounts=("cus-1",))))
    order = a_dear_order(world)
    change = asked_for(world, order)
    assert (change.status, live(world, order).version) == (ChangeStatus.COMMITTED, 2)
    assert [(each.decides, each.rule, each.outcome) for each in change.plan.rulings if each.decides == "approval"] == [
        ("approval", "trusted", "allow")
    ]


def test_a_large_refund_is_asked_for_by_somebody_who_has_stepped_up(world: World) -> None:
    order = a_dear_order(world)
    weak = replace(AGENT, strong=False)
    with refused("step-up-required"):
        asked_for(world, order, 1, who=weak)
    assert live(world, order).open_change is None
    assert asked_for(world, order, 1).status is ChangeStatus.PENDING_APPROVAL


def test_a_sign_in_of_yesterday_is_too_old_for_a_large_refund(world: World) -> None:
    order = a_dear_order(world)
    world.clock.passes(hours=13)
    with refused("step-up-required"):
        asked_for(world, order, 1)


def test_refunds_of_a_customer_are_counted_by_the_day(world: World) -> None:
    for number in range(2):
        order = taken(world, an_order(f"D-{number}").with_line(f"MUG-{number}", 3, 1000).paid())
        asked_for(world, order)
    assert of_the_customer(world) == [2]
    world.clock.passes(days=1)
    order = taken(world, an_order("D-9").with_line("MUG-9", 3, 1000).paid())
    asked_for(world, order)
    assert of_the_customer(world) == [1, 2]


def of_the_customer(world: World) -> list[int]:
    return sorted(count for key, count in world.memory.tallies.items() if key.startswith("refunds/"))


def test_a_refund_beyond_those_of_a_day_needs_an_approval_also_if_two_are_asked_for_at_once(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 3, 1000).paid())
    key = refunds_key(order, world.clock.now())
    world.memory.tallies[key] = 499
    world.memory.before_write = lambda: world.memory.tallies.update({key: 500})
    with refused("plan-changed"):
        asked_for(world, order)
    assert asked_for(world, order).waiting_for == "manager"


@pytest.mark.parametrize("act", ["submit", "accept", "undo", "cancel"])
def test_every_way_to_a_large_refund_asks_for_a_step_up(world: World, act: str) -> None:
    ruled(world, over_500())
    order, weak = a_dear_order(world), replace(AGENT, strong=False)
    if act == "undo":
        more = asked_for(world, order, 6)
        fresh = live(world, order)
        named = ChangeAddress(order_id=order.order_id, change_id=more.change_id)
        world.memory.orders[order.order_id] = fresh = replace(fresh, payments=_all_paid(fresh))
        digest = preview_undo(world.services, AGENT, named).digest
        request = world.request(weak, if_match=fresh.etag)
        with refused("step-up-required"):
            undo_committed(world.services, request, named, digest)
        return
    if act == "cancel":
        asked = Cancellation(order_id=order.order_id, reason_code="customer_request")
        with refused("step-up-required"):
            start_cancellation(world.services, world.request(weak, if_match=order.etag), asked)
        return
    change = asked_for(world, order, 1, accept=False)
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    if act == "accept":
        submit_change(world.services, world.request(AGENT, if_match=order.etag), named, change.plan.digest)
    with refused("step-up-required"):
        (submit_change if act == "submit" else accept_change)(
            world.services, world.request(weak, if_match=order.etag), named, change.plan.digest
        )


def _all_paid(order: Order) -> tuple[Payment, ...]:
    (paid,) = order.payments
    return (replace(paid, captured=order.totals.total, authorised=order.totals.total),)
