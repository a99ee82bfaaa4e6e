"""Money paid beyond what the order costs goes back by a settlement: once, and never more than that."""

from dataclasses import replace

import pytest

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.order.payment import PaymentStatus
from shared.domain.order.progress import Progress
from shared.domain.order.states import order_status
from shared.domain.planning.edits import Credit, Money, Settle
from shared.domain.refusal import Refusal
from shared.usecases.amending.undo_committed import preview_undo
from shared.usecases.approving.decide_change import ChangeDecision, decide_change
from shared.usecases.cancelling.start_cancellation import Cancellation, LineToCancel, start_cancellation
from shared.usecases.core.access import Principal
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.intake.record_payment import ReportedPayment, record_payment
from shared.usecases.reading.read_history import read_log
from shared.usecases.refunding.resolve_fallout import Resolution, resolve_fallout
from shared.usecases.refunding.settle_refund import RefundAddress, fail_refund, settle_refund
from shared.usecases.settling.start_settlement import Settlement, preview_settlement, start_settlement
from shared.usecases.settling.withdraw_settlement import withdraw_settlement
from shared.wording.waits import waits_of
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, CUSTOMER, CUSTOMER_2, MANAGER, OPERATOR, SERVICE, OrderBuilder
from tests.fakes.edge import told
from tests.unit.usecases.stories import live, refused, taken


def usd(amount: int) -> Money:
    return Money(amount=amount, currency="USD")


def one_mug() -> OrderBuilder:
    return an_order().with_line("MUG", 1, 7200, taxes=())


def pays(world: World, order: Order, amount: int, payment_id: str = "pay-2", **more: object) -> None:
    """One more payment is captured."""
    payment = an_order().paid(amount, payment_id).new.payments[0]
    reported = ReportedPayment(payment=replace(payment, **more), currency="USD")
    record_payment(world.services, world.request(SERVICE), order.order_id, reported)


def paid_twice(world: World) -> Order:
    order = taken(world, one_mug().paid())
    pays(world, order, 7200)
    assert live(world, order).totals.balance_due == -7200
    return order


def asked(order: Order, settle: Settle | None = None, **more: str) -> Settlement:
    return Settlement(order_id=order.order_id, **{"reason_code": "overpayment", **more}, settle=settle or Settle())


def settle(world: World, order: Order, wish: Settle | None = None, who: Principal = AGENT, **more: str) -> Change:
    """A settlement as far as it comes without an approval."""
    request = world.request(who, if_match=live(world, order).etag)
    answer = start_settlement(world.services, request, asked(order, wish, **more))
    return world.memory.changes[told(answer).body.split("/")[0]]


def approve(world: World, change: Change) -> Change:
    word = ChangeDecision(change_id=change.change_id, decision="approve", digest=change.plan.digest)
    decide_change(world.services, world.request(MANAGER), word)
    return now(world, change)


def settled(world: World, order: Order, wish: Settle | None = None) -> Change:
    return approve(world, settle(world, order, wish))


def now(world: World, change: Change) -> Change:
    return world.memory.changes[change.change_id]


def cancelled(world: World, order: Order, *lines: LineToCancel) -> Change:
    wanted = Cancellation(order_id=order.order_id, reason_code="duplicate_order", lines=lines or None)
    answer = start_cancellation(world.services, world.request(AGENT, if_match=live(world, order).etag), wanted)
    return world.memory.changes[told(answer).body.split("/")[0]]


def refunds(change: Change) -> list[tuple[str, int]]:
    return [(refund.payment_id, refund.amount) for refund in change.refunds]


def given_back(order: Order) -> int:
    return sum(payment.refunded + payment.refunding for payment in order.payments)


# ------------------------------------------------------------------------------------------------- what goes back


def test_a_customer_who_paid_twice_and_cancels_gets_both_payments_back(world: World) -> None:
    order = paid_twice(world)
    cancelled(world, order)
    assert live(world, order).totals.balance_due == -7200
    change = settled(world, order)
    after = live(world, order)
    assert (change.status, refunds(change)) == (ChangeStatus.COMMITTED, [("pay-2", 7200)])
    assert (given_back(after), after.totals.balance_due) == (14_400, 0)


def test_a_settlement_moves_money_alone(world: World) -> None:
    order = paid_twice(world)
    before = live(world, order)
    plan = settled(world, order).plan
    after = live(world, order)
    assert (plan.kind, plan.lines, plan.stock, plan.fees, plan.authorisations, plan.assets) == (
        "settlement",
        (),
        (),
        (),
        (),
        (),
    )
    assert (plan.delta, plan.amount_due, plan.effects.revenue, plan.magnitude) == (0, 0, 0, 7200)
    assert (plan.changed, plan.departments) == (("payment",), ("billing",))
    assert (after.lines, after.shipping, after.fees) == (before.lines, before.shipping, before.fees)


