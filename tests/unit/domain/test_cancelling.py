"""What a cancellation takes, what it costs, and what stands against it. Orders of 3 × 10.00, −10 %, +20 % = 32.40."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.intake.new_order import NewTax
from shared.domain.order.line_price import Charge
from shared.domain.order.order import Fee, Order, Shipping
from shared.domain.order.payment import PaymentStatus
from shared.domain.order.product import Catalogue, Product, StockLevel
from shared.domain.order.progress import Progress
from shared.domain.planning.edits import (
    CancelLine,
    CancelOrder,
    CancelUnits,
    Credit,
    Edit,
    Money,
    SetDates,
    SetQuantity,
)
from shared.domain.planning.plan import ChangePlan, Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.policy.documents.cancellation import RestockingRule
from shared.domain.policy.subjects import CancelException, Role
from tests.fakes.builders import OrderBuilder, an_order, noon

POLICY = ShippedPolicies().current()
THE_ORDER = an_order().with_line("TEA", 3, 1000).discounted("10").paid().build()


def cancel(
    order: Order,
    *edits: Edit,
    role: Role = "agent",
    reason: str = "customer_request",
    on: date | None = None,
    catalogue: Catalogue | None = None,
    policy: object = POLICY,
) -> Planned:
    context = PlanContext(
        kind="cancellation",
        role=role,
        policy=policy,
        reason_code=reason,
        catalogue=catalogue or Catalogue(),
        now=noon(on or order.placed_at.date()),
    )
    return plan(order, edits, context)


def units(quantity: int | None = None, exception: CancelException | None = None, line_id: str = "l1") -> CancelUnits:
    return CancelUnits(line_id=line_id, quantity=quantity, exception=exception)


def refunded(plan: ChangePlan) -> int:
    return sum(refund.amount for refund in plan.refunds)


def codes(plan: ChangePlan) -> list[tuple[str, str]]:
    return [(violation.code, violation.pointer or "") for violation in plan.violations]


def with_progress(order: Order, **progress: int) -> Order:
    return replace(order, progress={"l1": Progress(**progress)})


SHIPPED = with_progress(THE_ORDER, picked=3, packed=3, shipped=3)
ARRIVED = replace(
    THE_ORDER,
    progress={"l1": Progress(picked=3, packed=3, shipped=3, delivered=3, delivered_on=THE_ORDER.placed_at.date())},
)


# ------------------------------------------------------------------------------------------------ what is given back


def test_one_unit_gives_its_own_entitlement_back() -> None:
    result = cancel(THE_ORDER, units(1))
    assert (result.plan.totals_after.total, refunded(result.plan)) == (2160, 1080)


def test_a_whole_order_gives_everything_back_its_shipping_and_its_fees_too() -> None:
    order = an_order().with_line("TEA", 3, 1000).shipped_for(500).build()
    order = replace(
        order, fees=(Fee(code="gift-wrap", amount=200, tax=40),), payments=an_order().paid(9999).new.payments
    )
    order = replace(order, payments=(replace(order.payments[0], captured=order.totals.total),))
    result = cancel(order, CancelOrder())
    assert refunded(result.plan) == order.totals.total == 4340
    assert (result.after.totals.total, result.after.fees) == (0, ())


def test_shipping_stays_paid_when_something_has_shipped_or_is_left() -> None:
    order = an_order().with_line("TEA", 2, 1000).with_line("POT", 1, 500).shipped_for(500).paid().build()
    part = cancel(order, units())
    assert part.plan.totals_after.shipping == 500
    sent = replace(order, progress={"l1": Progress(picked=2, packed=2, shipped=2)})
    assert cancel(sent, CancelOrder(exception="intercept")).plan.totals_after.shipping == 500


def test_lines_that_are_not_named_do_not_move_by_a_cent() -> None:
    order = an_order().with_lines(5).discounted("7").less(333).paid().build()
    after = cancel(order, units(1, line_id="l3")).after
    assert [line for line in after.lines if line.line_id != "l3"] == [
        each for each in order.lines if each.line_id != "l3"
    ]


def test_tax_is_reversed_by_name_and_jurisdiction() -> None:
    taxes = (
        NewTax(name="State", rate=Decimal("0.05"), jurisdiction="US-NY"),
        NewTax(name="City", rate=Decimal("0.02"), jurisdiction="US-NY-NYC"),
    )
    order = an_order().with_line("TEA", 2, 1000, taxes=taxes).paid().build()
    reversed_ = {(tax.name, tax.jurisdiction): tax.amount for tax in cancel(order, units(1)).plan.taxes_reversed}
    assert reversed_ == {("State", "US-NY"): 50, ("City", "US-NY-NYC"): 20}


def test_an_unpaid_order_is_cancelled_without_a_refund() -> None:
    order = an_order().with_line("TEA", 3, 1000).build()
    assert cancel(order, CancelOrder()).plan.refunds == ()


def test_an_authorisation_is_reduced_for_a_part_and_voided_for_the_whole() -> None:
    order = an_order().with_line("TEA", 3, 1000).authorised().build()
    [part] = cancel(order, units(1)).plan.authorisations
    [whole] = cancel(order, CancelOrder()).plan.authorisations
    assert (part.before, part.after, whole.after) == (3600, 2400, 0)
    assert order.payments[0].status is PaymentStatus.AUTHORISED


def test_stock_goes_back_to_where_it_came_from_backordered_units_first() -> None:
    line = replace(THE_ORDER.lines[0], allocated=2, backordered=1)
    result = cancel(replace(THE_ORDER, lines=(line,)), units(2))
    assert [(move.sku, move.delta) for move in result.plan.stock] == [("TEA", 1)]


def test_units_that_have_left_free_no_stock_before_they_are_back() -> None:
    line = replace(THE_ORDER.lines[0], allocated=3)
    order = replace(with_progress(THE_ORDER, picked=2, packed=2, shipped=2), lines=(line,))
    result = cancel(order, units(2, "intercept"))
    assert [(move.sku, move.delta) for move in result.plan.stock] == [("TEA", 1)]
    assert result.after.progress["l1"].intercepted == 1


# ------------------------------------------------------------------------------------------------- restocking fees

FEES = [
    # stage, reason, fee, refund
    ("ordered", "customer_request", 0, 1080),
    ("in_warehouse", "customer_request", 0, 1080),
    ("shipped", "customer_request", 108, 972),
    ("delivered", "customer_request", 162, 918),
    ("shipped", "item_defect", 0, 1080),
    ("delivered", "wrong_item", 0, 1080),
    ("delivered", "late_delivery", 0, 1080),
    ("delivered", "duplicate_order", 162, 918),
]
AT = {
    "ordered": (THE_ORDER, None),
    "in_warehouse": (with_progress(THE_ORDER, picked=3), None),
    "shipped": (SHIPPED, "intercept"),
    "delivered": (ARRIVED, "return"),
}


@pytest.mark.parametrize(("stage", "reason", "fee", "refund"), FEES)
def test_the_restocking_fee_is_by_stage_and_spares_what_is_the_merchants_fault(
    stage: str, reason: str, fee: int, refund: int
) -> None:
    order, exception = AT[stage]
    result = cancel(order, units(1, exception), reason=reason)
    assert sum(each.amount for each in result.plan.fees) == fee
    assert refunded(result.plan) == refund
    assert [each.stage for each in result.plan.cancelled] == [stage]


def test_a_fee_says_why_and_which_rule_asks_for_it() -> None:
    [fee] = cancel(SHIPPED, units(1, "intercept")).plan.fees
    assert (fee.code, fee.rule) == ("restocking", "intercepted")
    assert fee.because == "Restocking of units that had left the warehouse: 10 % of 10.80 USD."


def test_the_fee_of_units_cancelled_one_by_one_is_the_fee_of_all_of_them_together() -> None:
    policy = replace(
        POLICY,
        cancellation=replace(
            POLICY.cancellation,
            restocking=(RestockingRule(id="odd", stages=("shipped",), percent=Decimal("3.33"), words="Odd:"),),
        ),
    )
    order, given = SHIPPED, 0
    for _ in range(3):
        result = cancel(order, units(1, "intercept"), policy=policy)
        order, given = result.after, given + refunded(result.plan)
    together = cancel(SHIPPED, units(3, "intercept"), policy=policy)
    assert (given, order.totals.fees) == (refunded(together.plan), together.after.totals.fees)


def restocking(percent: str = "50", *also: RestockingRule) -> object:
    rule = RestockingRule(id="back", stages=("shipped",), percent=Decimal(percent), words="Restocking:")
    return replace(POLICY, cancellation=replace(POLICY.cancellation, restocking=(rule, *also)))


def sent(builder: OrderBuilder) -> Order:
    order = builder.build()
    gone = {line.line_id: Progress(picked=9, packed=9, shipped=line.quantity) for line in order.lines}
    return replace(order, progress=gone)


def fees(planned: Planned) -> list[int]:
    return [fee.amount for fee in planned.plan.fees]


def test_a_restocking_fee_is_a_part_of_what_the_units_cost_after_all_deductions() -> None:
    builder = an_order().with_line("TEA", 2, 1000)
    new = replace(builder.new, fees=(Fee(code="credit", amount=-1000, tax=-200),))
    order = sent(OrderBuilder(new).paid())
    assert fees(cancel(order, units(1, "intercept"), policy=restocking())) == [300]


@pytest.mark.parametrize(("paid", "fee", "refund"), [(2400, 1200, 1200), (1300, 100, 0), (1200, 0, 0), (0, 0, 0)])
def test_a_restocking_fee_is_never_more_than_what_was_paid_and_would_come_back(
    paid: int, fee: int, refund: int
) -> None:
    order = sent(an_order().with_line("TEA", 2, 1000, line_id="l1").paid(paid))
    planned = cancel(order, units(1, "intercept"), policy=restocking("100"))
    assert (sum(fees(planned)), refunded(planned.plan)) == (fee, max(0, refund - 1200))
    assert planned.plan.amount_due == 0


def test_a_restocking_fee_is_taken_of_what_a_card_holds_for_the_order() -> None:
    order = sent(an_order().with_line("TEA", 2, 1000).authorised())
    planned = cancel(order, units(1, "intercept"), policy=restocking())
    assert fees(planned) == [600]
    assert [cut.after for cut in planned.plan.authorisations] == [1800]


def test_a_fee_that_was_more_than_would_come_back_is_made_up_for_when_more_does() -> None:
    """Half of 12.00 is due for the unit that had left; nothing comes back before the other line is cancelled too."""
    builder = an_order().with_line("TEA", 1, 1000).with_line("MUG", 1, 1000, line_id="l2").paid(1200)
    order = replace(builder.build(), progress={"l1": Progress(picked=1, packed=1, shipped=1)})
    first = cancel(order, units(1, "intercept"), policy=restocking())
    second = cancel(first.after, units(1, line_id="l2"), policy=restocking())
    together = cancel(order, units(1, "intercept"), units(1, line_id="l2"), policy=restocking())
    assert (fees(first), fees(second), fees(together)) == ([], [600], [600])
    assert refunded(second.plan) == refunded(together.plan) == 600
    assert second.after.totals.total == together.after.totals.total == 600
    assert second.plan.fees[0].because == "Restocking of units that were cancelled before: 50 % of 12.00 USD."


def test_two_fees_together_are_no_more_than_what_would_come_back() -> None:
    other = RestockingRule(id="stock", stages=("in_warehouse",), percent=Decimal(100), words="Restocking:")
    order = an_order().with_line("TEA", 2, 1000).paid(1500).build()
    order = replace(order, progress={"l1": Progress(picked=2, packed=1, shipped=1)})
    planned = cancel(order, units(2, "intercept"), policy=restocking("100", other))
    assert (sum(fees(planned)), planned.after.totals.total, planned.plan.refunds) == (1500, 1500, ())


# ----------------------------------------------------------------------------------------------- what stands against it

REFUSED = [
    (THE_ORDER, units(4), "more-than-left", "/lines/0/quantity"),
    (THE_ORDER, units(1, line_id="l9"), "unknown-line", "/lines/0/line_id"),
    (SHIPPED, units(1), "unit-shipped", "/lines/0"),
    (SHIPPED, units(1, "return"), "unit-not-delivered", "/lines/0"),
    (SHIPPED, CancelOrder(), "unit-shipped", "/lines"),
    (ARRIVED, units(1), "unit-shipped", "/lines/0"),
    (ARRIVED, units(1, "intercept"), "unit-delivered", "/lines/0"),
    (cancel(THE_ORDER, units()).after, units(1), "already-cancelled", "/lines/0"),
    (cancel(THE_ORDER, units()).after, CancelOrder(), "already-cancelled", "/lines"),
    (THE_ORDER, Credit(amount=Money(amount=3241, currency="USD")), "credit-over-total", "/goodwill/amount"),
    (THE_ORDER, Credit(amount=Money(amount=1, currency="EUR")), "other-currency", "/goodwill/amount/currency"),
]


@pytest.mark.parametrize(("order", "edit", "code", "pointer"), REFUSED)
def test_what_cannot_be_cancelled_is_refused_by_its_own_name(order: Order, edit: Edit, code: str, pointer: str) -> None:
    assert (code, pointer) in codes(cancel(order, edit).plan)


def test_a_line_that_a_third_party_ships_is_not_cancelled() -> None:
    line = replace(THE_ORDER.lines[0], constraints=("third_party_logistics",))
    assert codes(cancel(replace(THE_ORDER, lines=(line,)), units(1)).plan) == [("logistics-constraint", "/lines/0")]


def test_of_a_fixed_quantity_only_the_whole_line_goes() -> None:
    fixed = Catalogue(products={"TEA": Product(sku="TEA", quantity_modifiable=False)})
    assert codes(cancel(THE_ORDER, units(1), catalogue=fixed).plan) == [
        ("quantity-not-modifiable", "/lines/0/quantity")
    ]
    assert codes(cancel(THE_ORDER, units(3), catalogue=fixed).plan) == []


def test_a_product_that_cannot_be_changed_in_flight_can_still_be_cancelled() -> None:
    stiff = Catalogue(products={"TEA": Product(sku="TEA", in_flight_enabled=False)})
    assert codes(cancel(THE_ORDER, units(1), catalogue=stiff).plan) == []


def test_a_return_is_too_late_after_its_window() -> None:
    delivered = THE_ORDER.placed_at.date()
    assert codes(cancel(ARRIVED, units(1, "return"), on=delivered + timedelta(days=30)).plan) == []
    late = cancel(ARRIVED, units(1, "return"), on=delivered + timedelta(days=31)).plan
    assert codes(late) == [("too-late", "/lines/0")]


def test_customers_have_a_time_limit_that_agents_have_not() -> None:
    later = THE_ORDER.placed_at.date() + timedelta(days=181)
    assert codes(cancel(THE_ORDER, units(1), role="customer", on=later).plan) == [("too-late", "/lines/0")]
    assert codes(cancel(THE_ORDER, units(1), role="agent", on=later).plan) == []


@pytest.mark.parametrize("role", ["finance", "operator", "service"])
def test_only_customers_and_customer_service_cancel(role: Role) -> None:
    assert [code for code, _ in codes(cancel(THE_ORDER, units(1), role=role).plan)] == ["not-eligible"]


def test_a_customer_cannot_grant_themselves_goodwill() -> None:
    credit = Credit(amount=Money(amount=100, currency="USD"))
    assert codes(cancel(THE_ORDER, credit, role="customer").plan) == [("not-eligible", "/goodwill/amount")]


# ------------------------------------------------------------------------------------------------- who must agree

AGREEMENTS = [
    # who asks, what, approval, parties
    ("agent", THE_ORDER, units(1), False, ["customer"]),
    ("agent", THE_ORDER, CancelOrder(), False, []),
    ("customer", THE_ORDER, units(1), False, []),
    ("agent", SHIPPED, CancelOrder(exception="intercept"), False, ["carrier"]),
    ("agent", SHIPPED, units(1, "intercept"), False, ["customer", "carrier"]),
    ("agent", ARRIVED, CancelOrder(exception="return"), True, []),
    ("customer", ARRIVED, units(1, "return"), True, []),
    ("agent", THE_ORDER, Credit(amount=Money(amount=100, currency="USD")), True, []),
]


@pytest.mark.parametrize(("role", "order", "edit", "approval", "parties"), AGREEMENTS)
def test_who_must_agree(role: Role, order: Order, edit: Edit, approval: bool, parties: list[str]) -> None:
    result = cancel(order, edit, role=role).plan
    assert not result.violations
    assert bool(result.approvals) is approval
    assert [needed.party for needed in result.confirmations] == parties


def test_a_large_cancellation_needs_an_approval_as_a_large_amendment_does() -> None:
    order = an_order().with_line("TEA", 1, 50001, taxes=()).paid().build()
    assert [needed.role for needed in cancel(order, CancelOrder()).plan.approvals] == ["manager"]


# ----------------------------------------------------------------------------------------------------- what follows


def test_what_may_be_in_a_parcel_concerns_logistics() -> None:
    departments = {name: set(cancel(order, units(1, how)).plan.departments) for name, (order, how) in AT.items()}
    assert "logistics" not in departments["ordered"]
    assert all("logistics" in departments[stage] for stage in ("in_warehouse", "shipped", "delivered"))


def test_the_least_far_units_are_cancelled_first() -> None:
    order = with_progress(THE_ORDER, picked=2, packed=1, shipped=1)
    taken = cancel(order, units(3, "intercept")).plan.cancelled
    assert [(each.stage, each.quantity) for each in taken] == [("ordered", 1), ("in_warehouse", 1), ("shipped", 1)]


def test_a_goodwill_credit_is_named_in_the_plan_and_leaves_the_goods() -> None:
    result = cancel(THE_ORDER, Credit(amount=Money(amount=500, currency="USD")))
    assert (result.after.lines[0].quantity, refunded(result.plan)) == (3, 500)
    assert [(fee.code, fee.amount) for fee in result.plan.fees] == [("goodwill", -500)]
    assert refunded(cancel(result.after, CancelOrder()).plan) == 3240 - 500


def test_after_goodwill_no_more_than_was_paid_comes_back() -> None:
    once = cancel(THE_ORDER, Credit(amount=Money(amount=3240, currency="USD"))).after
    assert cancel(once, units()).plan.refunds == ()


# ----------------------------------------------------------------------------------------------- bundles, subscriptions

YEAR = {"start_date": date(2026, 1, 1), "end_date": date(2026, 12, 31)}


def monthly(charge_id: str, price: int) -> Charge:
    return Charge(charge_id=charge_id, type="recurring", period="month", price=price)


def a_bundle() -> Order:
    return (
        an_order()
        .with_line("PLAN", 1, 0, line_id="plan", bundle_id="plan", taxes=())
        .with_line("SEATS", 10, 0, line_id="seats", bundle_id="plan", parent_line_id="plan", required=True,
                   charges=(monthly("seats", 1200),), taxes=(), **YEAR)
        .with_line("SUPPORT", 1, 0, line_id="support", bundle_id="plan", parent_line_id="plan",
                   charges=(monthly("support", 5000),), taxes=(), **YEAR)
        .with_line("MUG", 1, 900, line_id="mug", bundle_id="plan", parent_line_id="plan", taxes=())
        .paid().build()
    )  # fmt: skip


def test_removing_an_accessory_keeps_its_bundle() -> None:
    result = cancel(a_bundle(), units(line_id="mug"), on=date(2025, 12, 1))
    assert [change.line_id for change in result.plan.lines] == ["mug"]
    assert refunded(result.plan) == 900


def test_removing_a_running_service_keeps_the_subscription_and_credits_the_unused_part() -> None:
    result = cancel(a_bundle(), units(line_id="support"), on=date(2026, 6, 30))
    [change] = result.plan.lines
    assert (change.line_id, change.after.quantity, change.after.end_date) == ("support", 1, date(2026, 6, 30))
    assert refunded(result.plan) == 6 * 5000
    assert [each.stage for each in result.plan.cancelled] == ["running"]


def test_a_subscription_that_has_not_begun_is_cancelled_whole() -> None:
    result = cancel(a_bundle(), units(line_id="support"), on=date(2025, 12, 31))
    assert result.plan.lines[0].after.quantity == 0
    assert refunded(result.plan) == 12 * 5000


def test_cancelling_a_bundle_takes_its_components_each_as_far_as_it_is() -> None:
    result = cancel(a_bundle(), units(line_id="plan"), on=date(2026, 6, 30))
    after = {line.line_id: line for line in result.after.lines}
    assert (after["plan"].quantity, after["mug"].quantity) == (0, 0)
    assert (after["seats"].quantity, after["seats"].end_date) == (10, date(2026, 6, 30))
    assert refunded(result.plan) == 900 + 6 * 5000 + 6 * 10 * 1200


def test_a_required_component_goes_only_with_its_bundle() -> None:
    assert ("required-component", "/lines/0") in codes(
        cancel(a_bundle(), units(line_id="seats"), on=date(2026, 6, 30)).plan
    )


def test_units_of_a_running_subscription_that_is_required_stay_with_their_bundle() -> None:
    found = codes(cancel(a_bundle(), units(2, line_id="seats"), on=date(2026, 6, 30)).plan)
    assert found == [("required-component", "/lines/0")]


def test_a_whole_order_goes_without_the_subscriptions_that_have_ended() -> None:
    stopped = cancel(a_bundle(), units(line_id="support"), on=date(2026, 6, 30)).after
    whole = cancel(stopped, CancelOrder(), on=date(2026, 7, 31)).plan
    assert codes(whole) == []
    assert [each.line_id for each in whole.cancelled] == ["plan", "seats", "mug"]
    assert refunded(whole) == 900 + 5 * 10 * 1200


def test_a_bundle_goes_without_a_component_that_has_ended() -> None:
    stopped = cancel(a_bundle(), units(line_id="support"), on=date(2026, 6, 30)).after
    assert codes(cancel(stopped, units(line_id="plan"), on=date(2026, 7, 31)).plan) == []


def test_an_order_of_nothing_but_ended_subscriptions_says_so() -> None:
    order = an_order().with_line("SEAT", 1, 0, charges=(monthly("seat", 1000),), taxes=(), **YEAR).paid().build()
    assert codes(cancel(order, CancelOrder(), on=date(2027, 1, 1)).plan) == [("subscription-ended", "/lines")]


def test_shipping_without_a_price_stays_as_it_is() -> None:
    order = replace(THE_ORDER, shipping=Shipping(method="pick-up"))
    assert cancel(order, CancelOrder()).after.shipping == order.shipping


def test_what_is_available_does_not_matter_to_a_cancellation() -> None:
    none_left = Catalogue(stock={"TEA": StockLevel(sku="TEA", on_hand=3, allocated=3)})
    assert codes(cancel(THE_ORDER, CancelOrder(), catalogue=none_left).plan) == []


# ---------------------------------------------------------------------------------- an amendment is no way round them

EXTERNAL = replace(THE_ORDER, lines=(replace(THE_ORDER.lines[0], constraints=("third_party_logistics",)),))
ON_ACCOUNT = an_order().with_line("TEA", 3, 1000).paid(method="purchase_order").build()
FEWER: tuple[Edit, ...] = (
    CancelLine(line_id="l1"), CancelLine(sku="TEA", quantity=1), SetQuantity(line_id="l1", quantity=2),
)  # fmt: skip


def amend(order: Order, edit: Edit, *, role: Role = "customer", days: int = 0, policy: object = POLICY) -> ChangePlan:
    on = noon(order.placed_at.date() + timedelta(days=days))
    return plan(order, [edit], PlanContext(role=role, policy=policy, now=on)).plan


@pytest.mark.parametrize("edit", FEWER)
def test_an_amendment_takes_nothing_that_a_cancellation_would_be_denied(edit: Edit) -> None:
    refused = amend(EXTERNAL, edit)
    assert [code for code, _ in codes(refused)] == ["logistics-constraint"]
    assert ("cancel_units", "cancel-constrained") in {(each.decides, each.rule) for each in refused.rulings}
    assert [code for code, _ in codes(amend(THE_ORDER, edit, days=181))] == ["too-late"]
    assert codes(amend(THE_ORDER, edit, role="agent", days=181)) == []


@pytest.mark.parametrize("edit", FEWER)
def test_an_amendment_needs_the_approval_that_a_cancellation_of_the_same_would(edit: Edit) -> None:
    asked = amend(ON_ACCOUNT, edit)
    assert [needed.because for needed in asked.approvals] == ["The order is paid by purchase order."]
    assert amend(THE_ORDER, edit).approvals == amend(ON_ACCOUNT, edit, role="agent").approvals == ()


def test_what_a_cancellation_would_be_allowed_leaves_no_trace_on_an_amendment() -> None:
    allowed = amend(THE_ORDER, CancelLine(line_id="l1", quantity=1))
    assert [each.decides for each in allowed.rulings if each.decides == "cancel_units"] == []


def test_an_amendment_that_takes_nothing_is_not_judged_as_a_cancellation() -> None:
    for order in (EXTERNAL, ON_ACCOUNT):
        more = amend(order, SetQuantity(line_id="l1", quantity=4))
        assert (codes(more), more.approvals) == ([], ())


def test_days_that_are_taken_from_a_subscription_are_judged_as_its_cancellation_is() -> None:
    year = an_order().with_line("SEAT", 1, 0, charges=(monthly("seat", 1000),), taxes=(), **YEAR)
    order = replace(year.paid(method="purchase_order").build(), placed_at=noon(date(2025, 12, 1)))
    assert amend(order, SetDates(line_id="l1", end_date=date(2026, 1, 1))).approvals != ()
    assert amend(order, SetDates(line_id="l1", end_date=date(2027, 1, 31))).approvals == ()


def test_components_that_go_with_their_parent_are_judged_each_for_itself() -> None:
    order = a_bundle()
    external = [
        replace(line, constraints=("third_party_logistics",)) if line.line_id == "mug" else line for line in order.lines
    ]
    refused = plan(
        replace(order, lines=tuple(external)), [CancelLine(line_id="plan")],
        PlanContext(role="agent", policy=POLICY, now=noon(date(2025, 12, 1))),
    ).plan  # fmt: skip
    assert [code for code, _ in codes(refused)] == ["logistics-constraint"]


def test_a_part_of_a_fixed_quantity_does_not_go_by_amendment_either() -> None:
    fixed = Catalogue(products={"TEA": Product(sku="TEA", quantity_modifiable=False)})
    context = PlanContext(role="agent", policy=POLICY, catalogue=fixed)
    assert codes(plan(THE_ORDER, [CancelLine(line_id="l1", quantity=1)], context).plan) == [
        ("quantity-not-modifiable", "/edits/0/quantity")
    ]
    assert codes(plan(THE_ORDER, [CancelLine(line_id="l1")], context).plan) == []
