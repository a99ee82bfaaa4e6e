"""A refund from its request to its end: asked before repeated, settled once, reported whenever the gateway likes."""

from dataclasses import replace

import pytest

from shared.domain.change.change import Change
from shared.domain.change.refund import Refund
from shared.domain.change.states import ChangeStatus
from shared.domain.order.payment import Payment, PaymentStatus
from shared.domain.refusal import Refusal
from shared.ports.gateways import Callback, GatewayDeclined, GatewayUnknown, RefundOrder
from shared.usecases.publishing.start_workflows import steer_workflows
from shared.usecases.refunding.pay_refund import look_for_refund, pay_refund
from shared.usecases.refunding.resolve_fallout import Resolution, resolve_fallout
from shared.usecases.refunding.settle_refund import RefundAddress, fail_refund, settle_refund
from shared.usecases.refunding.take_callback import await_report, take_callback, take_callbacks
from shared.usecases.sweeping.resume_changes import resume_changes
from tests.fakes import World, a_world
from tests.fakes.builders import OPERATOR
from tests.unit.functions.stories import a_refund_to_make


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def named(world: World) -> RefundAddress:
    return a_refund_to_make(world)


@pytest.fixture
def release(world: World, named: RefundAddress) -> RefundAddress:
    """The same change, but of a payment that was only authorised: 12.00 of 24.00 are to be freed."""
    change, order = world.memory.changes[named.change_id], world.memory.orders[named.order_id]
    freed = Refund(refund_id=named.refund_id, payment_id="pay-1", amount=1200, kind="release", keep=1200)
    world.memory.changes[named.change_id] = replace(change, refunds=(freed,))
    authorised = replace(
        order.payments[0], status=PaymentStatus.AUTHORISED, authorised=2400, captured=0, refunded=0, refunding=0
    )
    world.memory.orders[named.order_id] = replace(order, payments=(authorised,))
    return named


def change_of(world: World, named: RefundAddress) -> Change:
    return world.memory.changes[named.change_id]


def refund_of(world: World, named: RefundAddress) -> Refund:
    return change_of(world, named).refunds[0]


def payment_of(world: World, named: RefundAddress) -> Payment:
    return world.memory.orders[named.order_id].payments[0]


def reported(named: RefundAddress, outcome: str = "settled", *, reference: str = "gw-late", **more: object) -> Callback:
    return Callback(
        order_id=named.order_id,
        change_id=named.change_id,
        key=named.refund_id,
        reference=reference,
        outcome=outcome,  # type: ignore[arg-type]
        **({"amount": 1200, "currency": "USD"} | more),  # type: ignore[arg-type]
    )


def take(world: World, callback: Callback) -> None:
    take_callback(world.services, "sandbox", callback)


# ------------------------------------------------------------------------------------------------------------- paying


def test_the_gateway_gets_our_key_and_what_guards_the_cap(world: World, named: RefundAddress) -> None:
    said = pay_refund(world.services, world.gateways, named)
    (asked,) = world.gateway.payments
    assert (asked.key, asked.change_id, asked.order_id, asked.customer_id) == (
        named.refund_id,
        named.change_id,
        named.order_id,
        "cus-1",
    )
    assert (asked.amount, asked.captured, asked.returned, asked.keep) == (1200, 2400, 0, None)
    assert (said.reference, said.status) == (f"gw-{named.refund_id}", "settled")


def test_a_refund_whose_answer_was_lost_is_found_and_not_paid_again(world: World, named: RefundAddress) -> None:
    world.gateway.troubles = [("after", GatewayUnknown())]
    with pytest.raises(GatewayUnknown):
        pay_refund(world.services, world.gateways, named)
    assert pay_refund(world.services, world.gateways, named).status == "settled"
    assert len(world.gateway.payments) == 1


def test_a_refund_beyond_what_was_captured_is_declined_before_the_gateway_hears_of_it(
    world: World, named: RefundAddress
) -> None:
    order = world.memory.orders[named.order_id]
    more = replace(order.payments[0], refunded=1201)
    world.memory.orders[named.order_id] = replace(order, payments=(more,))
    with pytest.raises(GatewayDeclined, match="more than was captured"):
        pay_refund(world.services, world.gateways, named)
    assert world.gateway.payments == []


def test_a_refund_that_the_gateway_has_taken_is_pending_and_moves_no_version(
    world: World, named: RefundAddress
) -> None:
    world.gateway.pending, etag = True, world.memory.orders[named.order_id].etag
    assert pay_refund(world.services, world.gateways, named).status == "pending"
    refund = refund_of(world, named)
    assert (refund.status, refund.reference) == ("pending", f"gw-{named.refund_id}")
    assert world.memory.orders[named.order_id].etag == etag
    assert (payment_of(world, named).refunding, payment_of(world, named).refunded) == (1200, 0)