def test_it_gives_back_on_the_last_payment_first_and_then_on_those_before_it(world: World) -> None:
    order = taken(world, one_mug().paid(7200))
    pays(world, order, 1000)
    cancelled(world, order)
    pays(world, order, 300, "pay-3")
    assert live(world, order).totals.balance_due == -1300
    assert refunds(settled(world, order)) == [("pay-3", 300), ("pay-2", 1000)]


def test_it_gives_back_on_the_payment_that_it_names(world: World) -> None:
    order = paid_twice(world)
    change = settled(world, order, Settle(payment_id="pay-1"))
    assert refunds(change) == [("pay-1", 7200)]


def test_it_gives_back_a_part_where_it_says_so_and_the_rest_later(world: World) -> None:
    order = paid_twice(world)
    assert refunds(settled(world, order, Settle(amount=usd(200)))) == [("pay-2", 200)]
    assert live(world, order).totals.balance_due == -7000
    assert refunds(settled(world, order)) == [("pay-2", 7000)]
    assert live(world, order).totals.balance_due == 0


def test_a_capture_after_a_void_goes_back(world: World) -> None:
    order = taken(world, one_mug().authorised())
    cancelled(world, order)
    payment = live(world, order).payments[0]
    for status, captured in ((PaymentStatus.VOIDED, 0), (PaymentStatus.CAPTURED, 7200)):
        report = replace(payment, status=status, captured=captured)
        record_payment(
            world.services, world.request(SERVICE), order.order_id, ReportedPayment(payment=report, currency="USD")
        )
    assert live(world, order).totals.balance_due == -7200
    assert refunds(settled(world, order)) == [("pay-1", 7200)]


def test_a_refund_that_failed_for_good_on_a_cancelled_order_goes_back_by_another_way(world: World) -> None:
    order = taken(world, one_mug().paid())
    change = cancelled(world, order)
    named = RefundAddress(refund_id=change.refunds[0].refund_id, change_id=change.change_id, order_id=order.order_id)
    fail_refund(world.services, named, "declined")
    resolve_fallout(
        world.services,
        world.gateways,
        world.request(OPERATOR),
        Resolution(change_id=change.change_id, outcome="failed", note="the card is closed"),
    )
    assert (order_status(live(world, order)), live(world, order).totals.balance_due) == ("cancelled", -7200)
    assert refunds(settled(world, order)) == [("pay-1", 7200)]
    assert live(world, order).totals.balance_due == 0


@pytest.mark.parametrize("progress", [{}, {"picked": 1, "packed": 1, "shipped": 1}])
def test_an_order_in_any_state_takes_it(world: World, progress: dict[str, int]) -> None:
    order = paid_twice(world)
    world.memory.orders[order.order_id] = replace(live(world, order), progress={"l1": Progress(**progress)})
    assert refunds(settled(world, order)) == [("pay-2", 7200)]


# ---------------------------------------------------------------------------------------------- what stands against it


@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        (Settle(amount=usd(7201)), "/amount"),
        (Settle(amount=usd(7201), payment_id="pay-1"), "/amount"),
        (Settle(payment_id="pay-3"), "/payment_id"),
    ],
)
def test_it_never_gives_back_more_than_is_overpaid_or_than_its_payment_holds(
    world: World, wish: Settle, pointer: str
) -> None:
    order = paid_twice(world)
    pays(world, order, 0, "pay-3")
    with refused("settlement-over-balance") as found:
        settle(world, order, wish)
    assert found.value.violations[0].pointer == pointer


@pytest.mark.parametrize("wish", [Settle(), Settle(amount=usd(1)), Settle(payment_id="pay-1")])
def test_nothing_goes_back_where_nothing_is_overpaid(world: World, wish: Settle) -> None:
    order = taken(world, one_mug().paid())
    with refused("settlement-over-balance"):
        settle(world, order, wish)


def test_a_payment_of_another_order_is_unknown(world: World) -> None:
    with refused("unknown-payment") as found:
        settle(world, paid_twice(world), Settle(payment_id="pay-9"))
    assert found.value.violations[0].pointer == "/payment_id"


def test_another_currency_is_refused(world: World) -> None:
    with refused("other-currency"):
        settle(world, paid_twice(world), Settle(amount=Money(amount=1, currency="EUR")))


def test_a_reason_of_another_kind_of_change_is_refused(world: World) -> None:
    with refused("unknown-reason"):
        settle(world, paid_twice(world), reason_code="item_defect")


def test_customers_ask_where_policy_allows_it_and_see_no_order_of_others(world: World) -> None:
    order = paid_twice(world)
    with refused("order-not-found"):
        settle(world, order, who=CUSTOMER_2)
    assert refunds(approve(world, settle(world, order, who=CUSTOMER))) == [("pay-2", 7200)]


