"""plan(): what an amendment does to lines and money, as sentences and as properties."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.intake.new_order import NewTax
from shared.domain.order.order import Order
from shared.domain.order.product import Catalogue, Product, StockLevel
from shared.domain.order.progress import Progress
from shared.domain.planning.edits import AddLine, CancelLine, Edit, Money, SetQuantity, SetShippingAddress, SetUnitPrice
from shared.domain.planning.plan import ChangePlan, Planned
from shared.domain.planning.planner import PlanContext, plan
from tests.fakes.builders import HOME, an_order
from tests.support.effort import times

POLICY = ShippedPolicies().current()


def planned(order: Order, *edits: Edit, catalogue: Catalogue | None = None, role: str = "agent") -> Planned:
    context = PlanContext(role=role, policy=POLICY, catalogue=catalogue or Catalogue())
    return plan(order, edits, context)


def codes(plan: ChangePlan) -> list[tuple[str, str]]:
    return [(violation.code, violation.pointer) for violation in plan.violations]


def price(amount: int, currency: str = "USD") -> Money:
    return Money(amount=amount, currency=currency)


THE_EXAMPLE = an_order().with_line("MUG", 3, 1000).discounted("10").paid().build()


def test_three_at_ten_less_ten_percent_plus_twenty_percent_is_32_40() -> None:
    totals = THE_EXAMPLE.totals
    assert (totals.items, totals.discount, totals.tax, totals.total) == (3000, 300, 540, 3240)


def test_dropping_one_unit_leaves_21_60_and_refunds_10_80() -> None:
    result = planned(THE_EXAMPLE, SetQuantity(line_id="l1", quantity=2)).plan
    assert (result.totals_after.total, [refund.amount for refund in result.refunds]) == (2160, [1080])


def test_what_was_never_paid_is_not_refunded() -> None:
    order = an_order().with_line("MUG", 3, 1000).authorised().build()
    result = planned(order, SetQuantity(line_id="l1", quantity=1)).plan
    assert (result.refunds, result.delta) == ((), -2400)


def test_a_customer_who_owes_is_refunded_only_what_is_paid_beyond_the_new_total() -> None:
    order = an_order().with_line("MUG", 3, 1000).paid(3000).build()
    result = planned(order, SetQuantity(line_id="l1", quantity=2)).plan
    assert [refund.amount for refund in result.refunds] == [600]


def test_a_refund_spills_over_payments_in_their_order() -> None:
    order = an_order().with_line("MUG", 3, 1000).paid(500, "gift").paid(3100, "card").build()
    result = planned(order, CancelLine(line_id="l1")).plan
    assert [(refund.payment_id, refund.amount) for refund in result.refunds] == [("gift", 500), ("card", 3100)]


def test_the_difference_is_due_not_the_whole() -> None:
    order = an_order().with_line("MUG", 3, 1000).paid().build()
    assert planned(order, SetQuantity(line_id="l1", quantity=4)).plan.amount_due == 1200
    unpaid = an_order().with_line("MUG", 3, 1000).authorised().build()
    assert planned(unpaid, SetQuantity(line_id="l1", quantity=4)).plan.amount_due == 1200


def test_untouched_lines_do_not_move() -> None:
    order = an_order().with_line("A", 3, 333).with_line("B", 7, 101).discounted("7.5").paid().build()
    after = planned(order, SetQuantity(line_id="l1", quantity=1)).after
    assert after.lines[1] is order.lines[1]


def test_a_fixed_discount_is_not_given_again_for_more_units() -> None:
    order = an_order().with_line("A", 2, 1000).less(500).build()
    after = planned(order, SetQuantity(line_id="l1", quantity=4)).after
    assert (after.lines[0].discount, after.lines[0].total) == (500, (4000 - 500) * 120 // 100)


def test_a_line_added_later_takes_part_in_percentage_discounts_only() -> None:
    order = an_order().with_line("A", 2, 1000).discounted("10").less(100).build()
    added = AddLine(sku="B", quantity=1, unit_price=price(1000))
    line = planned(order, added).after.lines[1]
    assert [(discount.type, discount.amount) for discount in line.discounts] == [("percent", 100)]
    assert line.total == 1080


def test_an_added_line_takes_the_list_price_and_the_rate_of_policy() -> None:
    product = Product(sku="B", title="Bowl", list_price={"USD": 1500})
    catalogue = Catalogue(products={"B": product})
    result = planned(THE_EXAMPLE, AddLine(sku="B", quantity=2), catalogue=catalogue)
    line = result.after.lines[1]
    assert (line.title, line.unit_price, line.taxes[0].rate) == ("Bowl", 1500, Decimal("0.20"))


def test_where_policy_has_no_rate_tax_is_unknown_and_never_guessed() -> None:
    elsewhere = replace(HOME, region="TX", postal_code="78701")
    order = replace(THE_EXAMPLE, shipping_address=elsewhere)
    assert codes(planned(order, AddLine(sku="B", quantity=1, unit_price=price(100))).plan) == [
        ("tax-unknown", "/edits/0")
    ]


def test_a_move_to_another_jurisdiction_takes_its_rates() -> None:
    california = replace(HOME, region="CA", city="Fresno")
    result = planned(THE_EXAMPLE, SetShippingAddress(address=california))
    assert result.after.lines[0].taxes[0].rate == Decimal("0.0725")
    assert result.plan.changed == ("price", "address")
    assert result.plan.departments == ("warehouse", "billing", "logistics")


def test_a_move_within_the_jurisdiction_moves_no_money() -> None:
    result = planned(THE_EXAMPLE, SetShippingAddress(address=replace(HOME, line1="2 Oak Avenue")))
    assert (result.plan.delta, result.plan.departments, result.plan.lines) == (0, ("warehouse", "logistics"), ())


@pytest.mark.parametrize(
    ("edit", "code", "pointer"),
    [
        (SetQuantity(line_id="nope", quantity=1), "unknown-line", "/edits/0/line_id"),
        (SetUnitPrice(line_id="l1", unit_price=price(1, "EUR")), "other-currency", "/edits/0/unit_price/currency"),
        (CancelLine(line_id="l1", quantity=4), "more-than-left", "/edits/0/quantity"),
        (CancelLine(sku="NOPE"), "unknown-line", "/edits/0/sku"),
        (AddLine(sku="NOPE", quantity=1), "price-unknown", "/edits/0/sku"),
        (SetQuantity(line_id="l1", quantity=3), "nothing-changes", "/edits"),
        (SetQuantity(line_id="l1", quantity=9), "insufficient-stock", "/edits/0/quantity"),
    ],
)
def test_a_bad_edit_is_refused_where_it_stands(edit: Edit, code: str, pointer: str) -> None:
    catalogue = Catalogue(stock={"MUG": StockLevel(sku="MUG", on_hand=5, allocated=3)})
    assert codes(planned(THE_EXAMPLE, edit, catalogue=catalogue).plan) == [(code, pointer)]


def test_two_edits_of_one_thing_conflict() -> None:
    twice = planned(THE_EXAMPLE, SetQuantity(line_id="l1", quantity=2), CancelLine(line_id="l1"))
    assert codes(twice.plan) == [("conflicting-edits", "/edits/1")]


def test_a_customer_may_not_set_prices() -> None:
    result = planned(THE_EXAMPLE, SetUnitPrice(line_id="l1", unit_price=price(1)), role="customer")
    assert codes(result.plan) == [("not-eligible", "/edits/0")]


def test_a_product_not_enabled_in_flight_is_refused_with_what_to_do() -> None:
    catalogue = Catalogue(products={"MUG": Product(sku="MUG", in_flight_enabled=False)})
    result = planned(THE_EXAMPLE, SetQuantity(line_id="l1", quantity=2), catalogue=catalogue).plan
    assert codes(result) == [("in-flight-disabled", "/edits/0")]
    assert "place a new order" in result.violations[0].detail


@pytest.mark.parametrize(
    ("change", "approvals"),
    [
        ((SetQuantity(line_id="l1", quantity=2),), 0),
        ((SetUnitPrice(line_id="l1", unit_price=price(1300)),), 0),
        ((SetUnitPrice(line_id="l1", unit_price=price(1301)),), 1),
        ((SetUnitPrice(line_id="l1", unit_price=price(700)),), 0),
        ((SetUnitPrice(line_id="l1", unit_price=price(699)),), 1),
        ((SetQuantity(line_id="l1", quantity=50),), 1),
    ],
)
def test_approval_is_needed_beyond_the_price_bounds_and_the_threshold(change: tuple[Edit, ...], approvals: int) -> None:
    assert len(planned(THE_EXAMPLE, *change).plan.approvals) == approvals


def test_netting_one_line_against_another_does_not_evade_the_threshold() -> None:
    order = an_order().with_line("A", 1, 30000).with_line("B", 1, 30000).paid().build()
    edits = (
        SetUnitPrice(line_id="l1", unit_price=price(39000)),
        SetUnitPrice(line_id="l2", unit_price=price(21000)),
        SetQuantity(line_id="l1", quantity=2),
    )
    result = planned(order, *edits).plan
    assert "exceed 500.00 USD" in result.approvals[0].because


def test_a_currency_without_a_threshold_needs_approval() -> None:
    order = an_order().in_currency("SEK").with_line("A", 2, 1000).paid().build()
    result = planned(order, SetQuantity(line_id="l1", quantity=1)).plan
    assert "no approval threshold in SEK" in result.approvals[0].because


def test_the_digest_names_outcomes_and_not_the_moment() -> None:
    edit = SetQuantity(line_id="l1", quantity=2)
    first = planned(THE_EXAMPLE, edit).plan
    later = planned(replace(THE_EXAMPLE, revision=7), edit).plan
    assert first.digest == later.digest
    assert planned(THE_EXAMPLE, SetQuantity(line_id="l1", quantity=1)).plan.digest != first.digest


PRICES = st.integers(0, 10**9)
QUANTITIES = st.integers(1, 100_000)
RATES = st.sampled_from(["0", "0.05", "0.0725", "0.19", "0.20"])


@st.composite
def orders(draw: st.DrawFn) -> Order:
    builder = an_order().in_currency(draw(st.sampled_from(["USD", "JPY", "KWD"])))
    included = draw(st.booleans())
    for number in range(draw(st.integers(1, 4))):
        tax = NewTax(name="Tax", rate=Decimal(draw(RATES)), jurisdiction="US-IL")
        builder = builder.with_line(f"S{number}", draw(QUANTITIES), draw(PRICES), taxes=(tax,), tax_included=included)
    if draw(st.booleans()):
        builder = builder.discounted(draw(st.sampled_from(["5", "10", "33.3", "100"])))
    if draw(st.booleans()):
        items = builder.build().totals
        builder = builder.less(draw(st.integers(0, max(0, items.items - items.discount))))
    if draw(st.booleans()):
        builder = builder.paid(draw(st.integers(0, builder.build().totals.total)))
    return builder.paid(payment_id="pay-2").build()


@st.composite
def changes(draw: st.DrawFn) -> tuple[Order, tuple[Edit, ...]]:
    order = draw(orders())
    edits: list[Edit] = []
    for line in order.lines:
        kind = draw(st.sampled_from(["quantity", "price", "cancel", "both", "none"]))
        if kind in ("quantity", "both"):
            edits.append(SetQuantity(line_id=line.line_id, quantity=draw(QUANTITIES)))
        if kind in ("price", "both"):
            money = Money(amount=draw(PRICES), currency=order.currency)
            edits.append(SetUnitPrice(line_id=line.line_id, unit_price=money))
        if kind == "cancel":
            edits.append(CancelLine(line_id=line.line_id, quantity=draw(st.integers(1, line.quantity))))
    return order, tuple(edits)


@settings(max_examples=times(50), deadline=None)
@given(changes())
def test_the_total_is_always_the_sum_of_its_parts_and_nothing_is_negative(case: tuple[Order, tuple[Edit, ...]]) -> None:
    order, edits = case
    after = planned(order, *edits).after
    totals = after.totals
    assert totals.total == sum(line.total for line in after.lines) + after.shipping.total
    assert all(line.net >= 0 and line.tax >= 0 and line.total >= 0 for line in after.lines)


@settings(max_examples=times(50), deadline=None)
@given(changes())
def test_refunds_never_exceed_what_was_captured_nor_what_the_order_lost(case: tuple[Order, tuple[Edit, ...]]) -> None:
    order, edits = case
    result = planned(order, *edits)
    refunded = sum(refund.amount for refund in result.plan.refunds)
    assert refunded <= max(0, -result.plan.delta)
    assert all(payment.refundable >= 0 for payment in result.after.payments)
    assert result.after.totals.balance_due >= 0 or refunded == 0


@settings(max_examples=times(50), deadline=None)
@given(changes(), st.randoms(use_true_random=False))
def test_edits_that_commute_give_the_same_plan_in_any_order(
    case: tuple[Order, tuple[Edit, ...]], random: Random
) -> None:
    order, edits = case
    shuffled = list(edits)
    random.shuffle(shuffled)
    assert planned(order, *shuffled).plan.digest == planned(order, *edits).plan.digest


@settings(max_examples=times(50), deadline=None)
@given(orders(), st.data())
def test_units_taken_out_one_change_at_a_time_end_where_they_end_together(order: Order, data: st.DataObject) -> None:
    line = order.lines[0]
    last = data.draw(st.integers(1, line.quantity))
    stops = sorted({data.draw(st.integers(last, line.quantity)) for _ in range(3)} | {last}, reverse=True)
    stepwise = order
    for quantity in stops:
        stepwise = planned(stepwise, SetQuantity(line_id=line.line_id, quantity=quantity)).after
    together = planned(order, SetQuantity(line_id=line.line_id, quantity=last)).after
    assert stepwise.totals.total == together.totals.total
    assert refundable(stepwise) == refundable(together)


@settings(max_examples=times(50), deadline=None)
@given(orders(), QUANTITIES)
def test_a_quantity_changed_and_changed_back_is_the_order_as_it_was(order: Order, quantity: int) -> None:
    line = order.lines[0]
    there = planned(order, SetQuantity(line_id=line.line_id, quantity=quantity)).after
    back = planned(there, SetQuantity(line_id=line.line_id, quantity=line.quantity)).after
    assert replace(back.lines[0], since=1) == replace(line, since=1)


def refundable(order: Order) -> list[int]:
    return [payment.refundable for payment in order.payments]


def test_a_shipped_unit_cannot_be_taken_back() -> None:
    order = replace(THE_EXAMPLE, progress={"l1": Progress(picked=2, packed=2, shipped=2)})
    assert codes(planned(order, SetQuantity(line_id="l1", quantity=1)).plan) == [
        ("quantity-below-shipped", "/edits/0/quantity")
    ]