def test_a_pending_refund_is_asked_about_but_never_asked_for_again(world: World, named: RefundAddress) -> None:
    world.gateway.pending = True
    pay_refund(world.services, world.gateways, named)
    world.gateway.paid.clear()  # a gateway that cannot be asked, or has forgotten our key
    assert pay_refund(world.services, world.gateways, named).status == "pending"
    assert look_for_refund(world.services, world.gateways, named).status == "pending"
    assert len(world.gateway.payments) == 1


def test_looking_finds_what_nobody_reported_and_pays_nothing(world: World, named: RefundAddress) -> None:
    assert look_for_refund(world.services, world.gateways, named).status == "pending"
    assert world.gateway.payments == []
    world.gateway.pending = True
    pay_refund(world.services, world.gateways, named)
    world.gateway.settled.add(named.refund_id)
    assert look_for_refund(world.services, world.gateways, named).status == "settled"


# ----------------------------------------------------------------------------------------------------------- settling


def test_settling_twice_settles_once_and_completes_the_change(world: World, named: RefundAddress) -> None:
    for _ in range(2):
        settle_refund(world.services, named, "gw-1")
    payment = payment_of(world, named)
    assert (payment.refunded, payment.refunding) == (1200, 0)
    assert change_of(world, named).status is ChangeStatus.COMPLETED
    assert [event.data["refund_id"] for event in world.events("RefundSettled")] == [named.refund_id]


def test_failing_twice_falls_out_once_with_words_for_an_operator(world: World, named: RefundAddress) -> None:
    for _ in range(2):
        fail_refund(world.services, named, "card closed")
    change = change_of(world, named)
    assert (change.status, change.refunds[0].status) == (ChangeStatus.FALLOUT, "failed")
    assert "card closed; pay it by hand" in (change.timeline[-1].note or "")
    assert len(world.events("RefundFailed")) == len(world.events("ChangeFellOut")) == 1


def test_a_failure_of_another_attempt_does_not_undo_a_settlement(world: World, named: RefundAddress) -> None:
    settle_refund(world.services, named, "gw-1")
    fail_refund(world.services, named, "too late")
    take(world, reported(named, "failed", reference="gw-2"))
    assert (refund_of(world, named).status, refund_of(world, named).came_back) == ("settled", False)
    assert world.events("RefundFailed") == []


def test_a_refund_that_settled_and_failed_afterwards_falls_out_once_and_books_nothing(
    world: World, named: RefundAddress
) -> None:
    """A card that was closed in between: where the money is now, a person looks up before anything is paid again."""
    settle_refund(world.services, named, "gw-1")
    assert change_of(world, named).status is ChangeStatus.COMPLETED
    before = payment_of(world, named)
    for _ in range(2):
        take(world, reported(named, "failed", reference="gw-1", detail="account closed"))
    change = change_of(world, named)
    assert (change.status, refund_of(world, named).status, payment_of(world, named)) == (
        ChangeStatus.FALLOUT,
        "settled",
        before,
    )
    assert "failed after it had settled: the gateway reports account closed" in (change.timeline[-1].note or "")
    assert len(world.events("RefundFailed")) == len(world.events("ChangeFellOut")) == 1
    resolution = Resolution(change_id=named.change_id, outcome="completed", note="The bank sent it again.")
    resolve_fallout(world.services, world.gateways, world.request(OPERATOR), resolution)
    assert change_of(world, named).status is ChangeStatus.COMPLETED


def test_a_refund_that_was_given_up_and_settles_late_completes_its_change(world: World, named: RefundAddress) -> None:
    fail_refund(world.services, named, "no answer")
    settle_refund(world.services, named, "gw-1")
    change, payment = change_of(world, named), payment_of(world, named)
    assert (change.status, change.refunds[0].status) == (ChangeStatus.COMPLETED, "settled")
    assert (payment.refunded, payment.refunding) == (1200, 0)


@pytest.mark.parametrize("others", [{"refund_id": "ref_x"}, {"change_id": "chg_x"}, {"order_id": "ord_x"}])
def test_a_refund_that_is_not_there_cannot_be_settled(
    world: World, named: RefundAddress, others: dict[str, str]
) -> None:
    with pytest.raises(Refusal) as refused:
        settle_refund(world.services, replace(named, **others), "gw-1")
    assert refused.value.code == "refund-not-found"


# ---------------------------------------------------------------------------------------------------------- releasing


