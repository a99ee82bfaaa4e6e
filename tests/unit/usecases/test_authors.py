"""Who asks for a change: whoever set its edits, with their own rights; and none of those who asked approves it."""

from contextlib import nullcontext
from dataclasses import replace

import pytest

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.planning.edits import Edit, Money, SetQuantity, SetUnitPrice
from shared.usecases.amending.accept_change import accept_change
from shared.usecases.amending.replace_edits import replace_edits
from shared.usecases.amending.start_amendment import start_amendment
from shared.usecases.amending.submit_change import submit_change
from shared.usecases.amending.undo_change import undo_change
from shared.usecases.approving.lapse_approval import Waiting, lapse_approval
from shared.usecases.core.access import Principal
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.core.wait_result import Over
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, CUSTOMER, MANAGER
from tests.unit.usecases.approvals import a_dear_order, asked_for, decided, now, over_500, ruled
from tests.unit.usecases.stories import live, mugs, refused, taken

AGENT_2 = replace(AGENT, id="usr-agent-2")
MANAGER_2 = replace(MANAGER, id="usr-manager-2")
CHEAPER: tuple[Edit, ...] = (SetUnitPrice(line_id="l1", unit_price=Money(amount=900, currency="USD")),)
DEARER: tuple[Edit, ...] = (SetUnitPrice(line_id="l1", unit_price=Money(amount=50_200, currency="USD")),)
ONE_LESS: tuple[Edit, ...] = (SetQuantity(line_id="l1", quantity=2),)


def wanted(order: Order, edits: tuple[Edit, ...]) -> Wanted:
    return Wanted(order_id=order.order_id, reason_code="price_correction", edits=edits)


def drafted(world: World, order: Order, edits: tuple[Edit, ...], who: Principal = AGENT) -> Change:
    start_amendment(world.services, world.request(who, if_match=order.etag), wanted(order, edits))
    return list(world.memory.changes.values())[-1]


def named(change: Change) -> ChangeAddress:
    return ChangeAddress(order_id=change.order_id, change_id=change.change_id)


def put(world: World, order: Order, change: Change, edits: tuple[Edit, ...], who: Principal) -> None:
    replace_edits(
        world.services, world.request(who, if_match=live(world, order).etag), named(change), wanted(order, edits)
    )


def submitted(world: World, order: Order, change: Change, who: Principal) -> None:
    request = world.request(who, if_match=live(world, order).etag)
    submit_change(world.services, request, named(change), now(world, change).plan.digest)


@pytest.fixture
def world(world: World) -> World:
    ruled(world, over_500("manager"))
    return world


def test_other_edits_are_judged_by_the_rights_of_who_sends_them(world: World) -> None:
    """A customer may not set prices, not even where they have drafted something that they may."""
    order = mugs(world)
    change = drafted(world, order, ONE_LESS, CUSTOMER)
    with refused("not-eligible"):
        put(world, order, change, CHEAPER, CUSTOMER)
    assert now(world, change) == change


def test_a_customer_does_not_submit_what_staff_has_drafted(world: World) -> None:
    order = mugs(world)
    change = drafted(world, order, CHEAPER)
    with refused("change-of-another"):
        submitted(world, order, change, CUSTOMER)
    assert now(world, change) == change


def test_a_customer_does_not_void_what_staff_waits_for(world: World) -> None:
    order = a_dear_order(world)
    change = asked_for(world, order)
    assert now(world, change).status is ChangeStatus.PENDING_APPROVAL
    with refused("change-of-another"):
        put(world, order, change, ONE_LESS, CUSTOMER)
    assert now(world, change) == change


def test_a_customer_does_not_take_a_draft_of_staff_over(world: World) -> None:
    order = mugs(world)
    change = drafted(world, order, CHEAPER)
    with refused("change-of-another"):
        put(world, order, change, ONE_LESS, CUSTOMER)
    assert now(world, change) == change


def test_staff_helps_a_customer_on_and_asks_for_it_from_then_on(world: World) -> None:
    """An agent's edits in a customer's draft are the agent's: the customer goes on with them no more."""
    order = mugs(world)
    change = drafted(world, order, ONE_LESS, CUSTOMER)
    put(world, order, change, CHEAPER, AGENT)
    assert now(world, change).requested_by == AGENT.acting()
    with refused("change-of-another"):
        submitted(world, order, change, CUSTOMER)


def test_a_colleague_submits_a_draft_and_its_customer_does_not_accept_it(world: World) -> None:
    order = mugs(world)
    change = drafted(world, order, ONE_LESS)
    submitted(world, order, change, AGENT_2)
    for who in (CUSTOMER, AGENT):
        request = world.request(who, if_match=live(world, order).etag)
        with refused("change-of-another") if who is CUSTOMER else nullcontext():
            accept_change(world.services, request, named(change), now(world, change).plan.digest)
    assert now(world, change).status is ChangeStatus.COMMITTED


def test_a_customer_does_not_end_a_draft_of_staff(world: World) -> None:
    order = mugs(world)
    change = drafted(world, order, CHEAPER)
    with refused("change-of-another"):
        undo_change(world.services, world.request(CUSTOMER, if_match=live(world, order).etag), named(change))
    assert now(world, change) == change


