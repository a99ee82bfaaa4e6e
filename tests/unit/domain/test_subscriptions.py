"""Subscriptions, charges and bundles: dates re-price by day-exact proration, components follow their parent."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.intake.new_order import NewTax
from shared.domain.intake.to_order import accept
from shared.domain.money.proration import in_words, periods
from shared.domain.order.assets import activated, carried
from shared.domain.order.line_price import Charge
from shared.domain.order.order import Order, Shipping
from shared.domain.order.product import Catalogue, Product, StockLevel
from shared.domain.order.progress import Progress
from shared.domain.planning.edits import (
    AddLine,
    CancelLine,
    Edit,
    FitToStock,
    Money,
    ReplaceSku,
    SetDates,
    SetDiscount,
    SetQuantity,
    SetShippingMethod,
)
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import ChangePlan, Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.refusal import Refusal
from tests.fakes.builders import OrderBuilder, an_order, noon

POLICY = ShippedPolicies().current()
START, END = date(2026, 12, 1), date(2027, 11, 30)
NO_TAX: tuple[NewTax, ...] = ()


def monthly(charge_id: str, price: int) -> Charge:
    return Charge(charge_id=charge_id, type="recurring", period="month", price=price)


def team_plan() -> OrderBuilder:
    """A bundle: a parent of no price, ten required seats with a setup, and support as an accessory. 2139.00."""
    setup = Charge(charge_id="setup", type="one_time", price=9900)
    dated = {"start_date": START, "end_date": END, "taxes": NO_TAX}
    return (
        an_order("S-1")
        .with_line("PLAN", 1, 0, line_id="b1", bundle_id="b1", taxes=NO_TAX)
        .with_line(
            "SEAT", 10, 0, line_id="seats", bundle_id="b1", parent_line_id="b1", required=True,
            charges=(setup, monthly("seats", 1200)), **dated,
        )
        .with_line(
            "SUPPORT", 1, 0, line_id="support", bundle_id="b1", parent_line_id="b1",
            charges=(monthly("support", 5000),), **dated,
        )
    )  # fmt: skip


THE_PLAN = team_plan().paid().build()


def planned(order: Order, *edits: Edit, catalogue: Catalogue | None = None, today: date | None = None) -> Planned:
    now = noon(today) if today else None
    context = PlanContext(role="agent", policy=POLICY, catalogue=catalogue or Catalogue(), now=now)
    return plan(order, edits, context)


def codes(plan: ChangePlan) -> list[str]:
    return [violation.code for violation in plan.violations]


def total_of(order: Order, line_id: str) -> int:
    line = order.line(line_id)
    assert line is not None
    return line.total


def test_charges_add_up_one_time_per_line_and_recurring_per_unit_and_period() -> None:
    assert THE_PLAN.totals.total == 9900 + 1200 * 10 * 12 + 5000 * 12 == 213900


def test_ended_six_months_early_support_costs_300() -> None:
    result = planned(THE_PLAN, SetDates(line_id="support", end_date=date(2027, 5, 31)))
    assert total_of(result.after, "support") == 30000
    assert [refund.amount for refund in result.plan.refunds] == [30000]
    assert result.plan.changed == ("dates",)


def test_a_broken_period_counts_by_its_days_and_the_plan_shows_the_arithmetic() -> None:
    result = planned(THE_PLAN, SetDates(line_id="seats", end_date=date(2027, 12, 17)))
    shown = result.plan.proration[0]
    assert (shown.charge_id, shown.periods_before, shown.periods_after) == ("seats", "12", "12 + 17/31")
    assert shown.amount_after == round(Fraction(1200 * 10) * (12 + Fraction(17, 31)))
    assert total_of(result.after, "seats") == 9900 + shown.amount_after


@pytest.mark.parametrize(
    ("start", "end", "period", "words"),
    [
        (date(2026, 12, 1), date(2027, 11, 30), "month", "12"),
        (date(2027, 1, 31), date(2027, 2, 27), "month", "1"),
        (date(2028, 2, 1), date(2028, 2, 29), "month", "1"),
        (date(2027, 1, 15), date(2027, 3, 31), "month", "2 + 17/31"),
        (date(2027, 1, 1), date(2027, 12, 31), "quarter", "4"),
        (date(2027, 1, 1), date(2029, 6, 30), "year", "2 + 181/365"),
        (date(2027, 1, 1), date(2026, 12, 31), "month", "0"),
    ],
)
def test_whole_periods_count_as_such(start: date, end: date, period: str, words: str) -> None:
    assert in_words(periods(start, end, period)) == words


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 3000), st.integers(1, 400))
def test_a_longer_subscription_never_has_fewer_periods(start: date, days: int, more: int) -> None:
    end = date.fromordinal(start.toordinal() + days)
    later = date.fromordinal(end.toordinal() + more)
    assert periods(start, end, "month") <= periods(start, later, "month")


def test_cancelling_the_parent_cancels_its_components() -> None:
    result = planned(THE_PLAN, CancelLine(line_id="b1"))
    assert [line.quantity for line in result.after.lines] == [0, 0, 0]
    assert (result.after.totals.total, sum(refund.amount for refund in result.plan.refunds)) == (0, 213900)


def test_a_required_component_cannot_go_alone_but_an_accessory_can() -> None:
    assert codes(planned(THE_PLAN, CancelLine(line_id="seats")).plan) == ["required-component"]
    accessory = planned(THE_PLAN, CancelLine(line_id="support"))
    assert accessory.plan.violations == ()
    assert accessory.after.totals.total == 213900 - 60000


LATER = date(2027, 5, 31)
"""Half of the year is used."""


def test_a_running_line_that_an_amendment_cancels_stops_and_only_its_unused_part_is_credited() -> None:
    result = planned(THE_PLAN, CancelLine(line_id="support"), today=LATER)
    [change] = result.plan.lines
    assert (change.after.quantity, change.after.end_date, change.change) == (1, LATER, "changed")
    assert (sum(refund.amount for refund in result.plan.refunds), result.plan.cancelled) == (6 * 5000, ())


def test_a_bundle_that_an_amendment_cancels_stops_what_runs_of_it() -> None:
    result = planned(THE_PLAN, CancelLine(line_id="b1"), today=LATER)
    assert result.plan.violations == ()
    assert [(line.quantity, line.end_date) for line in result.after.lines] == [(0, None), (10, LATER), (1, LATER)]
    assert result.after.totals.total == 9900 + 6 * 10 * 1200 + 6 * 5000


def test_a_component_that_has_ended_does_not_keep_its_bundle() -> None:
    stopped = planned(THE_PLAN, CancelLine(line_id="support"), today=LATER).after
    result = planned(stopped, CancelLine(line_id="b1"), today=date(2027, 6, 30))
    assert result.plan.violations == ()
    assert [change.line_id for change in result.plan.lines] == ["b1", "seats"]


@pytest.mark.parametrize(
    ("edit", "code", "pointer"),
    [
        (SetDates(line_id="support", end_date=date(2027, 5, 30)), "subscription-running", "/edits/0"),
        (SetDates(line_id="support", start_date=date(2026, 12, 2)), "subscription-running", "/edits/0"),
        (
            SetDates(line_id="support", start_date=date(2027, 12, 1), end_date=date(2028, 11, 30)),
            "subscription-running", "/edits/0",
        ),
    ],
)  # fmt: skip
def test_what_a_subscription_has_used_cannot_be_taken_back_by_an_amendment(edit: Edit, code: str, pointer: str) -> None:
    plan = planned(THE_PLAN, edit, today=LATER).plan
    assert (code, pointer) in [(violation.code, violation.pointer) for violation in plan.violations]


def test_a_subscription_that_has_ended_cannot_be_moved_shortened_or_lowered_but_renewed() -> None:
    after = date(2028, 1, 15)
    for edit in (
        SetDates(line_id="support", end_date=date(2027, 1, 1)),
        SetDates(line_id="support", start_date=date(2028, 2, 1), end_date=date(2029, 1, 31)),
    ):
        assert codes(planned(THE_PLAN, edit, today=after).plan) == ["subscription-running"]
    assert codes(planned(THE_PLAN, CancelLine(line_id="support"), today=after).plan) == ["subscription-ended"]
    assert codes(planned(THE_PLAN, SetDates(line_id="support", end_date=date(2028, 11, 30)), today=after).plan) == []


@pytest.mark.parametrize(
    ("edit", "delta"),
    [
        (SetDates(line_id="support", end_date=LATER), -6 * 5000),
        (SetDates(line_id="support", end_date=date(2028, 5, 31)), 6 * 5000),
        (SetDates(line_id="support", start_date=date(2026, 11, 1)), 5000),
        (SetQuantity(line_id="seats", quantity=11), 6 * 1200 + 39),  # and the day itself, 1/31
    ],
)
def test_a_running_subscription_can_still_end_sooner_be_renewed_and_grow(edit: Edit, delta: int) -> None:
    plan = planned(THE_PLAN, edit, today=LATER).plan
    assert (codes(plan), plan.delta) == ([], delta)


def test_a_subscription_that_has_not_begun_can_still_be_moved_lowered_and_taken_back_whole() -> None:
    of_accessories = replace(THE_PLAN, lines=tuple(replace(line, required=False) for line in THE_PLAN.lines))
    for edit, total in (
        (SetDates(line_id="support", start_date=date(2027, 6, 1), end_date=date(2028, 5, 31)), 213900),
        (SetQuantity(line_id="seats", quantity=9), 213900 - 12 * 1200),
        (CancelLine(line_id="support"), 213900 - 12 * 5000),
    ):
        result = planned(of_accessories, edit, today=START)
        assert codes(result.plan) == []
        assert sum(line.total for line in result.after.lines) == total


def test_an_untouched_component_does_not_move_by_a_cent() -> None:
    after = planned(THE_PLAN, SetQuantity(line_id="seats", quantity=11)).after
    assert after.line("support") is THE_PLAN.line("support")
    assert total_of(after, "seats") == 9900 + 1200 * 11 * 12


def test_a_line_can_be_added_under_a_parent_until_its_subscription_has_ended() -> None:
    add = AddLine(sku="CAM", quantity=1, unit_price=Money(amount=500, currency="USD"), parent_line_id="b1")
    line = planned(THE_PLAN, add, today=date(2027, 1, 1)).after.lines[-1]
    assert (line.parent_line_id, line.bundle_id) == ("b1", "b1")
    assert codes(planned(THE_PLAN, add, today=date(2028, 1, 1)).plan) == ["subscription-ended"]


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (SetDates(line_id="seats", end_date=date(2026, 11, 1)), "end-before-start"),
        (SetQuantity(line_id="seats", quantity=9), "required-component"),
        (SetDiscount(line_id="seats", type="percent", value="101"), "discount-over-price"),
        (SetDiscount(line_id="seats", type="amount", value="999999.99"), "discount-over-price"),
        (
            AddLine(sku="X", quantity=1, unit_price=Money(amount=1, currency="USD"), parent_line_id="no"),
            "unknown-parent",
        ),
        (ReplaceSku(line_id="seats", with_sku="X"), "price-unknown"),
        (SetShippingMethod(method="rocket"), "shipping-unknown"),
    ],
)
def test_a_bad_edit_of_a_subscription_is_refused_by_name(edit: Edit, code: str) -> None:
    assert codes(planned(THE_PLAN, edit).plan) == [code]


def test_dates_on_a_fulfilled_charge_are_refused() -> None:
    order = replace(THE_PLAN, progress={"support": Progress(picked=1, packed=1, shipped=1)})
    result = planned(order, SetDates(line_id="support", end_date=date(2027, 5, 31))).plan
    assert codes(result) == ["charge-fulfilled"]


def test_dates_of_a_partially_fulfilled_subscription_can_change() -> None:
    order = replace(THE_PLAN, progress={"seats": Progress(picked=4, packed=4, shipped=4)})
    assert codes(planned(order, SetDates(line_id="seats", end_date=date(2027, 5, 31))).plan) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"parent_line_id": "support"}, "parent-cycle"),
        ({"bundle_id": "b2"}, "other-bundle"),
        ({"parent_line_id": "nowhere"}, "unknown-parent"),
        ({"end_date": date(2020, 1, 1)}, "end-before-start"),
    ],
)
def test_a_bundle_that_cannot_be_is_refused_at_intake(change: dict[str, object], code: str) -> None:
    new = team_plan().new
    lines = list(new.lines)
    lines[1] = replace(lines[1], **change)
    if code == "parent-cycle":
        lines[2] = replace(lines[2], parent_line_id="seats")
    with pytest.raises(Refusal) as refused:
        accept(replace(new, lines=tuple(lines)), "ord_1", "key")
    assert refused.value.code == code


def test_a_discount_replaces_the_lines_own_and_keeps_its_share_of_the_orders() -> None:
    order = an_order().with_line("A", 2, 1000).discounted("10").paid().build()
    after = planned(order, SetDiscount(line_id="l1", type="percent", value="5")).after
    assert [(each.scope, each.amount) for each in after.lines[0].discounts] == [("line", 100), ("order", 190)]


def test_a_discount_below_the_price_floor_needs_approval() -> None:
    order = an_order().with_line("A", 2, 1000).paid().build()
    assert planned(order, SetDiscount(line_id="l1", type="percent", value="30")).plan.approvals == ()
    deep = planned(order, SetDiscount(line_id="l1", type="percent", value="31")).plan
    assert "floor" in deep.approvals[0].because


def test_fit_to_stock_lowers_a_backordered_line_to_what_stock_covers() -> None:
    order = an_order().with_line("A", 9, 1000).paid().build()
    short = replace(order, lines=(replace(order.lines[0], allocated=4, backordered=5),))
    catalogue = Catalogue(stock={"A": StockLevel(sku="A", on_hand=6, allocated=4)})
    after = planned(short, FitToStock(line_id="l1"), catalogue=catalogue).after
    assert (after.lines[0].quantity, after.lines[0].allocated, after.lines[0].backordered) == (6, 6, 0)
    none = Catalogue(stock={"A": StockLevel(sku="A", on_hand=0)})
    empty = replace(short, lines=(replace(short.lines[0], allocated=0, backordered=9),))
    assert codes(planned(empty, FitToStock(line_id="l1"), catalogue=none).plan) == ["nothing-in-stock"]


def test_replacing_a_sku_takes_the_others_price_and_stock_and_frees_its_own() -> None:
    order = an_order().with_line("OLD", 3, 1000).paid().build()
    order = replace(order, lines=(replace(order.lines[0], allocated=3),))
    catalogue = Catalogue(
        products={"NEW": Product(sku="NEW", title="Newer", list_price={"USD": 900})},
        stock={"OLD": StockLevel(sku="OLD", on_hand=3, allocated=3), "NEW": StockLevel(sku="NEW", on_hand=5)},
    )
    result = planned(order, ReplaceSku(sku="OLD", with_sku="NEW"), catalogue=catalogue)
    line = result.after.lines[0]
    assert (line.sku, line.title, line.unit_price, line.allocated) == ("NEW", "Newer", 900, 3)
    assert [(move.sku, move.delta) for move in result.plan.stock] == [("NEW", -3), ("OLD", 3)]


def test_an_authorisation_is_reduced_and_not_refunded() -> None:
    order = an_order().with_line("A", 3, 1000).authorised().build()
    result = planned(order, SetQuantity(line_id="l1", quantity=2))
    cut = result.plan.authorisations[0]
    assert (cut.before, cut.after, result.plan.refunds) == (3600, 2400, ())
    assert result.after.payments[0].authorised == 2400


def test_refund_methods_that_policy_puts_first_are_refunded_first() -> None:
    order = an_order().with_line("A", 3, 1000).paid(2000, "pay-1").paid(1600, "pay-2", "store_credit").build()
    policy = replace(POLICY, cancellation=replace(POLICY.cancellation, refund_methods_first=("store_credit",)))
    context = PlanContext(role="agent", policy=policy)
    result = plan(order, (SetQuantity(line_id="l1", quantity=1),), context).plan
    assert [(refund.payment_id, refund.amount) for refund in result.refunds] == [("pay-2", 1600), ("pay-1", 800)]


def test_shipping_stays_as_accepted_unless_its_rule_recalculates() -> None:
    def shipped(method: str, price: int) -> Order:
        order = an_order().with_line("A", 6, 1000).paid().build()
        return replace(order, shipping=Shipping(method=method, price=price))

    half = SetQuantity(line_id="l1", quantity=3)
    assert planned(shipped("standard", 0), half).after.shipping.price == 0
    assert planned(shipped("value", 0), half).after.shipping.price == 400


def test_another_shipping_method_takes_policys_price() -> None:
    order = an_order().with_line("A", 6, 1000).shipped_for(500).paid().build()
    result = planned(order, SetShippingMethod(method="express"))
    assert (result.after.shipping.price, result.plan.amount_due) == (1500, 1000)
    assert result.plan.departments == ("billing", "logistics")


def test_the_plan_tells_revenue_and_expected_delivery() -> None:
    order = an_order().with_line("A", 6, 1000).shipped_for(500).paid().build()
    today = date(2026, 11, 22)
    effects = planned(order, SetShippingMethod(method="express"), today=today).plan.effects
    assert (effects.revenue, effects.expected_delivery_before) == (1000, date(2026, 11, 25))
    assert effects.expected_delivery_after == date(2026, 11, 24)


def test_undoing_a_committed_change_restores_lines_and_money_exactly() -> None:
    edits = (SetQuantity(line_id="seats", quantity=7), CancelLine(line_id="support"))
    first = planned(THE_PLAN, *edits)
    back = planned(first.after, restoration("chg_1", first.plan))
    assert back.plan.violations == ()
    assert [replace(line, since=1) for line in back.after.lines] == list(THE_PLAN.lines)
    assert (back.after.totals.total, back.plan.amount_due) == (213900, -first.plan.delta)


def test_undo_is_refused_where_goods_have_moved_on_or_the_line_was_changed_again() -> None:
    order = an_order().with_line("A", 3, 1000).paid().build()
    first = planned(order, SetQuantity(line_id="l1", quantity=5))
    undo = restoration("chg_1", first.plan)
    shipped = replace(first.after, progress={"l1": Progress(shipped=4)})
    assert codes(planned(shipped, undo).plan) == ["goods-moved-on"]
    again = planned(first.after, SetQuantity(line_id="l1", quantity=4)).after
    assert codes(planned(again, undo).plan) == ["changed-since"]


def test_an_accepted_amendment_changes_the_assets_and_keeps_their_history() -> None:
    at = datetime(2027, 1, 1, tzinfo=UTC)
    order = replace(THE_PLAN, assets=activated(THE_PLAN, at))
    assert [(asset.line_id, asset.quantity) for asset in order.assets] == [("seats", 10), ("support", 1)]
    result = planned(order, SetQuantity(line_id="seats", quantity=12), CancelLine(line_id="support"))
    assert [change.line_id for change in result.plan.assets] == ["seats", "support"]
    seats, support = carried(order, result.after, datetime(2027, 3, 1, tzinfo=UTC), "chg_1")
    assert [(entry.action, entry.quantity) for entry in seats.history] == [("activated", 10), ("changed", 12)]
    assert (support.status, support.end_date, support.history[-1].change_id) == ("ended", date(2027, 3, 1), "chg_1")