def test_a_release_frees_the_authorisation_and_moves_no_money(world: World, release: RefundAddress) -> None:
    before = payment_of(world, release)
    said = pay_refund(world.services, world.gateways, release)
    settle_refund(world.services, release, said.reference)
    (asked,) = world.gateway.releases
    assert (asked.amount, asked.keep, world.gateway.payments) == (1200, 1200, [])
    assert payment_of(world, release) == before
    assert change_of(world, release).status is ChangeStatus.COMPLETED
    assert len(world.events("AuthorisationReduced")) == 1
    assert world.events("RefundSettled") == []


def test_a_release_that_is_overtaken_by_a_later_one_raises_nothing_again(world: World, release: RefundAddress) -> None:
    order = world.memory.orders[release.order_id]
    world.memory.orders[release.order_id] = replace(order, payments=(replace(order.payments[0], authorised=500),))
    pay_refund(world.services, world.gateways, release)
    assert [asked.keep for asked in world.gateway.releases] == [500]


def test_a_release_that_fails_tells_an_operator_to_release_it(world: World, release: RefundAddress) -> None:
    fail_refund(world.services, release, "no such authorisation")
    assert "release it by hand" in (change_of(world, release).timeline[-1].note or "")


# ---------------------------------------------------------------------------------------------------------- reporting


@pytest.mark.parametrize("outcome", ["settled", "failed"])
def test_a_report_is_booked_at_once_and_lets_the_execution_go_on(
    world: World, named: RefundAddress, outcome: str
) -> None:
    world.gateway.pending = True
    pay_refund(world.services, world.gateways, named)
    await_report(world.services, world.workflows, named, "token-1")
    assert world.workflows.answered == {}
    take(world, reported(named, outcome))
    assert refund_of(world, named).status == outcome
    for event in world.memory.events:
        steer_workflows(world.workflows, world.services.changes, event)
    assert world.workflows.answered == {"token-1": outcome}


def test_a_settlement_that_comes_after_the_change_was_given_up_is_booked_and_sets_nothing_free_twice(
    world: World, named: RefundAddress
) -> None:
    fail_refund(world.services, named, "declined")
    given_up = Resolution(change_id=named.change_id, outcome="failed", note="the customer keeps it")
    resolve_fallout(world.services, world.gateways, world.request(OPERATOR), given_up)
    revision = world.memory.orders[named.order_id].revision
    settle_refund(world.services, named, "gw-late")
    order = world.memory.orders[named.order_id]
    [payment] = order.payments
    assert (payment.refunded, payment.refunding) == (refund_of(world, named).amount, 0)
    assert order.revision > revision  # what can still be refunded has changed, and plans read that


def test_a_late_settlement_of_money_that_went_back_otherwise_moves_none_and_is_noted_once(
    world: World, named: RefundAddress
) -> None:
    fail_refund(world.services, named, "declined")
    given_up = Resolution(change_id=named.change_id, outcome="failed", note="the customer keeps it")
    resolve_fallout(world.services, world.gateways, world.request(OPERATOR), given_up)
    order = world.memory.orders[named.order_id]
    [payment] = order.payments
    spent = replace(payment, refunding=payment.captured - refund_of(world, named).amount + 1)
    world.memory.orders[named.order_id] = replace(order, payments=(spent,))
    for _ in range(2):
        take(world, reported(named))
    assert (payment_of(world, named), refund_of(world, named).status) == (spent, "failed")
    notes = [entry.note or "" for entry in change_of(world, named).timeline if "gw-late" in (entry.note or "")]
    assert len(notes) == 1
    assert "too much" in notes[0]


def test_a_report_twice_changes_nothing_the_second_time(world: World, named: RefundAddress) -> None:
    take(world, reported(named))
    once = world.memory.changes[named.change_id], world.memory.orders[named.order_id]
    take(world, reported(named))
    assert (world.memory.changes[named.change_id], world.memory.orders[named.order_id]) == once


@pytest.mark.parametrize("outcome", ["settled", "failed"])
def test_a_report_before_the_wait_begins_lets_it_end_at_once(world: World, named: RefundAddress, outcome: str) -> None:
    take(world, reported(named, outcome))
    await_report(world.services, world.workflows, named, "token-1")
    assert world.workflows.answered == {"token-1": outcome}


def test_a_report_before_the_reply_of_the_call_settles_and_the_reply_changes_nothing(
    world: World, named: RefundAddress
) -> None:
    def report(_: RefundOrder) -> None:
        take(world, reported(named))

    world.gateway.pending, world.gateway.meanwhile = True, report
    assert pay_refund(world.services, world.gateways, named).status == "settled"
    assert refund_of(world, named).status == "settled"
    assert payment_of(world, named).refunded == 1200


def test_a_failure_before_the_reply_of_the_call_is_a_failure(world: World, named: RefundAddress) -> None:
    def report(_: RefundOrder) -> None:
        take(world, reported(named, "failed"))

    world.gateway.pending, world.gateway.meanwhile = True, report
    with pytest.raises(GatewayDeclined):
        pay_refund(world.services, world.gateways, named)
    assert refund_of(world, named).status == "failed"


