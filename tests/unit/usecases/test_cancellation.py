"""The life of a cancellation, against the ports in memory: terms, consent, confirmation, interception, commit."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.change.change import Change
from shared.domain.change.commit import refund_id
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.order.progress import FulfilmentEvent
from shared.domain.order.states import order_status
from shared.domain.planning.departments import DEPARTMENTS
from shared.domain.policy.subjects import Subject
from shared.ports.mail import Link
from shared.usecases.amending.undo_change import undo_change
from shared.usecases.amending.undo_committed import preview_undo, undo_committed
from shared.usecases.approving.decide_change import ChangeDecision, decide_change
from shared.usecases.cancelling.start_cancellation import (
    Cancellation,
    LineToCancel,
    preview_cancellation,
    start_cancellation,
)
from shared.usecases.cancelling.withdraw_cancellation import withdraw_cancellation
from shared.usecases.confirming.decide_by_link import Confirmation, decide_by_link
from shared.usecases.confirming.follow_link import read_terms, token_hash, whoever_holds
from shared.usecases.core.access import Principal
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.core.requests import Outcome
from shared.usecases.fulfilling.acknowledge_change import Acknowledge, acknowledge_change
from shared.usecases.fulfilling.record_fulfilment import Fulfilment, record_fulfilment
from shared.usecases.intake.record_payment import ReportedPayment, record_payment
from shared.usecases.reading.read_history import read_log
from shared.usecases.refunding.gateway_word import GatewayWord
from shared.usecases.refunding.resolve_fallout import Resolution, resolve_fallout
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from shared.wording.waits import waits_of
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, CUSTOMER, CUSTOMER_2, MANAGER, OPERATOR, SERVICE
from tests.fakes.edge import told
from tests.fakes.world import Links
from tests.unit.usecases.stories import live, mugs, refused, taken

ONE = (LineToCancel(line_id="l1", quantity=1),)


def asked(order: Order, **more: object) -> Cancellation:
    return Cancellation(**{"order_id": order.order_id, "reason_code": "customer_request", **more})


def cancel(world: World, order: Order, who: Principal = AGENT, **more: object) -> Change:
    answer = start_cancellation(
        world.services, world.request(who, if_match=live(world, order).etag), asked(order, **more)
    )
    return world.memory.changes[told(answer).body.split("/")[0]]


def consented(world: World, order: Order, **more: object) -> Change:
    """Cancelled by its owner, on the terms that they have seen."""
    digest = preview_cancellation(world.services, CUSTOMER, asked(order, **more)).digest
    return cancel(world, order, CUSTOMER, consent=digest, **more)


def ship(world: World, order: Order, units: int, event: FulfilmentEvent = FulfilmentEvent.SHIPPED) -> None:
    reported = Fulfilment(order_id=order.order_id, line_id="l1", quantity=units, event=event, tracking="T-1")
    record_fulfilment(world.services, world.request(SERVICE), reported)


def a_link(world: World, change: Change, token: str = "open sesame", **more: object) -> Links:  # noqa: S107
    links = world.links
    link = Link(
        token_hash=token_hash(token),
        change_id=change.change_id,
        order_id=change.order_id,
        digest=change.plan.digest,
        round=change.round,
        expires_at=change.expires_at or world.clock.now(),
    )
    links.put(replace(link, **more))
    return links


def say(
    world: World,
    links: Links,
    decision: str = "confirm",
    token: str = "open sesame",  # noqa: S107
    **more: str,
) -> Outcome[Step]:
    said = Confirmation(token=token, decision=decision, **more)
    return decide_by_link(world.services, links, world.request(whoever_holds(token)), said)


def carrier(world: World, change: Change, outcome: str) -> None:
    said = Acknowledge(change_id=change.change_id, department="logistics", outcome=outcome, tracking="R-1")
    acknowledge_change(world.services, world.request(SERVICE), said)


def now(world: World, change: Change) -> Change:
    return world.memory.changes[change.change_id]


def types(world: World) -> list[str]:
    return [event.type for event in world.memory.events]


# ------------------------------------------------------------------------------------------------- consent and terms


def test_the_owners_consent_to_the_terms_commits_at_once(world: World) -> None:
    order = mugs(world)
    change = consented(world, order, lines=ONE)
    after = live(world, order)
    assert change.status is ChangeStatus.COMMITTED
    assert (after.version, after.totals.total, after.payments[0].refunding) == (2, 2160, 1080)
    assert change.consent is not None
    assert (change.consent.by, change.consent.means, change.consent.digest) == (
        CUSTOMER.id,
        "token",
        change.plan.digest,
    )
    assert world.memory.stock["MUG"].allocated == 2


def test_a_whole_order_is_cancelled_and_told_as_such(world: World) -> None:
    order = mugs(world)
    cancel(world, order)
    assert order_status(live(world, order)).value == "cancelled"
    assert types(world)[-4:] == ["CancellationRequested", "OrderCancelled", "StockReleased", "RefundRequested"]
    assert world.memory.stock["MUG"].allocated == 0


def test_consent_to_other_terms_is_refused_with_the_fresh_ones_and_nothing_happens(world: World) -> None:
    order = mugs(world)
    with refused("plan-changed") as caught:
        cancel(world, order, CUSTOMER, lines=ONE, consent="of another day")
    assert caught.value.extra["plan"].refunds[0].amount == 1080
    assert live(world, order) is order


def test_without_consent_a_customers_cancellation_waits_for_it(world: World) -> None:
    order = mugs(world)
    change = cancel(world, order, CUSTOMER)
    assert (change.status, change.waiting_for) == (ChangeStatus.PENDING_CONFIRMATION, "customer")
    assert live(world, order).version == 1


def test_an_agents_digest_pins_the_terms_and_is_no_consent(world: World) -> None:
    order = mugs(world)
    digest = preview_cancellation(world.services, AGENT, asked(order, lines=ONE)).digest
    change = cancel(world, order, AGENT, lines=ONE, consent=digest)
    assert (change.status, change.consent) == (ChangeStatus.PENDING_CONFIRMATION, None)


def test_nobody_cancels_another_customers_order(world: World) -> None:
    with refused("order-not-found"):
        cancel(world, mugs(world), CUSTOMER_2)


def test_while_a_change_is_open_nothing_else_is_cancelled(world: World) -> None:
    order = mugs(world)
    cancel(world, order, lines=ONE)
    with refused("change-open"):
        cancel(world, order)


# -------------------------------------------------------------------------------------------------------- by the link


def test_looking_at_the_terms_changes_nothing(world: World) -> None:
    order = mugs(world)
    change = cancel(world, order, lines=ONE)
    before = (live(world, order), now(world, change))
    shown, _ = read_terms(world.services, a_link(world, change), "open sesame")
    assert shown.plan.digest == change.plan.digest
    assert (live(world, order), now(world, change)) == before


def test_the_customer_confirms_by_link_and_it_is_committed_on_the_order_as_it_is_now(world: World) -> None:
    order = mugs(world)
    change = cancel(world, order, lines=ONE)
    say(world, a_link(world, change))
    after = now(world, change)
    assert after.status is ChangeStatus.COMMITTED
    assert after.consent is not None
    assert (after.consent.means, after.consent.by) == ("link", "cus-1")
    assert live(world, order).totals.total == 2160
    assert "ConfirmationDecided" in types(world)


def test_a_link_decides_once(world: World) -> None:
    order = mugs(world)
    change = cancel(world, order, lines=ONE)
    links = a_link(world, change)
    say(world, links)
    with refused("link-used"):
        say(world, links)
    with refused("link-used"):
        say(world, links, "decline")
    assert live(world, order).version == 2


def test_a_declined_change_has_no_effect(world: World) -> None:
    order = mugs(world)
    change = cancel(world, order, lines=ONE)
    say(world, a_link(world, change), "decline")
    assert now(world, change).status is ChangeStatus.DECLINED
    assert (live(world, order).version, live(world, order).open_change) == (1, None)


def test_a_link_expires_with_its_change(world: World) -> None:
    change = cancel(world, mugs(world), lines=ONE)
    links = a_link(world, change)
    world.clock.passes(days=3)
    with refused("link-expired"):
        say(world, links)
    assert mind_deadlines(world.services) == 1
    assert now(world, change).status is ChangeStatus.EXPIRED


def test_an_unknown_link_and_one_of_another_order_open_nothing(world: World) -> None:
    change = cancel(world, mugs(world), lines=ONE)
    links = a_link(world, change)
    with refused("link-not-found"):
        say(world, links, token="guessed")
    with refused("link-of-another-order"):
        say(world, links, order_id="ord_other")
    assert now(world, change).status is ChangeStatus.PENDING_CONFIRMATION


def test_a_link_is_bound_to_the_terms_that_it_showed(world: World) -> None:
    change = cancel(world, mugs(world), lines=ONE)
    with refused("plan-changed"):
        say(world, a_link(world, change, digest="of other terms"))
    with refused("plan-changed"):
        say(world, a_link(world, change), digest="of other terms")


def test_units_that_shipped_meanwhile_are_not_cancelled_by_a_late_confirmation(world: World) -> None:
    order = mugs(world)
    change = cancel(world, order, lines=(LineToCancel(line_id="l1", quantity=2),))
    ship(world, order, 2)
    with refused("plan-changed"):
        say(world, a_link(world, change))
    assert live(world, order).version == 1


def test_the_owner_can_confirm_signed_in_and_nobody_else(world: World) -> None:
    change = cancel(world, mugs(world), lines=ONE)
    decision = ChangeDecision(change_id=change.change_id, decision="approve", digest=change.plan.digest)
    with refused("change-not-found"):
        decide_change(world.services, world.request(CUSTOMER_2), decision)
    with refused("not-waiting"):
        decide_change(world.services, world.request(MANAGER), decision)
    decide_change(world.services, world.request(CUSTOMER), decision)
    assert now(world, change).status is ChangeStatus.COMMITTED


# ------------------------------------------------------------------------------------------- approvals, interceptions


def test_a_large_partial_cancellation_is_approved_first_and_confirmed_then(world: World) -> None:
    order = mugs(world, price=100_000)
    change = cancel(world, order, lines=ONE)
    assert (change.status, change.waiting_for, change.round) == (ChangeStatus.PENDING_APPROVAL, "manager", 1)
    approve = ChangeDecision(change_id=change.change_id, decision="approve", digest=change.plan.digest)
    decide_change(world.services, world.request(MANAGER), approve)
    waiting = now(world, change)
    assert (waiting.status, waiting.waiting_for, waiting.round) == (ChangeStatus.PENDING_CONFIRMATION, "customer", 2)
    say(world, a_link(world, waiting))
    assert now(world, change).status is ChangeStatus.COMMITTED


def test_what_is_on_its_way_waits_for_the_carrier_who_decides(world: World) -> None:
    order = mugs(world)
    ship(world, order, 3)
    change = cancel(world, order, exception="intercept")
    assert (change.status, change.waiting_for) == (ChangeStatus.PENDING_CONFIRMATION, "logistics")
    told = world.memory.events[-1]
    assert (told.type, told.data["changed"]) == ("ConfirmationRequested", ["shipment"])
    assert told.data["cancelled"][0]["tracking"] == ["T-1"]
    carrier(world, change, "done")
    after = live(world, order)
    assert now(world, change).status is ChangeStatus.COMMITTED
    assert (after.progress["l1"].intercepted, after.totals.items) == (3, 0)
    assert after.payments[0].refunding == 3240 - 324


def test_the_carriers_word_is_kept_and_said_again_changes_nothing(world: World) -> None:
    for outcome, status in (("done", ChangeStatus.COMMITTED), ("failed", ChangeStatus.FAILED)):
        order = taken(world, an_order(f"D-{outcome}").with_line("MUG", 1, 1000).paid(payment_id=f"pay-{outcome}"))
        ship(world, order, 1)
        change = cancel(world, order, exception="intercept")
        carrier(world, change, outcome)
        first = now(world, change)
        carrier(world, change, outcome)
        assert now(world, change) == first
        assert first.status is status
        word = first.acknowledgements["logistics"]
        assert (word.outcome, word.tracking) == (outcome, "R-1")


def test_what_is_waited_for_is_counted_from_when_the_waiting_began(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 1, 1000).paid(method="bank_transfer"))
    change = consented(world, order)
    committed_at = world.clock.now()
    world.clock.passes(hours=1)
    acknowledge_change(
        world.services,
        world.request(SERVICE),
        Acknowledge(change_id=change.change_id, department="warehouse", outcome="done"),
    )
    waits = waits_of(now(world, change))
    assert {wait.since for wait in waits} == {committed_at}


def test_a_transfer_by_hand_is_waited_for_from_finance(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 1, 1000).paid())
    change = consented(world, order)
    by_hand = replace(change, refunds=tuple(replace(refund, gateway="bank_transfer") for refund in change.refunds))
    assert "finance" in {wait.party for wait in waits_of(by_hand)}
    assert "payment gateway" in {wait.party for wait in waits_of(change)}


def test_a_link_tells_no_plan_that_it_was_not_sent_for(world: World) -> None:
    order = mugs(world)
    change = cancel(world, order, lines=(LineToCancel(line_id="l1", quantity=2),))
    ship(world, order, 2)
    with refused("plan-changed") as caught:
        say(world, a_link(world, change))
    assert "plan" not in caught.value.extra


def test_a_parcel_that_cannot_be_stopped_leaves_the_order_as_it_is(world: World) -> None:
    order = mugs(world)
    ship(world, order, 3)
    change = cancel(world, order, exception="intercept")
    carrier(world, change, "failed")
    assert now(world, change).status is ChangeStatus.FAILED
    assert (live(world, order).version, live(world, order).open_change) == (1, None)


def test_intercepted_goods_are_stock_again_when_they_are_back(world: World) -> None:
    order = mugs(world)
    ship(world, order, 3)
    change = cancel(world, order, exception="intercept")
    carrier(world, change, "done")
    level = world.memory.stock["MUG"]
    assert (level.on_hand, level.allocated) == (7, 0)
    ship(world, order, 3, FulfilmentEvent.RETURNED)
    level = world.memory.stock["MUG"]
    assert (level.on_hand, level.allocated, level.available) == (10, 0, 10)


def test_the_customer_agrees_before_the_carrier_is_asked(world: World) -> None:
    order = mugs(world)
    ship(world, order, 2)
    change = cancel(world, order, lines=(LineToCancel(line_id="l1", quantity=2),), exception="intercept")
    assert change.waiting_for == "customer"
    say(world, a_link(world, change))
    assert now(world, change).waiting_for == "logistics"
    carrier(world, change, "done")
    assert now(world, change).status is ChangeStatus.COMMITTED


# ---------------------------------------------------------------------------------------------- ends, and what follows


def test_a_cancellation_that_waits_can_be_withdrawn_and_one_that_is_done_cannot(world: World) -> None:
    order = mugs(world)
    change = cancel(world, order, lines=ONE)
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    withdraw_cancellation(world.services, world.request(AGENT, if_match=order.etag), named)
    assert now(world, change).status is ChangeStatus.WITHDRAWN
    assert (live(world, order).version, live(world, order).etag) == (1, order.etag)
    done = consented(world, order)
    with refused("illegal-transition"):
        withdraw_cancellation(
            world.services,
            world.request(AGENT, if_match=live(world, order).etag),
            ChangeAddress(order_id=order.order_id, change_id=done.change_id),
        )


def test_a_cancellation_is_not_undone_on_the_path_of_amendments(world: World) -> None:
    order = mugs(world)
    change = cancel(world, order, lines=ONE)
    with refused("other-kind"):
        undo_change(
            world.services,
            world.request(AGENT, if_match=order.etag),
            ChangeAddress(order_id=order.order_id, change_id=change.change_id),
        )


def test_a_committed_cancellation_is_undone_only_as_a_compensating_change(world: World) -> None:
    order = mugs(world)
    change = consented(world, order)
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    back = preview_undo(world.services, AGENT, named)
    assert (back.totals_after.total, back.amount_due) == (3240, 3240)
    undo_committed(world.services, world.request(AGENT, if_match=live(world, order).etag), named, back.digest)
    after = live(world, order)
    assert (after.version, after.lines[0].quantity, after.totals.total) == (3, 3, 3240)


def test_what_is_on_its_way_back_cannot_be_uncancelled(world: World) -> None:
    order = mugs(world)
    ship(world, order, 3)
    change = cancel(world, order, exception="intercept")
    carrier(world, change, "done")
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    assert [each.code for each in preview_undo(world.services, AGENT, named).violations] == ["goods-moved-on"]


def test_each_refund_has_a_credit_memo_of_its_own_number_and_billing_gets_it(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 3, 1000).paid(1000, "pay-1").paid(None, "pay-2"))
    change = consented(world, order)
    numbers = [refund.credit_memo for refund in change.refunds]
    assert numbers == [f"CM-{order.order_id}-2-1", f"CM-{order.order_id}-2-2"]
    [told] = [event for event in world.memory.events if event.type == "OrderCancelled"]
    assert [memo["number"] for memo in told.data["credit_memos"]] == numbers


def test_an_uncaptured_payment_is_released_not_refunded(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 3, 1000).authorised())
    change = consented(world, order)
    assert [(refund.kind, refund.amount, refund.keep) for refund in change.refunds] == [("release", 3600, 0)]
    assert types(world)[-1] == "AuthorisationReductionRequested"
    assert live(world, order).payments[0].refunding == 0


def test_an_operator_ends_a_fallout_and_the_log_has_it(world: World) -> None:
    order = mugs(world)
    change = consented(world, order)
    for department in change.plan.departments:
        said = Acknowledge(change_id=change.change_id, department=department, outcome="failed")
        acknowledge_change(world.services, world.request(SERVICE), said)
    resolution = Resolution(change_id=change.change_id, outcome="completed", note="paid by transfer 4711")
    with refused("refund-under-way"):  # the gateway may still pay it
        resolve_fallout(world.services, world.gateways, world.request(OPERATOR), resolution)
    [refund] = change.refunds
    says = GatewayWord(refund_id=refund.refund_id, outcome="not_paid")
    resolution = replace(resolution, gateway_says=(says,))
    resolve_fallout(world.services, world.gateways, world.request(OPERATOR), resolution)
    after = live(world, order)
    assert now(world, change).status is ChangeStatus.COMPLETED
    assert (after.payments[0].refunded, after.payments[0].refunding) == (3240, 0)
    entries, verified, *_ = read_log(world.services, order.order_id, OPERATOR, verified=True)
    assert entries[-1].action == "fallout_completed"
    assert verified is not None
    assert verified.verified
    with refused("not-fallen-out"):
        resolve_fallout(world.services, world.gateways, world.request(OPERATOR), resolution)


def test_a_fallout_that_is_given_up_leaves_the_money_to_be_refunded_otherwise(world: World) -> None:
    order = mugs(world)
    change = consented(world, order)
    [department, *_] = change.plan.departments
    said = Acknowledge(change_id=change.change_id, department=department, outcome="failed")
    acknowledge_change(world.services, world.request(SERVICE), said)
    says = GatewayWord(refund_id=change.refunds[0].refund_id, outcome="not_paid")
    resolution = Resolution(
        change_id=change.change_id, outcome="failed", note="the customer keeps it", gateway_says=(says,)
    )
    before = live(world, order).etag
    resolve_fallout(world.services, world.gateways, world.request(OPERATOR), resolution)
    payment = live(world, order).payments[0]
    assert (payment.refunded, payment.refunding, payment.refundable) == (0, 0, 3240)
    assert live(world, order).etag != before


def test_reasons_are_kept_for_analysis(world: World) -> None:
    order = mugs(world)
    ship(world, order, 1, FulfilmentEvent.PICKED)
    change = cancel(world, order, reason_code="late_delivery", sub_code="carrier-strike", note="third week")
    kept = (change.reason_code, change.sub_code, change.note, change.channel, change.stage)
    assert kept == ("late_delivery", "carrier-strike", "third week", "direct", "in_warehouse")


def test_an_unknown_reason_is_refused(world: World) -> None:
    with refused("unknown-reason"):
        cancel(world, mugs(world), reason_code="price_correction")


def test_an_undelivered_confirmation_is_waited_for_as_long_as_policy_says(world: World) -> None:
    change = cancel(world, mugs(world), lines=ONE)
    deadlines = world.services.policies.current().deadlines.of(Subject())
    lifetime = timedelta(seconds=deadlines.confirmation_seconds)
    assert change.expires_at == world.clock.now() + lifetime


def test_a_cancellation_starts_on_the_version_that_was_read(world: World) -> None:
    order = mugs(world)
    ship(world, order, 1)
    with refused("stale-version"):
        start_cancellation(world.services, world.request(AGENT, if_match=order.etag), asked(order, lines=ONE))


def test_an_undo_starts_on_the_version_that_was_read(world: World) -> None:
    order = mugs(world)
    change = consented(world, order, lines=ONE)
    seen = live(world, order)
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    terms = preview_undo(world.services, AGENT, named).digest
    ship(world, order, 1)
    with refused("stale-version"):
        undo_committed(world.services, world.request(AGENT, if_match=seen.etag), named, terms)


def test_while_a_change_is_open_nothing_is_undone(world: World) -> None:
    order = mugs(world)
    done = consented(world, order, lines=ONE)
    cancel(world, order, CUSTOMER, lines=ONE)
    named = ChangeAddress(order_id=order.order_id, change_id=done.change_id)
    terms = preview_undo(world.services, AGENT, named).digest
    with refused("change-open"):
        undo_committed(world.services, world.request(AGENT, if_match=live(world, order).etag), named, terms)


def test_a_parcel_is_not_stopped_for_a_change_that_has_expired(world: World) -> None:
    order = mugs(world)
    ship(world, order, 3)
    change = cancel(world, order, exception="intercept")
    world.clock.passes(days=400)
    with refused("change-expired"):
        carrier(world, change, "done")
    assert live(world, order).version == 1


def test_an_owner_does_not_confirm_what_has_expired(world: World) -> None:
    order = mugs(world)
    change = cancel(world, order, CUSTOMER)
    world.clock.passes(days=400)
    decision = ChangeDecision(change_id=change.change_id, decision="approve", digest=change.plan.digest)
    with refused("change-expired"):
        decide_change(world.services, world.request(CUSTOMER), decision)
    assert live(world, order).version == 1


def test_an_owner_who_acts_as_an_agent_has_not_consented(world: World) -> None:
    both = replace(CUSTOMER, roles=frozenset({"customer", "agent"}))
    order = mugs(world)
    terms = preview_cancellation(world.services, both, asked(order, lines=ONE)).digest
    change = cancel(world, order, both, lines=ONE, consent=terms)
    assert (change.consent, change.waiting_for) == (None, "customer")


def test_what_is_not_committed_has_no_effect_to_undo(world: World) -> None:
    order = mugs(world)
    change = cancel(world, order, CUSTOMER)
    with refused("not-committed"):
        preview_undo(world.services, AGENT, ChangeAddress(order_id=order.order_id, change_id=change.change_id))


def test_there_is_nothing_to_acknowledge_before_the_commit(world: World) -> None:
    change = cancel(world, mugs(world), CUSTOMER)
    said = Acknowledge(change_id=change.change_id, department="billing", outcome="done")
    with refused("not-committed"):
        acknowledge_change(world.services, world.request(SERVICE), said)


def test_a_department_that_a_change_does_not_concern_has_no_word(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 3, 1000))
    change = consented(world, order)
    idle = next(each for each in DEPARTMENTS if each not in change.plan.departments)
    with refused("department-not-concerned"):
        acknowledge_change(
            world.services,
            world.request(SERVICE),
            Acknowledge(change_id=change.change_id, department=idle, outcome="done"),
        )


def test_each_refund_and_each_release_has_an_id_of_its_own(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 3, 1000).paid(1000, "pay-1").paid(None, "pay-2"))
    ids = {refund.refund_id for refund in consented(world, order).refunds}
    assert len(ids) == 2
    assert refund_id("chg-1", "pay-1") != refund_id("chg-1", "pay-1", "release")


def test_a_link_of_an_earlier_round_decides_nothing(world: World) -> None:
    order = mugs(world)
    change = cancel(world, order, CUSTOMER)
    with refused("link-used"):
        say(world, a_link(world, change, round=change.round - 1))
    assert live(world, order).version == 1


def test_a_link_that_outlives_its_change_says_that_it_has_expired(world: World) -> None:
    order = mugs(world)
    change = cancel(world, order, CUSTOMER)
    links = a_link(world, change, expires_at=world.clock.now() + timedelta(days=900))
    world.clock.passes(days=400)
    mind_deadlines(world.services)
    with refused("link-expired"):
        say(world, links)


@pytest.mark.parametrize("word", ["approve", "reject"])
def test_an_owner_names_the_terms_that_wait(world: World, word: str) -> None:
    change = cancel(world, mugs(world), CUSTOMER)
    decision = ChangeDecision(change_id=change.change_id, decision=word, digest="of another day")
    with refused("plan-changed"):
        decide_change(world.services, world.request(CUSTOMER), decision)
    assert now(world, change).status is ChangeStatus.PENDING_CONFIRMATION


def capture_the_rest(world: World, order: Order) -> None:
    payment = replace(order.payments[0], authorised=order.totals.total, captured=order.totals.total)
    reported = ReportedPayment(payment=payment, currency="USD")
    record_payment(world.services, world.request(SERVICE), order.order_id, reported)


def test_what_an_owner_confirms_is_what_would_happen_now(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 3, 1000).paid(2000))
    change = cancel(world, order, CUSTOMER)
    capture_the_rest(world, order)
    decision = ChangeDecision(change_id=change.change_id, decision="approve", digest=change.plan.digest)
    with refused("plan-changed"):
        decide_change(world.services, world.request(CUSTOMER), decision)
    assert live(world, order).version == 1


def test_what_the_carrier_stopped_is_cancelled_on_the_terms_that_were_agreed(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 3, 1000).paid(2000))
    ship(world, order, 3)
    change = cancel(world, order, exception="intercept")
    capture_the_rest(world, order)
    with refused("plan-changed"):
        carrier(world, change, "done")
    assert live(world, order).version == 1