def test_what_a_customer_asks_for_is_theirs_by_any_of_their_logins(world: World) -> None:
    order = mugs(world)
    change = drafted(world, order, ONE_LESS, CUSTOMER)
    other = replace(CUSTOMER, id="usr-customer-at-work")
    undo_change(world.services, world.request(other, if_match=live(world, order).etag), named(change))
    assert now(world, change).status is ChangeStatus.UNDONE


@pytest.mark.parametrize("part", ["drafted it", "sent other edits", "submitted it"])
def test_nobody_approves_what_they_had_a_part_in_asking_for(world: World, part: str) -> None:
    order = a_dear_order(world)
    change = drafted(world, order, ONE_LESS, MANAGER if part == "drafted it" else AGENT)
    if part != "submitted it":
        put(world, order, change, ONE_LESS, MANAGER if part == "sent other edits" else AGENT)
    submitted(world, order, change, MANAGER if part == "submitted it" else AGENT)
    waiting = now(world, change)
    for word in ("approve", "reject"):
        with refused("own-change"):
            decided(world, waiting, MANAGER, word)
    decided(world, waiting, MANAGER_2)
    assert now(world, change).status is ChangeStatus.APPROVED


def test_an_address_that_was_drafted_does_not_carry_a_manager_s_refund(world: World) -> None:
    """The manager's two sofas fewer, in an agent's draft, need another manager."""
    order = taken(world, an_order().with_line("SOFA", 3, 50_100).paid())
    change = drafted(world, order, (SetQuantity(line_id="l1", quantity=4),))
    put(world, order, change, (SetQuantity(line_id="l1", quantity=1),), MANAGER)
    submitted(world, order, change, MANAGER)
    with refused("own-change"):
        decided(world, now(world, change), MANAGER)


# ------------------------------------------------------------------------------- other edits while approval is awaited


def waiting(world: World, quantity: int = 4) -> tuple[Order, Change]:
    """A change of 501.00 more that waits for the first of two approvals, with one sofa on hold."""
    ruled(world, over_500("manager", "finance"))
    world.stock("SOFA", on_hand=10)
    order = a_dear_order(world)
    change = drafted(world, order, (SetQuantity(line_id="l1", quantity=quantity),))
    submitted(world, order, change, AGENT)
    return order, now(world, change)


def test_other_edits_make_a_waiting_change_a_draft_and_free_what_it_held(world: World) -> None:
    order, change = waiting(world)
    assert (change.status, world.memory.stock["SOFA"].held) == (ChangeStatus.PENDING_APPROVAL, 1)
    put(world, order, change, (SetQuantity(line_id="l1", quantity=5),), AGENT_2)
    after = now(world, change)
    assert (after.status, after.holds, after.asked, after.waiting_for) == (ChangeStatus.DRAFT, {}, None, None)
    assert world.memory.stock["SOFA"].held == 0
    assert live(world, order).open_change.status == "draft"  # type: ignore[union-attr]


def test_other_edits_make_approvals_void_and_they_are_asked_for_again(world: World) -> None:
    order, change = waiting(world)
    decided(world, change, MANAGER)
    assert [each.role for each in now(world, change).approvals] == ["manager"]
    put(world, order, change, (SetQuantity(line_id="l1", quantity=5),), AGENT)
    assert (now(world, change).approvals, now(world, change).decided_by) == ((), None)
    submitted(world, order, change, AGENT)
    assert (now(world, change).waiting_for, world.memory.stock["SOFA"].held) == ("manager", 2)
    decided(world, now(world, change), MANAGER)
    assert now(world, change).waiting_for == "finance"


def test_the_execution_that_waits_for_a_void_approval_ends_when_it_looks(world: World) -> None:
    order, change = waiting(world)
    put(world, order, change, (SetQuantity(line_id="l1", quantity=5),), AGENT)
    assert lapse_approval(world.services, change.change_id, change.round) == Over(decision="closed")
    submitted(world, order, change, AGENT)
    assert lapse_approval(world.services, change.change_id, change.round) == Over(decision="closed")
    assert isinstance(lapse_approval(world.services, change.change_id, change.round + 1), Waiting)


def test_who_sends_other_edits_of_a_waiting_change_does_not_approve_it(world: World) -> None:
    order, change = waiting(world)
    put(world, order, change, (SetQuantity(line_id="l1", quantity=5),), MANAGER)
    submitted(world, order, change, AGENT)
    with refused("own-change"):
        decided(world, now(world, change), MANAGER)


def test_the_last_units_on_hold_can_be_asked_for_again(world: World) -> None:
    world.stock("SOFA", on_hand=4)
    ruled(world, over_500("manager"))
    order = a_dear_order(world)
    change = drafted(world, order, (SetQuantity(line_id="l1", quantity=4),))
    submitted(world, order, change, AGENT)
    put(world, order, change, (SetQuantity(line_id="l1", quantity=4), *DEARER), AGENT)
    assert now(world, change).plan.violations == ()


def test_a_change_that_was_approved_gets_no_other_edits(world: World) -> None:
    ruled(world, over_500("manager"))
    order = a_dear_order(world)
    change = drafted(world, order, ONE_LESS)
    submitted(world, order, change, AGENT)
    decided(world, now(world, change), MANAGER)
    with refused("illegal-transition"):
        put(world, order, change, ONE_LESS, AGENT)
