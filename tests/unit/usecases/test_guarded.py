"""A change for a reason of fraud or law is staff's: its customer neither hinders it nor is asked about it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.planning.edits import AddLine, Edit, SetQuantity
from shared.domain.policy.documents.collection import CollectionPolicy, CollectionRule
from shared.usecases.amending.replace_edits import replace_edits
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.cancelling.start_cancellation import (
    Cancellation,
    LineToCancel,
    preview_cancellation,
    start_cancellation,
)
from shared.usecases.cancelling.withdraw_cancellation import withdraw_cancellation
from shared.usecases.collecting.book_payment import book_link_payment
from shared.usecases.core.access import Principal
from shared.usecases.core.expire_change import expire_change
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.open_changes import ChangeAddress
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, CUSTOMER, MANAGER
from tests.fakes.collections import PAY_FIRST, collecting, collection_of, link_paid
from tests.unit.usecases.approvals import a_dear_order, decided, over_500, ruled
from tests.unit.usecases.stories import live, mugs, refused, taken

ONE_LESS: tuple[Edit, ...] = (SetQuantity(line_id="l1", quantity=2),)


def amended(
    world: World, order: Order, who: Principal, reason: str, edits: tuple[Edit, ...] = ONE_LESS, *, accept: bool = False
) -> Change:
    wanted = Wanted(order_id=order.order_id, reason_code=reason, edits=edits)
    digest = preview_amendment(world.services, who, wanted).digest if accept else None
    request = world.request(who, if_match=live(world, order).etag)
    start_amendment(world.services, request, replace(wanted, accept_digest=digest))
    return list(world.memory.changes.values())[-1]


def cancelled(world: World, order: Order, who: Principal, reason: str, *lines: LineToCancel) -> Change:
    asked = Cancellation(order_id=order.order_id, reason_code=reason, lines=lines or None)
    start_cancellation(world.services, world.request(who, if_match=live(world, order).etag), asked)
    return list(world.memory.changes.values())[-1]


@pytest.fixture
def world(world: World) -> World:
    ruled(world, over_500("manager"))
    return world


@pytest.mark.parametrize("what", ["a draft", "what waits for an approval", "a cancellation"])
def test_what_a_customer_has_open_makes_way_for_a_case_of_fraud(world: World, what: str) -> None:
    order = a_dear_order(world)
    if what == "a cancellation":
        theirs = cancelled(world, order, CUSTOMER, "customer_request")
    else:
        theirs = amended(world, order, CUSTOMER, "customer_request", accept=what != "a draft")
    assert world.memory.changes[theirs.change_id].is_open
    ours = cancelled(world, order, AGENT, "fraud")
    ended, open_ = world.memory.changes[theirs.change_id], live(world, order).open_change
    assert ended.status is (ChangeStatus.WITHDRAWN if what == "a cancellation" else ChangeStatus.UNDONE)
    assert (ended.holds, open_ and open_.change_id) == ({}, ours.change_id)
    assert "fraud" not in str(ended.timeline)


def test_what_staff_has_open_makes_way_for_nothing(world: World) -> None:
    order = mugs(world)
    ours = amended(world, order, AGENT, "quantity_correction")
    with refused("change-open"):
        cancelled(world, order, AGENT, "fraud")
    assert world.memory.changes[ours.change_id].status is ChangeStatus.DRAFT


def test_a_customer_s_draft_makes_way_for_no_other_reason(world: World) -> None:
    order = mugs(world)
    theirs = amended(world, order, CUSTOMER, "customer_request")
    with refused("change-open"):
        cancelled(world, order, AGENT, "wrong_item")
    assert world.memory.changes[theirs.change_id].status is ChangeStatus.DRAFT


def test_a_start_that_is_refused_ends_nothing(world: World) -> None:
    order = mugs(world)
    theirs = amended(world, order, CUSTOMER, "customer_request")
    with refused("unknown-line"):
        cancelled(world, order, AGENT, "fraud", LineToCancel(line_id="l9"))
    assert world.memory.changes[theirs.change_id].status is ChangeStatus.DRAFT


def test_a_reason_of_staff_s_is_no_customer_s(world: World) -> None:
    order = mugs(world)
    with refused("unknown-reason"):
        cancelled(world, order, CUSTOMER, "fraud")
    with refused("unknown-reason"):
        amended(world, order, CUSTOMER, "legal_compliance")
    asked = Cancellation(order_id=order.order_id, reason_code="fraud")
    found = preview_cancellation(world.services, CUSTOMER, asked).violations
    assert [(each.code, each.pointer) for each in found][:1] == [("unknown-reason", "/reason_code")]


def test_other_edits_give_no_reason_of_staff_s(world: World) -> None:
    order = mugs(world)
    theirs = amended(world, order, CUSTOMER, "customer_request")
    wanted = Wanted(order_id=order.order_id, reason_code="legal_compliance", edits=ONE_LESS)
    address = ChangeAddress(order_id=order.order_id, change_id=theirs.change_id)
    with refused("unknown-reason"):
        replace_edits(world.services, world.request(CUSTOMER, if_match=order.etag), address, wanted)
    replace_edits(world.services, world.request(AGENT, if_match=order.etag), address, wanted)
    assert world.memory.changes[theirs.change_id].guarded


def test_the_customer_is_not_asked_to_agree_to_it(world: World) -> None:
    """A partial cancellation by an agent needs the customer's consent by policy; for fraud nobody asks."""
    one = LineToCancel(line_id="l1", quantity=1)
    assert cancelled(world, mugs(world), AGENT, "wrong_item", one).status is ChangeStatus.PENDING_CONFIRMATION
    order = taken(world, an_order("D-2").with_line("MUG", 3, 1000).paid())
    assert cancelled(world, order, AGENT, "fraud", one).status is ChangeStatus.COMMITTED


