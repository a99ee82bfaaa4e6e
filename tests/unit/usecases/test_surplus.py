"""Money that comes by a payment link for nothing calls a person, and lets go once it has gone back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.planning.edits import Money, SetQuantity, Settle
from shared.domain.replay.past_change import has_effect
from shared.ports.outcomes import Failure
from shared.ports.paging import Filter
from shared.usecases.amending.undo_change import undo_change
from shared.usecases.amending.undo_committed import preview_undo
from shared.usecases.cancelling.start_cancellation import Cancellation, start_cancellation
from shared.usecases.collecting.book_payment import book_link_payment
from shared.usecases.collecting.payment_links import give_up
from shared.usecases.core.access import Principal
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.fulfilling.acknowledge_change import Acknowledge, acknowledge_change
from shared.usecases.reading.read_history import read_log
from shared.usecases.refunding.resolve_fallout import Resolution, resolve_fallout
from shared.usecases.refunding.settle_refund import RefundAddress, fail_refund, settle_refund
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from shared.usecases.sweeping.resume_changes import resume_changes
from shared.wording.waits import waits_of
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, CUSTOMER, OPERATOR, SERVICE
from tests.fakes.collections import PAY_FIRST, collecting, collection_of, link_paid, paid_by_link
from tests.unit.usecases.stories import live, refused, taken
from tests.unit.usecases.test_collecting import asked, at, now, pays, reported
from tests.unit.usecases.test_settlement import settled

_S = ChangeStatus
Ending = Callable[[World, Order, Change], None]


@pytest.fixture
def world(world: World) -> World:
    world.product("MUG", list_price={"USD": 1000})
    world.policies.policy = collecting(PAY_FIRST)
    return world


@pytest.fixture
def order(world: World) -> Order:
    return taken(world, an_order().with_line("MUG", 3, 1000, taxes=()).paid())


def a_change(world: World, order: Order, who: Principal = AGENT) -> Change:
    """Two more mugs, so that 20.00 are due."""
    return asked(world, order, 5, who)


def expires(world: World, order: Order, change: Change) -> None:
    world.clock.passes(hours=3)
    mind_deadlines(world.services)


def is_undone(world: World, order: Order, change: Change) -> None:
    address = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    undo_change(world.services, world.request(AGENT, if_match=live(world, order).etag), address)


def fails(world: World, order: Order, change: Change) -> None:
    give_up(world.services, at(change), Failure(outcome="unknown", words="GatewayUnknown"))


def would_be_another(world: World, order: Order, change: Change) -> None:
    """Policy waits longer now: what is paid for would be another plan, and fails once it is paid."""
    world.policies.policy = collecting(PAY_FIRST | {"deadline_hours": 4})


def makes_way(world: World, order: Order, change: Change) -> None:
    """A case of fraud supersedes what a customer asked for."""
    wanted = Cancellation(order_id=order.order_id, reason_code="fraud")
    start_cancellation(world.services, world.request(AGENT, if_match=live(world, order).etag), wanted)


ENDINGS: dict[str, tuple[Ending, ChangeStatus]] = {
    "expired": (expires, _S.EXPIRED),
    "undone": (is_undone, _S.UNDONE),
    "without a link": (fails, _S.FAILED),
    "superseded": (makes_way, _S.UNDONE),
}
every_end = pytest.mark.parametrize("end", list(ENDINGS))


def fell_out(world: World, change: Change) -> list[dict[str, object]]:
    return [event.data for event in world.events("ChangeFellOut") if event.change_id == change.change_id]


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


# --------------------------------------------------------------------------------------------------------- who is told


@every_end
@pytest.mark.parametrize("paid", ["late", "in part before", "in part before and late"])
def test_what_comes_for_a_change_that_ends_without_effect_calls_a_person(
    world: World, order: Order, end: str, paid: str
) -> None:
    ends, status = ENDINGS[end]
    change = a_change(world, order, CUSTOMER)
    before = 1500 if "before" in paid else 0
    if before:
        pays(world, change, before, payment_id="pay-part")
    ends(world, order, change)
    assert fell_out(world, change) == [] or before
    if "late" in paid:
        pays(world, change, 2000 - before)
    came = 2000 if "late" in paid else 1500
    after, overpaid = now(world, change), -live(world, order).totals.balance_due
    assert (after.status, after.surplus, after.committed_version) == (_S.FALLOUT, came, None)
    assert overpaid >= came
    assert status in {entry.status for entry in after.timeline}
    assert fell_out(world, change)[-1]["surplus"] == usd(f"{came / 100:.2f}")
    listed = world.services.changes.list(Filter(values={"status": "fallout"}, limit=10)).items
    assert change.change_id in [each.change_id for each in listed]


@pytest.mark.parametrize("amount", [2000, 2500])
def test_what_is_paid_for_what_would_be_another_now_calls_a_person(world: World, order: Order, amount: int) -> None:
    change = a_change(world, order)
    would_be_another(world, order, change)
    pays(world, change, amount)
    after = now(world, change)
    assert (after.status, after.surplus, live(world, order).version) == (_S.FALLOUT, amount, 1)
    assert (world.memory.stock["MUG"].held, live(world, order).open_change) == (0, None)


def test_a_person_reads_what_came_and_what_to_do(world: World, order: Order) -> None:
    change = a_change(world, order)
    is_undone(world, order, change)
    pays(world, change, 2000)
    agent, operator = waits_of(now(world, change))
    assert (agent.party, operator.party) == ("agent", "operator")
    assert agent.words == "give 20.00 USD back by a settlement: that much is overpaid"
    assert operator.words == (
        "20.00 USD came by the payment link of this change, which has ended without effect: give it back by a "
        "settlement of the order, which is overpaid; this closes by itself then"
    )


def test_what_comes_beyond_what_was_due_calls_a_person_whenever_it_comes(world: World, order: Order) -> None:
    change = a_change(world, order)
    pays(world, change, 2000)
    done(world, change)
    assert (now(world, change).status, fell_out(world, change)) == (_S.COMPLETED, [])
    pays(world, change, 2000, payment_id="pay-again")
    after = now(world, change)
    assert (after.status, after.surplus, after.committed_version) == (_S.FALLOUT, 2000, 2)
    assert "which is paid already" in str(after.timeline[-1].note)
    assert [each["surplus"] for each in fell_out(world, change)] == [usd("20.00")]


def test_what_is_overpaid_by_others_is_no_surplus_of_a_change(world: World, order: Order) -> None:
    change = a_change(world, order)
    pays(world, change, 2000)
    pays(world, change, 1000, payment_id="pay-otherwise", link_id=None)
    pays(world, change, 300, payment_id="pay-again")
    assert (now(world, change).surplus, live(world, order).totals.balance_due) == (300, -1300)


def test_the_same_report_again_calls_nobody_again(world: World, order: Order) -> None:
    change = a_change(world, order)
    is_undone(world, order, change)
    for _ in range(2):
        book_link_payment(world.services, "sandbox", link_paid(change, 2000))
        reported(world, order, paid_by_link(change, 2000, reference="pi_1"))
    assert len(fell_out(world, change)) == 1
    assert -live(world, order).totals.balance_due == 2000


def test_a_later_word_on_the_same_money_calls_nobody_again(world: World, order: Order) -> None:
    change = a_change(world, order)
    is_undone(world, order, change)
    pays(world, change, 2000)
    told = live(world, order).revision
    pays(world, change, 2000, reference="pi_9")
    assert live(world, order).revision > told
    assert len(fell_out(world, change)) == 1


def test_what_a_second_report_tells_beyond_the_gateways_one_payment_calls_a_person(world: World, order: Order) -> None:
    change = a_change(world, order)
    book_link_payment(world.services, "sandbox", link_paid(change, 2000))
    pays(world, change, 2000, payment_id="pay-a")
    assert (now(world, change).surplus, fell_out(world, change)) == (0, [])
    pays(world, change, 2000, payment_id="pay-b")
    assert (now(world, change).status, now(world, change).surplus) == (_S.FALLOUT, 2000)


@pytest.mark.parametrize(("owed", "over"), [(2000, 0), (2500, 0), (1500, 500)])
def test_what_comes_late_and_pays_what_the_order_owes_calls_nobody(world: World, owed: int, over: int) -> None:
    order = taken(world, an_order().with_line("MUG", 3, 1000, taxes=()).paid(3000 - owed))
    change = a_change(world, order)
    is_undone(world, order, change)
    pays(world, change, 2000)
    after = now(world, change)
    assert (after.surplus, after.status) == ((over, _S.FALLOUT) if over else (0, _S.UNDONE))
    assert len(fell_out(world, change)) == bool(over)


@pytest.mark.parametrize("end", ["undone", "paid"])
@pytest.mark.parametrize("wrong", [{"amount": None}, {"amount": 0}, {"currency": "EUR"}])
def test_what_cannot_be_booked_for_a_change_that_waits_no_more_calls_a_person(
    world: World, order: Order, wrong: dict[str, Any], end: str
) -> None:
    change = a_change(world, order)
    if end == "paid":
        pays(world, change, 2000)
    else:
        is_undone(world, order, change)
    booked = live(world, order).payments
    for _ in range(2):
        book_link_payment(world.services, "sandbox", replace(link_paid(change, 2000, "pi_odd"), **wrong))
    after = now(world, change)
    assert (after.status, len(fell_out(world, change)), live(world, order).payments) == (_S.FALLOUT, 1, booked)
    assert "pi_odd by the link" in str(waits_of(after)[-1].words)
    resolution = Resolution(change_id=change.change_id, outcome="completed", note="given back there")
    resolve_fallout(world.services, world.gateways, world.request(OPERATOR), resolution)
    assert now(world, change).status is (_S.COMPLETED if end == "paid" else _S.UNDONE)


@every_end
def test_what_could_not_be_booked_calls_a_person_when_its_change_ends_without_effect(
    world: World, order: Order, end: str
) -> None:
    ends, status = ENDINGS[end]
    change = a_change(world, order, CUSTOMER)
    book_link_payment(world.services, "sandbox", replace(link_paid(change, 2000, "pi_odd"), currency="EUR"))
    assert fell_out(world, change) == []
    ends(world, order, change)
    after = now(world, change)
    assert (after.status, len(fell_out(world, change))) == (_S.FALLOUT, 1)
    assert "look at the gateway" in str(waits_of(after)[-1].words)
    swept(world)
    assert now(world, change).status is _S.FALLOUT
    resolution = Resolution(change_id=change.change_id, outcome="completed", note="nothing had come")
    resolve_fallout(world.services, world.gateways, world.request(OPERATOR), resolution)
    assert now(world, change).status is status


def test_the_log_says_it_and_verifies(world: World, order: Order) -> None:
    change = a_change(world, order)
    is_undone(world, order, change)
    pays(world, change, 2000)
    entries, verified, *_ = read_log(world.services, order.order_id, OPERATOR, verified=True)
    assert (entries[-1].action, entries[-1].status, entries[-1].change_id) == (
        "payment_captured",
        "fallout",
        change.change_id,
    )
    assert verified is not None
    assert verified.verified


# --------------------------------------------------------------------------------------------------------- letting go


def swept(world: World) -> None:
    world.clock.passes(minutes=3)
    resume_changes(world.services, world.workflows)


def done(world: World, change: Change) -> None:
    for department in now(world, change).plan.departments:
        said = Acknowledge(change_id=change.change_id, department=department, outcome="done")
        acknowledge_change(world.services, world.request(SERVICE), said)


def paid_for_nothing(world: World, order: Order) -> Change:
    change = a_change(world, order)
    is_undone(world, order, change)
    pays(world, change, 2000)
    swept(world)
    assert now(world, change).status is _S.FALLOUT
    return change


def address(settlement: Change) -> RefundAddress:
    [refund] = settlement.refunds
    return RefundAddress(refund_id=refund.refund_id, change_id=settlement.change_id, order_id=settlement.order_id)


def test_it_has_ended_as_before_once_a_settlement_has_given_the_money_back(world: World, order: Order) -> None:
    change = paid_for_nothing(world, order)
    settlement = settled(world, order)
    swept(world)
    assert now(world, change).status is _S.FALLOUT, "the refund may still fail"
    settle_refund(world.services, address(settlement), "re_1")
    swept(world)
    after = now(world, change)
    assert (after.status, after.surplus, waits_of(after)) == (_S.UNDONE, 0, ())
    assert "has been given back" in str(after.timeline[-1].note)


def test_a_settlement_of_a_part_or_one_whose_refund_fails_lets_go_of_nothing(world: World, order: Order) -> None:
    change = paid_for_nothing(world, order)
    part = settled(world, order, Settle(amount=Money(amount=500, currency="USD")))
    settle_refund(world.services, address(part), "re_1")
    swept(world)
    assert now(world, change).status is _S.FALLOUT
    rest = settled(world, order)
    fail_refund(world.services, address(rest), "declined")
    swept(world)
    assert now(world, change).status is _S.FALLOUT


def test_what_another_change_has_a_use_for_lets_go(world: World, order: Order) -> None:
    change = paid_for_nothing(world, order)
    used = asked(world, order, 5)
    assert (used.status, live(world, order).totals.balance_due) == (_S.COMMITTED, 0)
    swept(world)
    assert (now(world, change).status, now(world, change).surplus) == (_S.UNDONE, 0)


@pytest.mark.parametrize("acknowledged", ["before", "meanwhile", "later"])
def test_a_committed_change_is_completed_once_all_is_done_and_the_money_is_back(
    world: World, order: Order, acknowledged: str
) -> None:
    change = a_change(world, order)
    pays(world, change, 2000)
    if acknowledged == "before":
        done(world, change)
    pays(world, change, 300, payment_id="pay-again")
    if acknowledged == "meanwhile":
        done(world, change)
    assert now(world, change).status is _S.FALLOUT
    settle_refund(world.services, address(settled(world, order)), "re_1")
    swept(world)
    if acknowledged == "later":
        assert now(world, change).status is _S.FALLOUT
        done(world, change)
    assert (now(world, change).status, now(world, change).surplus) == (_S.COMPLETED, 0)


@pytest.mark.parametrize("outcome", ["completed", "failed"])
def test_an_operator_ends_it_where_the_change_had_ended(world: World, order: Order, outcome: str) -> None:
    change = paid_for_nothing(world, order)
    resolution = Resolution(change_id=change.change_id, outcome=outcome, note="kept for the next order")  # type: ignore[arg-type]
    resolve_fallout(world.services, world.gateways, world.request(OPERATOR), resolution)
    after = now(world, change)
    assert (after.status, after.surplus, after.timeline[-1].note) == (_S.UNDONE, 0, "kept for the next order")
    assert -live(world, order).totals.balance_due == 2000


# ------------------------------------------------------------------------------ it had no effect, whatever its status


def test_what_had_ended_is_neither_undone_nor_acknowledged_nor_counted(world: World, order: Order) -> None:
    change = paid_for_nothing(world, order)
    address_ = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    with refused("not-committed"):
        preview_undo(world.services, AGENT, address_)
    with refused("illegal-transition"):
        is_undone(world, order, change)
    with refused("not-committed"):
        done(world, change)
    after = now(world, change)
    assert not has_effect(after)
    assert {wait.party for wait in waits_of(after)} == {"agent", "operator"}
    assert collection_of(after).collected == 0
    assert SetQuantity(line_id="l1", quantity=5) in after.edits
