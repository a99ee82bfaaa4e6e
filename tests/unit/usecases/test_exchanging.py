"""An exchange as a change: who agrees, what waits, what is held, and what is told of it."""

from dataclasses import replace

import pytest

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.order.progress import FulfilmentEvent
from shared.domain.planning.edits import AddLine, TakeBack
from shared.domain.replay.past_change import stocked
from shared.usecases.amending.accept_change import accept_change
from shared.usecases.amending.replace_edits import replace_edits
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.amending.submit_change import submit_change
from shared.usecases.amending.undo_change import undo_change
from shared.usecases.approving.decide_change import ChangeDecision, decide_change
from shared.usecases.cancelling.tell_cancelled import tell_cancelled
from shared.usecases.core.access import Principal
from shared.usecases.core.expire_change import expire_change
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.fulfilling.record_fulfilment import Fulfilment, record_fulfilment
from shared.usecases.publishing.start_workflows import steer_workflows
from tests.fakes import World
from tests.fakes.builders import AGENT, CUSTOMER, MANAGER, SERVICE
from tests.unit.usecases.stories import live, mugs, refused


@pytest.fixture
def world(world: World) -> World:
    world.product("MUG", list_price={"USD": 1200})
    world.product("POT", list_price={"USD": 2000})
    world.stock("MUG", 9)
    world.stock("POT", 5)
    return world


def swap(order: Order, sku: str = "MUG", reason: str = "customer_request") -> Wanted:
    edits = (TakeBack(line_id="l1", quantity=1), AddLine(sku=sku, quantity=1))
    return Wanted(order_id=order.order_id, kind="exchange", reason_code=reason, edits=edits)


def started(world: World, order: Order, wanted: Wanted, who: Principal, *, accepted: bool = True) -> Change:
    if accepted:
        wanted = replace(wanted, accept_digest=preview_amendment(world.services, who, wanted).digest)
    start_amendment(world.services, world.request(who, if_match=live(world, order).etag), wanted)
    return newest(world)


def newest(world: World) -> Change:
    return list(world.memory.changes.values())[-1]


def delivered(world: World, order: Order) -> Order:
    for event in (FulfilmentEvent.SHIPPED, FulfilmentEvent.DELIVERED):
        report = Fulfilment(order_id=order.order_id, line_id="l1", quantity=3, event=event)
        record_fulfilment(world.services, world.request(SERVICE), report)
    return live(world, order)


def decided(world: World, change: Change, who: Principal) -> Change:
    word = ChangeDecision(change_id=change.change_id, decision="approve", digest=change.plan.digest)
    decide_change(world.services, world.request(who), word)
    return world.memory.changes[change.change_id]


def test_an_owner_who_names_the_terms_has_agreed_to_them(world: World) -> None:
    change = started(world, mugs(world), swap(mugs(world), "POT"), CUSTOMER)
    assert change.status is ChangeStatus.COMMITTED
    assert change.consent is not None
    assert change.confirmed == ("customer",)


def test_an_owner_who_submits_or_accepts_a_draft_of_their_own_has_agreed(world: World) -> None:
    order = mugs(world)
    change = started(world, order, swap(order, "POT"), CUSTOMER, accepted=False)
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    request = world.request(CUSTOMER, if_match=order.etag)
    submit_change(world.services, request, named, change.plan.digest, "exchange")
    assert newest(world).consent is not None
    accept_change(world.services, request, named, change.plan.digest, "exchange")
    assert newest(world).status is ChangeStatus.COMMITTED


def test_other_edits_need_to_be_agreed_to_anew(world: World) -> None:
    order = delivered(world, mugs(world))
    change = started(world, order, swap(order), CUSTOMER)
    assert (change.status, change.confirmed) == (ChangeStatus.PENDING_APPROVAL, ("customer",))
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    replace_edits(world.services, world.request(AGENT, if_match=order.etag), named, swap(order, "POT"))
    assert (newest(world).consent, newest(world).confirmed) == (None, ())


def test_stock_of_what_comes_is_held_until_the_commit_and_free_again_without_one(world: World) -> None:
    order = delivered(world, mugs(world))
    before = world.memory.stock["POT"]
    change = started(world, order, swap(order, "POT"), CUSTOMER)
    assert (change.holds, world.memory.stock["POT"].held) == ({"POT": 1}, 1)
    world.clock.passes(hours=200)
    assert expire_change(world.services, change.change_id)
    assert world.memory.stock["POT"] == before
    again = decided(world, started(world, order, swap(order, "POT"), CUSTOMER), MANAGER)
    assert again.status is ChangeStatus.COMMITTED
    assert (world.memory.stock["POT"].held, world.memory.stock["POT"].allocated) == (0, before.allocated + 1)


def test_two_exchanges_at_once_exchange_once(world: World) -> None:
    order = mugs(world)
    wanted = swap(order, "POT")
    wanted = replace(wanted, accept_digest=preview_amendment(world.services, CUSTOMER, wanted).digest)
    request = world.request(CUSTOMER, if_match=order.etag)
    start_amendment(world.services, request, wanted)
    with refused("stale-version"):
        start_amendment(world.services, world.request(CUSTOMER, if_match=order.etag), wanted)
    assert [line.quantity for line in live(world, order).lines] == [2, 1]


def test_an_exchange_that_waits_is_ended_on_its_own_path(world: World) -> None:
    order = mugs(world)
    change = started(world, order, swap(order), AGENT)
    assert change.status is ChangeStatus.PENDING_CONFIRMATION
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    with refused("other-kind"):
        undo_change(world.services, world.request(AGENT, if_match=order.etag), named)
    undo_change(world.services, world.request(AGENT, if_match=order.etag), named, kind="exchange")
    assert newest(world).status is ChangeStatus.UNDONE
    assert live(world, order).open_change is None


def steered(world: World) -> set[str]:
    """The executions that the news so far has started."""
    for event in world.memory.events:
        steer_workflows(world.workflows, world.services.changes, event)
    return set(world.workflows.started)


def test_a_letter_tells_of_an_exchange_that_gives_no_money_back(world: World) -> None:
    order = mugs(world)
    change = started(world, order, swap(order, "POT"), CUSTOMER)
    assert f"{change.change_id}-letter" in steered(world)
    tell_cancelled(world.services, world.mail, change.change_id, change.order_id)
    (letter,) = world.mail.sent
    assert letter.subject == "We have exchanged a part of your order D-1"
    assert "- You give back: 1 × Mug, 2 of 3 left" in letter.text
    assert "- You get: 1 × POT at 20.00 USD" in letter.text
    assert "- You still pay: 10.80 USD" in letter.text
    assert "Refund: none" not in letter.text


def test_an_exchange_that_gives_money_back_has_the_letter_of_its_refund(world: World) -> None:
    world.product("CUP", list_price={"USD": 400})
    order = mugs(world)
    change = started(world, order, swap(order, "CUP"), CUSTOMER)
    assert [refund.amount for refund in change.refunds] == [1080 - 432]
    assert f"{change.change_id}-letter" not in steered(world)


def test_an_exchange_can_be_judged_anew(world: World) -> None:
    order = mugs(world)
    change = started(world, order, swap(order), CUSTOMER)
    assert stocked(world.services.skus.load(("MUG",)), change).stock["MUG"].available > 0