@pytest.mark.parametrize(("reason", "mode"), [("wrong_item", "before_commit"), ("legal_compliance", "bill")])
def test_it_does_not_wait_for_the_customer_to_pay(world: World, reason: str, mode: str) -> None:
    rule = CollectionRule(id="first", mode="before_commit", words="The customer pays first.")
    world.policies.policy = replace(world.policies.policy, collection=CollectionPolicy(rules=(rule,)))
    world.product("CUP", title="Cup", list_price={"USD": 1200})
    wanted = Wanted(order_id=mugs(world).order_id, reason_code=reason, edits=(AddLine(sku="CUP", quantity=1),))
    planned = preview_amendment(world.services, AGENT, wanted).collection
    assert planned is not None
    assert planned.mode == mode


# ---------------------------------------------------------------------------------------------- nothing ships meanwhile


def told(world: World) -> list[str]:
    """The types of what is told of holds, with that of a commit where it stands between."""
    types = {"ShippingHeld", "ShippingReleased", "OrderCancelled", "OrderLinesCancelled", "OrderAmended"}
    return [event.type for event in world.memory.events if event.type in types]


def test_while_a_case_of_fraud_waits_the_warehouse_is_to_ship_nothing(world: World) -> None:
    order = a_dear_order(world)
    waiting = cancelled(world, order, AGENT, "fraud")
    assert (waiting.status, told(world)) == (ChangeStatus.PENDING_APPROVAL, ["ShippingHeld"])
    held = next(event for event in world.memory.events if event.type == "ShippingHeld")
    assert held.data == {"changed": ["hold"], "link": f"/orders/{order.order_id}"}
    decided(world, waiting, MANAGER)
    assert told(world) == ["ShippingHeld", "OrderCancelled", "ShippingReleased"]


@pytest.mark.parametrize("end", ["rejected", "withdrawn", "expired"])
def test_however_it_ends_the_order_may_ship_again(world: World, end: str) -> None:
    order = a_dear_order(world)
    waiting = cancelled(world, order, AGENT, "fraud")
    if end == "rejected":
        decided(world, waiting, MANAGER, "reject")
    elif end == "withdrawn":
        address = ChangeAddress(order_id=order.order_id, change_id=waiting.change_id)
        withdraw_cancellation(world.services, world.request(AGENT, if_match=order.etag), address)
    else:
        world.clock.passes(hours=25)
        assert expire_change(world.services, waiting.change_id)
    assert world.memory.changes[waiting.change_id].status == end
    assert told(world) == ["ShippingHeld", "ShippingReleased"]