def test_a_report_while_pending_is_being_written_wins(world: World, named: RefundAddress) -> None:
    world.gateway.pending = True
    world.memory.before_write = lambda: take(world, reported(named))
    assert pay_refund(world.services, world.gateways, named).status == "settled"
    assert refund_of(world, named).status == "settled"


WRONG = [
    {"amount": 1},
    {"amount": 2400},
    {"amount": -1200},
    {"amount": None},
    {"currency": "EUR"},
    {"currency": ""},
    {"amount": None, "tells_other": True},
]


@pytest.mark.parametrize("outcome", ["settled", "failed"])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_report_of_another_amount_or_currency_or_of_none_books_nothing_and_is_kept_for_a_person(
    world: World, named: RefundAddress, wrong: dict[str, object], outcome: str
) -> None:
    before = payment_of(world, named)
    for _ in range(2):
        take(world, reported(named, outcome, **wrong))
    change = change_of(world, named)
    assert (change.status, refund_of(world, named).status, payment_of(world, named)) == (
        ChangeStatus.FALLOUT,
        "requested",
        before,
    )
    notes = [entry.note or "" for entry in change.timeline if "nothing is booked" in (entry.note or "")]
    assert len(notes) == 1
    assert "gw-late" in notes[0]
    assert [event.type for event in world.memory.events if event.type.startswith(("Refund", "ChangeFell"))] == [
        "RefundRequested",
        "ChangeFellOut",
    ]


def test_after_a_report_that_could_not_be_read_the_right_one_settles_and_completes(
    world: World, named: RefundAddress
) -> None:
    take(world, reported(named, amount=None))
    take(world, reported(named))
    assert (refund_of(world, named).status, change_of(world, named).status) == ("settled", ChangeStatus.COMPLETED)


def test_a_wrong_report_of_what_is_settled_calls_a_person_too(world: World, named: RefundAddress) -> None:
    settle_refund(world.services, named, "gw-1")
    take(world, reported(named, currency="EUR"))
    assert (refund_of(world, named).status, change_of(world, named).status) == ("settled", ChangeStatus.FALLOUT)


def test_a_report_of_a_release_need_not_tell_its_amount(world: World, release: RefundAddress) -> None:
    take(world, reported(release, amount=None, currency="USD", tells_other=True))
    assert refund_of(world, release).status == "settled"


def test_a_report_of_our_amount_is_ours(world: World, named: RefundAddress) -> None:
    take(world, reported(named, amount=1200))
    assert refund_of(world, named).status == "settled"


def test_a_report_that_names_no_refund_of_ours_does_not_keep_others_from_being_taken(
    world: World, named: RefundAddress
) -> None:
    stranger = replace(reported(named), key="ref_x")
    with pytest.raises(Refusal) as refused:
        take_callbacks(world.services, "sandbox", [stranger, reported(named)])
    assert refused.value.code == "refund-not-found"
    assert refund_of(world, named).status == "settled"


def test_a_gateway_speaks_for_its_own_refunds_only(world: World, named: RefundAddress) -> None:
    with pytest.raises(Refusal) as refused:
        take_callback(world.services, "stripe", reported(named))
    assert refused.value.code == "refund-not-found"
    assert refund_of(world, named).status == "requested"


def test_a_refund_under_way_is_left_to_its_execution_however_long_it_takes(world: World, named: RefundAddress) -> None:
    world.gateway.pending = True
    pay_refund(world.services, world.gateways, named)
    world.clock.passes(days=400)
    assert resume_changes(world.services, world.workflows) == 0
    assert named.refund_id not in world.workflows.started
    assert change_of(world, named).status is ChangeStatus.COMMITTED


def test_a_refund_that_has_failed_is_not_asked_for_again(world: World, named: RefundAddress) -> None:
    fail_refund(world.services, named, "the account is closed")
    with pytest.raises(GatewayDeclined):
        pay_refund(world.services, world.gateways, named)
    assert world.gateway.payments == []


def test_a_refund_that_was_settled_otherwise_is_not_asked_for(world: World, named: RefundAddress) -> None:
    settle_refund(world.services, named, "gw-late")
    assert pay_refund(world.services, world.gateways, named).reference == "gw-late"
    assert world.gateway.payments == []


def test_a_refund_is_known_under_its_own_order_only(world: World, named: RefundAddress) -> None:
    other = replace(world.memory.orders[named.order_id], order_id="ord-other")
    world.memory.orders["ord-other"] = other
    with pytest.raises(Refusal, match="refund-not-found"):
        settle_refund(world.services, replace(named, order_id="ord-other"), "gw-late")
    assert world.memory.orders["ord-other"] is other