def test_it_waits_for_its_approval_which_the_requester_cannot_give(world: World) -> None:
    order = paid_twice(world)
    change = settle(world, order)
    assert (change.status, change.waiting_for) == (ChangeStatus.PENDING_APPROVAL, "manager")
    assert live(world, order).totals.balance_due == -7200
    word = ChangeDecision(change_id=change.change_id, decision="approve", digest=change.plan.digest)
    with pytest.raises(Refusal):
        decide_change(world.services, world.request(AGENT), word)


def test_it_is_withdrawn_while_it_waits_and_no_money_moves(world: World) -> None:
    order = paid_twice(world)
    change = settle(world, order)
    address = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    request = world.request(AGENT, if_match=live(world, order).etag)
    withdraw_settlement(world.services, request, address)
    assert (now(world, change).status, given_back(live(world, order))) == (ChangeStatus.WITHDRAWN, 0)
    assert [event.type for event in world.memory.events][-1] == "SettlementWithdrawn"


def test_the_digest_pins_what_was_seen(world: World) -> None:
    order = paid_twice(world)
    seen = preview_settlement(world.services, AGENT, asked(order)).digest
    pays(world, order, 100, "pay-3")
    with refused("plan-changed"):
        settle(world, order, accept=seen)


def test_an_approval_of_what_has_changed_since_gives_nothing_back(world: World) -> None:
    order = paid_twice(world)
    change = settle(world, order)
    pays(world, order, 100, "pay-3")
    with refused("plan-changed"):
        approve(world, change)
    assert given_back(live(world, order)) == 0


# ---------------------------------------------------------------------------------------------------------- once


def test_two_settlements_at_once_give_back_once(world: World) -> None:
    order = paid_twice(world)
    etag = live(world, order).etag
    approve(world, settle(world, order))
    with refused("stale-version"):
        start_settlement(world.services, world.request(AGENT, if_match=etag), asked(order))
    with refused("settlement-over-balance"):
        settle(world, order)
    assert given_back(live(world, order)) == 7200


def test_a_second_settlement_waits_for_the_first(world: World) -> None:
    order = paid_twice(world)
    settle(world, order)
    with refused("change-open"):
        settle(world, order)


def test_a_refund_under_way_is_not_given_back_a_second_time(world: World) -> None:
    order = taken(world, one_mug().paid())
    change = cancelled(world, order)
    with refused("settlement-over-balance"):
        settle(world, order)
    named = RefundAddress(refund_id=change.refunds[0].refund_id, change_id=change.change_id, order_id=order.order_id)
    settle_refund(world.services, named, "gw-1")
    with refused("settlement-over-balance"):
        settle(world, order)


def test_a_repeated_request_gets_its_first_answer_and_pays_once(world: World) -> None:
    order = paid_twice(world)
    request = world.request(AGENT, if_match=live(world, order).etag, key="the-same")
    first = told(start_settlement(world.services, request, asked(order)))
    again = told(start_settlement(world.services, request, asked(order)))
    assert first.body == again.body
    assert len([change for change in world.memory.changes.values() if change.kind == "settlement"]) == 1


# ------------------------------------------------------------------------------------------------------ proposed, told


def test_a_change_that_leaves_an_order_overpaid_waits_for_a_settlement(world: World) -> None:
    order = paid_twice(world)
    change = cancelled(world, order)
    words = [wait.words for wait in waits_of(change) if wait.party == "agent"]
    assert words == ["give 72.00 USD back by a settlement: that much is overpaid"]


def test_a_goodwill_beyond_what_the_order_costs_is_still_refused(world: World) -> None:
    order = paid_twice(world)
    cancelled(world, order)
    wanted = Cancellation(order_id=order.order_id, reason_code="goodwill", goodwill=Credit(amount=usd(7200)))
    with refused("credit-over-total"):
        start_cancellation(world.services, world.request(AGENT, if_match=live(world, order).etag), wanted)


def test_it_is_told_to_billing_logged_and_completed(world: World) -> None:
    order = paid_twice(world)
    change = settled(world, order)
    events = [event for event in world.memory.events if event.change_id == change.change_id]
    assert [event.type for event in events] == [
        "SettlementRequested",
        "ApprovalRequested",
        "ApprovalDecided",
        "OrderSettled",
        "RefundRequested",
    ]
    told_to_billing = events[3].data
    assert told_to_billing["changed"] == ["payment"]
    assert told_to_billing["refund"] == {"amount": "72.00", "currency": "USD"}
    assert [memo["number"] for memo in told_to_billing["credit_memos"]] == [f"CM-{order.order_id}-2-1"]
    entries, verified = read_log(world.services, order.order_id, AGENT, verified=True)
    assert (entries[-1].action, verified is not None and verified.verified) == ("order_settled", True)


def test_a_settlement_has_nothing_to_undo(world: World) -> None:
    order = paid_twice(world)
    change = settled(world, order)
    address = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    plan = preview_undo(world.services, AGENT, address)
    assert [violation.code for violation in plan.violations] == ["nothing-changes"]