def test_a_hold_follows_the_reason_that_other_edits_give(world: World) -> None:
    order = mugs(world)
    draft = amended(world, order, AGENT, "quantity_correction")
    address = ChangeAddress(order_id=order.order_id, change_id=draft.change_id)
    for reason in ("legal_compliance", "customer_request"):
        wanted = Wanted(order_id=order.order_id, reason_code=reason, edits=ONE_LESS)
        replace_edits(world.services, world.request(AGENT, if_match=order.etag), address, wanted)
    assert told(world) == ["ShippingHeld", "ShippingReleased"]


def test_no_other_reason_holds_anything_nor_does_what_is_done_at_once(world: World) -> None:
    amended(world, mugs(world), AGENT, "quantity_correction")
    order = taken(world, an_order("D-2").with_line("MUG", 3, 1000).paid())
    assert cancelled(world, order, AGENT, "fraud").status is ChangeStatus.COMMITTED
    assert told(world) == ["OrderCancelled"]


# ------------------------------------------------------------------------------------------- races while way is made


STARTS: dict[str, Callable[[World, Order], Change]] = {
    "a cancellation": lambda world, order: cancelled(world, order, AGENT, "fraud"),
    "a draft": lambda world, order: amended(world, order, AGENT, "legal_compliance"),
}
every_start = pytest.mark.parametrize("start", list(STARTS))


def to_be_paid(world: World) -> tuple[Order, Change]:
    """An order, and a change of its customer's that waits for their payment."""
    world.product("MUG", list_price={"USD": 1000})
    world.policies.policy = collecting(PAY_FIRST)
    order = mugs(world)
    more: tuple[Edit, ...] = (SetQuantity(line_id="l1", quantity=5),)
    return order, amended(world, order, CUSTOMER, "customer_request", more, accept=True)


def once_ended(world: World, happens: Callable[[], object]) -> None:
    """Have something happen between the write that ends the customer's change and that of the start."""

    def then() -> None:
        happens()

    def ends() -> None:
        world.memory.before_write = then

    world.memory.before_write = ends


def is_paid(world: World, theirs: Change) -> None:
    paid = link_paid(theirs, collection_of(theirs).amount)
    book_link_payment(world.services, "sandbox", paid)


@every_start
def test_money_that_comes_while_way_is_made_keeps_no_case_of_fraud_away(world: World, start: str) -> None:
    order, theirs = to_be_paid(world)
    once_ended(world, lambda: is_paid(world, theirs))
    ours = STARTS[start](world, order)
    after, ended = live(world, order), world.memory.changes[theirs.change_id]
    assert (ours.guarded, ended.status, ended.surplus) == (True, ChangeStatus.FALLOUT, collection_of(theirs).amount)
    assert (after.version == 2) == (start == "a cancellation")
    assert after.open_change is None or after.open_change.change_id == ours.change_id


def test_a_start_that_was_agreed_for_another_sum_tells_that_the_customer_s_change_has_ended(world: World) -> None:
    order, theirs = to_be_paid(world)
    asked = Cancellation(order_id=order.order_id, reason_code="fraud")
    asked = replace(asked, consent=preview_cancellation(world.services, AGENT, asked).digest)
    once_ended(world, lambda: is_paid(world, theirs))
    with refused("plan-changed") as refusal:
        start_cancellation(world.services, world.request(AGENT, if_match=order.etag), asked)
    assert refusal.value.detail.endswith(f" The customer's change {theirs.change_id} has ended to make way for this.")
    assert not world.memory.changes[theirs.change_id].is_open


@every_start
def test_another_version_that_comes_while_way_is_made_is_not_the_one_that_was_read(world: World, start: str) -> None:
    order, _ = to_be_paid(world)
    once_ended(world, lambda: amended(world, order, AGENT, "quantity_correction", accept=True))
    with refused("stale-version") as refusal:
        STARTS[start](world, order)
    assert "has ended to make way" in refusal.value.detail
    assert live(world, order).version == order.version + 1


@every_start
def test_who_makes_way_for_nothing_is_told_of_nothing_that_ended(world: World, start: str) -> None:
    order, theirs = to_be_paid(world)
    world.memory.before_write = lambda: is_paid(world, theirs)
    with refused("stale-version") as refusal:
        STARTS[start](world, order)
    assert "has ended" not in refusal.value.detail
    assert live(world, order).version == order.version + 1
