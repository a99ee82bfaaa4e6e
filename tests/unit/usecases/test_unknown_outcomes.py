"""Unknown is not failed: a refund whose outcome nobody knows is asked about, and nobody is told to pay it again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.change.change import Change
from shared.domain.change.refund import Refund
from shared.domain.change.states import ChangeStatus
from shared.domain.order.payment import Payment
from shared.domain.refusal import Refusal
from shared.ports.gateways import GatewayDeclined, GatewayUnavailable, GatewayUnknown
from shared.usecases.refunding.ask_again import ask_again
from shared.usecases.refunding.gateway_word import GatewayWord, Said
from shared.usecases.refunding.pay_refund import look_for_refund, pay_refund
from shared.usecases.refunding.resolve_fallout import Resolution, resolve_fallout
from shared.usecases.refunding.settle_by_hand import PaidByHand, settle_by_hand
from shared.usecases.refunding.settle_refund import RefundAddress, leave_unknown, settle_refund
from shared.usecases.sweeping.resume_changes import resume_changes
from shared.wording.waits import waits_of
from tests.fakes import World, a_world
from tests.fakes.builders import FINANCE, OPERATOR
from tests.unit.functions.stories import a_refund_to_make

_S = ChangeStatus


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def named(world: World) -> RefundAddress:
    return a_refund_to_make(world)


@pytest.fixture
def paid(world: World, named: RefundAddress) -> RefundAddress:
    """The gateway has paid, its answer was lost, and it could not be asked: nobody knows."""
    world.gateway.troubles = [("after", GatewayUnknown())]
    with pytest.raises(GatewayUnknown):
        pay_refund(world.services, world.gateways, named)
    leave_unknown(world.services, named, "GatewayUnavailable: away")
    return named


@pytest.fixture
def unpaid(world: World, named: RefundAddress) -> RefundAddress:
    """The gateway was away all the time: nobody knows, and nothing was paid."""
    leave_unknown(world.services, named, "GatewayUnavailable: away")
    return named


def change_of(world: World, named: RefundAddress) -> Change:
    return world.memory.changes[named.change_id]


def refund_of(world: World, named: RefundAddress) -> Refund:
    return change_of(world, named).refunds[0]


def payment_of(world: World, named: RefundAddress) -> Payment:
    return world.memory.orders[named.order_id].payments[0]


def on_adyen(world: World, named: RefundAddress) -> None:
    """The payment is one of Adyen, which knows nothing of a single refund when it is asked."""
    order, change = world.memory.orders[named.order_id], change_of(world, named)
    payments = tuple(replace(payment, gateway="adyen") for payment in order.payments)
    world.memory.orders[order.order_id] = replace(order, payments=payments)
    refunds = tuple(replace(refund, gateway="adyen") for refund in change.refunds)
    world.memory.changes[change.change_id] = replace(change, refunds=refunds)
    world.gateways.gateways["adyen"] = world.gateway


def resolve(world: World, named: RefundAddress, outcome: str, *said: GatewayWord) -> Change:
    wanted = Resolution(change_id=named.change_id, outcome=outcome, note="looked", gateway_says=said)  # type: ignore[arg-type]
    resolve_fallout(world.services, world.gateways, world.request(OPERATOR), wanted)
    return change_of(world, named)


def by_hand(world: World, named: RefundAddress, reference: str = "SEPA-1", **more: object) -> Change:
    said = PaidByHand(change_id=named.change_id, refund_id=named.refund_id, reference=reference, **more)  # type: ignore[arg-type]
    settle_by_hand(world.services, world.gateways, world.request(FINANCE), said)
    return change_of(world, named)


def refusal(work: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as refused:
        work()
    return refused.value


def says(named: RefundAddress, outcome: Said, reference: str | None = None) -> GatewayWord:
    return GatewayWord(refund_id=named.refund_id, outcome=outcome, reference=reference)


# ------------------------------------------------------------------------------------------------- what people are told


def test_what_nobody_knows_is_not_called_failed_and_says_to_look_first(world: World, paid: RefundAddress) -> None:
    change = change_of(world, paid)
    assert (change.status, refund_of(world, paid).status) == (_S.FALLOUT, "unknown")
    note = change.timeline[-1].note or ""
    assert "may have been paid: look at the gateway first" in note
    assert "pay it by hand" not in note
    assert world.events("RefundFailed") == []
    assert [event.data["refund_id"] for event in world.events("ChangeFellOut")] == [paid.refund_id]
    assert (payment_of(world, paid).refunding, payment_of(world, paid).refunded) == (1200, 0)
    words = [wait.words for wait in waits_of(change) if paid.refund_id in wait.words]
    assert any("may have been paid" in word for word in words)


def test_what_is_known_by_then_stays_known(world: World, named: RefundAddress) -> None:
    settle_refund(world.services, named, "gw-1")
    leave_unknown(world.services, named, "States.Timeout")
    assert (refund_of(world, named).status, change_of(world, named).status) == ("settled", _S.COMPLETED)


def test_a_refund_that_stayed_open_too_long_is_unknown_and_a_late_report_settles_it(
    world: World, named: RefundAddress
) -> None:
    world.gateway.pending = True
    pay_refund(world.services, world.gateways, named)
    leave_unknown(world.services, named, "States.Timeout")
    assert refund_of(world, named).status == "unknown"
    settle_refund(world.services, named, f"gw-{named.refund_id}")
    assert (change_of(world, named).status, payment_of(world, named).refunded) == (_S.COMPLETED, 1200)


# --------------------------------------------------------------------------------------------------- what is never done


def test_what_a_person_was_asked_about_is_never_asked_for_again(world: World, unpaid: RefundAddress) -> None:
    with pytest.raises(GatewayUnknown):
        pay_refund(world.services, world.gateways, unpaid)
    assert world.gateway.payments == []


def test_a_connection_that_is_gone_declines_nothing_that_may_have_been_asked_for(
    world: World, named: RefundAddress
) -> None:
    world.gateway.pending = True
    pay_refund(world.services, world.gateways, named)
    world.gateways.gateways.clear()
    for ask in (pay_refund, look_for_refund):
        with pytest.raises(GatewayUnavailable):
            ask(world.services, world.gateways, named)


def test_a_connection_that_never_was_declines_what_was_never_asked_for(world: World, named: RefundAddress) -> None:
    world.gateways.gateways.clear()
    with pytest.raises(GatewayDeclined):
        pay_refund(world.services, world.gateways, named)
    with pytest.raises(GatewayUnavailable):
        pay_refund(world.services, world.gateways, named, again=True)


# ------------------------------------------------------------------------------------------------------- asked about it


def test_it_is_asked_about_until_the_gateway_answers(world: World, paid: RefundAddress) -> None:
    world.gateway.away = True
    assert ask_again(world.services, world.gateways, paid).status == "unknown"
    world.gateway.away = False
    assert ask_again(world.services, world.gateways, paid).status == "settled"
    assert (change_of(world, paid).status, payment_of(world, paid).refunded) == (_S.COMPLETED, 1200)
    assert (refund_of(world, paid).reference, len(world.gateway.payments)) == (f"gw-{paid.refund_id}", 1)


def test_what_the_gateway_knows_nothing_of_has_failed_and_is_paid_by_hand(world: World, unpaid: RefundAddress) -> None:
    assert ask_again(world.services, world.gateways, unpaid).status == "failed"
    assert "the gateway knows nothing of it; pay it by hand" in (change_of(world, unpaid).timeline[-1].note or "")
    assert world.gateway.payments == []
    assert by_hand(world, unpaid).status is _S.COMPLETED


def test_what_the_gateway_works_on_stays_unknown(world: World, named: RefundAddress) -> None:
    world.gateway.pending = True
    pay_refund(world.services, world.gateways, named)
    leave_unknown(world.services, named, "States.Timeout")
    assert ask_again(world.services, world.gateways, named).status == "unknown"


def test_the_sweep_asks_at_once_then_later_each_time_then_daily(world: World, unpaid: RefundAddress) -> None:
    asked = []
    for minutes in (1, 15, 29, 30, 60, 719, 960, 1439, 1440, 2880):
        committed = next(entry.at for entry in change_of(world, unpaid).timeline if entry.status is _S.COMMITTED)
        world.clock.time = committed + timedelta(minutes=minutes)
        resume_changes(world.services, world.workflows)
        asked.append(len([name for name in world.workflows.started if f"{unpaid.refund_id}-ask-" in name]))
    assert asked == [0, 1, 1, 2, 3, 4, 5, 5, 6, 7]


def test_the_sweep_asks_nobody_who_cannot_be_asked_and_nothing_that_is_known(
    world: World, unpaid: RefundAddress
) -> None:
    on_adyen(world, unpaid)
    world.clock.passes(days=1)
    resume_changes(world.services, world.workflows)
    fallen, refund = change_of(world, unpaid), refund_of(world, unpaid)
    known = replace(fallen, refunds=(replace(refund, status="failed", gateway="sandbox"),))
    world.memory.changes[unpaid.change_id] = known
    resume_changes(world.services, world.workflows)
    assert not [name for name in world.workflows.started if "-ask-" in name]


# ------------------------------------------------------------------------------------------------------ ended by people


@pytest.mark.parametrize("outcome", ["completed", "failed"])
def test_what_the_gateway_has_done_is_done_whatever_the_operator_says(
    world: World, paid: RefundAddress, outcome: str
) -> None:
    change = resolve(world, paid, outcome, says(paid, "not_paid"))
    refund, payment = refund_of(world, paid), payment_of(world, paid)
    assert (change.status, refund.status, refund.reference) == (_S.COMPLETED, "settled", f"gw-{paid.refund_id}")
    assert (payment.refunded, payment.refunding) == (1200, 0)
    assert [event.type for event in world.memory.events][-1] == "RefundSettled"


@pytest.mark.parametrize("outcome", ["completed", "failed"])
def test_what_the_gateway_knows_nothing_of_ends_as_the_operator_says(
    world: World, unpaid: RefundAddress, outcome: str
) -> None:
    change = resolve(world, unpaid, outcome)
    ended = {"completed": ("settled", "by hand, usr-operator", 1200), "failed": ("failed", None, 0)}[outcome]
    refund = refund_of(world, unpaid)
    assert (refund.status, refund.reference, payment_of(world, unpaid).refunded) == ended
    assert (change.status, payment_of(world, unpaid).refunding) == (_S(outcome), 0)


@pytest.mark.parametrize("cannot_be_asked", ["away", "adyen", "unconnected"])
def test_where_it_cannot_be_asked_somebody_has_to_say_what_it_says(
    world: World, paid: RefundAddress, cannot_be_asked: str
) -> None:
    if cannot_be_asked == "adyen":
        on_adyen(world, paid)
    elif cannot_be_asked == "away":
        world.gateway.away = True
    else:
        world.gateways.gateways.clear()
    for outcome in ("completed", "failed"):
        refused = refusal(lambda outcome=outcome: resolve(world, paid, outcome))  # type: ignore[misc]
        assert (refused.code, refused.violations[0].pointer) == ("refund-under-way", "/gateway_says")
        assert "may have made refund" in refused.detail
    assert refusal(lambda: by_hand(world, paid)).code == "refund-under-way"
    change = resolve(world, paid, "failed", says(paid, "paid", "gw-9"))
    assert (change.status, refund_of(world, paid).reference) == (_S.COMPLETED, "gw-9")
    assert (payment_of(world, paid).refunded, payment_of(world, paid).refunding) == (1200, 0)


@pytest.mark.parametrize("how", ["resolve", "settle"])
def test_what_the_gateway_works_on_is_waited_for_whatever_somebody_says(
    world: World, named: RefundAddress, how: str
) -> None:
    world.gateway.pending = True
    pay_refund(world.services, world.gateways, named)
    leave_unknown(world.services, named, "States.Timeout")
    if how == "resolve":
        refused = refusal(lambda: resolve(world, named, "failed", says(named, "not_paid")))
    else:
        refused = refusal(lambda: by_hand(world, named, gateway_says="not_paid"))
    assert (refused.code, "still working on" in refused.detail) == ("refund-under-way", True)


def test_a_word_on_another_refund_is_refused(world: World, paid: RefundAddress) -> None:
    other = GatewayWord(refund_id="ref_x", outcome="not_paid")
    refused = refusal(lambda: resolve(world, paid, "completed", other))
    assert (refused.code, refused.violations[0].pointer) == ("unknown-refund", "/gateway_says")


def test_of_what_is_only_asked_for_the_gateway_s_silence_says_nothing_yet(world: World, named: RefundAddress) -> None:
    """A department failed while the execution is at work: the gateway may be asked for the refund the next moment."""
    fallen = replace(change_of(world, named), status=_S.FALLOUT)
    world.memory.changes[named.change_id] = fallen
    assert refusal(lambda: resolve(world, named, "failed")).code == "refund-under-way"
    assert resolve(world, named, "failed", says(named, "not_paid")).status is _S.FAILED


def test_paid_by_hand_where_the_gateway_says_that_it_has_not(world: World, unpaid: RefundAddress) -> None:
    world.gateway.away = True
    change = by_hand(world, unpaid, gateway_says="not_paid")
    assert (change.status, refund_of(world, unpaid).reference) == (_S.COMPLETED, "SEPA-1")


def test_found_paid_at_the_gateway_under_its_reference(world: World, paid: RefundAddress) -> None:
    change = by_hand(world, paid, f"gw-{paid.refund_id}")
    assert (change.status, refund_of(world, paid).also_settled_as) == (_S.COMPLETED, ())


# -------------------------------------------------------------------------------------------------------- settled twice


def is_twice(world: World, named: RefundAddress, first: str, second: str) -> None:
    change, refund, payment = change_of(world, named), refund_of(world, named), payment_of(world, named)
    assert (refund.status, refund.reference, refund.also_settled_as) == ("settled", first, (second,))
    assert change.status is _S.FALLOUT
    assert f"settled twice: as {first}, and as {second}" in (change.timeline[-1].note or "")
    assert (payment.refunded, payment.refunding) == (1200, 0)
    assert len(world.events("RefundSettled")) == 1


def test_paid_by_hand_although_the_gateway_has_is_kept_as_settled_twice(world: World, paid: RefundAddress) -> None:
    by_hand(world, paid)
    is_twice(world, paid, f"gw-{paid.refund_id}", "SEPA-1")
    before = change_of(world, paid)
    assert by_hand(world, paid) == before  # the same report again


def test_a_late_report_under_another_reference_is_a_fallout_of_its_own(world: World, unpaid: RefundAddress) -> None:
    by_hand(world, unpaid)
    assert change_of(world, unpaid).status is _S.COMPLETED
    for _ in range(2):
        settle_refund(world.services, unpaid, "gw-late")
    is_twice(world, unpaid, "SEPA-1", "gw-late")
    assert len(world.events("ChangeFellOut")) == 2  # of the unknown refund, and of this one


def test_a_report_under_another_reference_after_a_resolution_is_kept_too(world: World, unpaid: RefundAddress) -> None:
    resolve(world, unpaid, "completed")
    settle_refund(world.services, unpaid, "gw-late")
    is_twice(world, unpaid, "by hand, usr-operator", "gw-late")


def test_the_gateway_pays_first_and_finance_says_that_they_did_as_well(world: World, named: RefundAddress) -> None:
    settle_refund(world.services, named, "gw-1")
    assert refusal(lambda: by_hand(world, named)).code == "refund-settled"
    by_hand(world, named, paid_as_well=True)
    is_twice(world, named, "gw-1", "SEPA-1")


def test_what_is_settled_twice_is_not_completed_by_a_department(world: World, named: RefundAddress) -> None:
    settle_refund(world.services, named, "gw-1")
    settle_refund(world.services, named, "gw-2")
    assert not change_of(world, named).settled
    resolve(world, named, "completed")
    settle_refund(world.services, named, "gw-2")  # the gateway repeats itself
    assert change_of(world, named).status is _S.COMPLETED
