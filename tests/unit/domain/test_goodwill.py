"""Goodwill gives money back while the goods stay: it carries its tax, and nothing gives it back a second time."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.intake.new_order import NewTax
from shared.domain.order.line_price import Tax
from shared.domain.order.order import Fee, Order, Shipping
from shared.domain.order.progress import Progress
from shared.domain.planning.edits import (
    AddLine,
    CancelOrder,
    CancelUnits,
    Credit,
    Edit,
    Money,
    SetDiscount,
    SetQuantity,
    SetShippingMethod,
    SetUnitPrice,
)
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import ChangePlan, Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.policy.documents.cancellation import GoodwillRule
from shared.domain.policy.policy import Policy
from shared.domain.policy.scope import Only
from tests.fakes.builders import OrderBuilder, an_order
from tests.fakes.world import NOW

POLICY = ShippedPolicies().current()
AS_PAYMENT = GoodwillRule(id="payment", tax="none", words="A payment.")


def usd(amount: int) -> Money:
    return Money(amount=amount, currency="USD")


def ruled(*rules: GoodwillRule) -> Policy:
    return replace(POLICY, cancellation=replace(POLICY.cancellation, goodwill=rules))


PAYMENT = ruled(AS_PAYMENT)


def planned(order: Order, *edits: Edit, kind: Any = "cancellation", **context: Any) -> Planned:
    given = {"role": "agent", "policy": POLICY, "reason_code": "goodwill"} | context
    return plan(order, edits, PlanContext(kind=kind, **given))


def given(order: Order, amount: int, policy: Policy = POLICY, **on: Any) -> Order:
    """The order after goodwill, with what it refunds under way."""
    result = planned(order, Credit(amount=usd(amount), **on), policy=policy)
    assert result.plan.violations == ()
    return result.after


def amended(order: Order, *edits: Edit, **context: Any) -> Order:
    result = planned(order, *edits, kind="amendment", reason_code="customer_request", **context)
    assert result.plan.violations == ()
    return result.after


def refunded(plan: ChangePlan) -> int:
    return sum(refund.amount for refund in plan.refunds)


def codes(plan: ChangePlan) -> list[tuple[str, str]]:
    return [(violation.code, violation.pointer or "") for violation in plan.violations]


def one_line(price: int = 10_000, quantity: int = 1) -> OrderBuilder:
    return an_order().with_line("A", quantity, price)


def sent_for(order: Order, price: int, tax: int, **more: Any) -> Order:
    """The order with taxed shipping, paid in full."""
    order = replace(order, shipping=Shipping(method="standard", price=price, unrated=tax, **more))
    payments = an_order().paid(order.totals.total).new.payments
    return replace(order, payments=payments)


# ------------------------------------------------------------------------------------------------------- tax goes too


@pytest.mark.parametrize(
    ("amount", "total", "tax", "revenue"),
    [(12_000, 0, 0, -10_000), (1_200, 10_800, 1_800, -1_000), (1, 11_999, 2000, -1)],
)
def test_goodwill_lowers_tax_in_proportion(amount: int, total: int, tax: int, revenue: int) -> None:
    result = planned(one_line().paid().build(), Credit(amount=usd(amount))).plan
    totals = result.totals_after
    assert (totals.total, totals.tax, result.effects.revenue, refunded(result)) == (total, tax, revenue, amount)
    assert sum(tax.amount for tax in result.taxes_reversed) == 2000 - tax


def test_goodwill_lowers_contained_tax_in_proportion() -> None:
    included = an_order().with_line("A", 1, 12_000, tax_included=True).paid().build()
    assert included.lines[0].tax == 2000
    result = planned(included, Credit(amount=usd(1200))).plan
    line = result.lines[0].after
    assert (line.total, line.tax, result.effects.revenue) == (10_800, 1800, -1000)


def test_goodwill_lowers_each_tax_by_its_part_and_all_of_it_takes_all_of_them() -> None:
    taxes = (
        NewTax(name="State", rate=Decimal("0.05"), jurisdiction="US-NY"),
        NewTax(name="City", rate=Decimal("0.02"), jurisdiction="US-NY-NYC"),
    )
    order = an_order().with_line("A", 1, 1000, taxes=taxes).paid().build()
    half = planned(order, Credit(amount=usd(535)))
    assert [(tax.name, tax.amount) for tax in half.plan.taxes_reversed] == [("State", 25), ("City", 10)]
    rest = given(half.after, 535)
    assert [tax.amount for tax in rest.lines[0].taxes] == [0, 0]
    assert rest.lines[0].total == 0


def test_goodwill_is_told_as_a_discount_of_its_line_and_as_a_credit_of_the_plan() -> None:
    result = planned(one_line().paid().build(), Credit(amount=usd(1200), line_id="l1"))
    discount = result.after.lines[0].discounts[-1]
    assert (discount.scope, discount.code, discount.amount) == ("goodwill", "goodwill", 1000)
    (fee,) = result.plan.fees
    assert (fee.code, fee.amount, fee.tax, fee.on, fee.line_id) == ("goodwill", -1200, -200, "line", "l1")
    assert (result.plan.changed, result.plan.departments) == (("price",), ("billing",))
    assert (result.plan.magnitude, result.plan.stock, result.after.fees) == (1200, (), ())


# --------------------------------------------------------------------------------------------- on what it is given


def test_goodwill_on_the_order_is_shared_out_over_lines_and_shipping_by_what_they_cost() -> None:
    order = sent_for(an_order().with_line("A", 1, 1000).with_line("B", 1, 2000).build(), 1000, 200)
    after = given(order, 480)
    assert [line.total for line in after.lines] == [1200 - 120, 2400 - 240]
    assert (after.shipping.price, after.shipping.tax) == (900, 180)
    assert after.totals.total == order.totals.total - 480


def test_shares_of_goodwill_sum_to_it_and_ties_go_to_the_first() -> None:
    order = an_order().with_line("A", 1, 1000).with_line("B", 1, 1000).paid().build()
    assert [line.total for line in given(order, 1).lines] == [1199, 1200]


def test_goodwill_on_a_line_leaves_every_other_alone() -> None:
    order = sent_for(an_order().with_lines(3).build(), 500, 100)
    after = given(order, 300, line_id="l2")
    assert [line.line_id for line in after.lines if line != order.line(line.line_id)] == ["l2"]
    assert after.shipping == order.shipping


def test_goodwill_on_shipping_gives_it_back_with_its_tax_also_when_goods_have_shipped() -> None:
    order = sent_for(one_line().build(), 500, 100)
    order = replace(order, progress={"l1": Progress(picked=1, packed=1, shipped=1)})
    result = planned(order, Credit(amount=usd(600), shipping=True))
    assert (result.after.shipping.total, result.after.shipping.tax, refunded(result.plan)) == (0, 0, 600)
    assert result.plan.lines == ()
    assert (result.plan.changed, result.plan.departments) == (("price",), ("billing",))
    assert [(tax.name, tax.amount) for tax in result.plan.taxes_reversed] == [("shipping", 100)]


def test_goodwill_lowers_tax_that_shipping_contains() -> None:
    order = sent_for(one_line().build(), 600, 100, tax_included=True)
    after = given(order, 300, shipping=True)
    assert (after.shipping.total, after.shipping.tax) == (300, 50)


def test_what_lines_and_shipping_cannot_bear_goes_to_the_order_s_fees_with_its_tax() -> None:
    order = replace(one_line(1000).build(), fees=(Fee(code="wrap", amount=1000, tax=200),))
    order = replace(order, payments=an_order().paid(2400).new.payments)
    result = planned(order, Credit(amount=usd(1800)))
    assert [(fee.code, fee.amount, fee.tax) for fee in result.after.fees] == [
        ("wrap", 1000, 200),
        ("goodwill", -500, -100),
    ]
    assert (result.after.totals.total, result.after.totals.tax, refunded(result.plan)) == (600, 100, 1800)
    assert (result.plan.fees[0].tax, result.plan.magnitude) == (-300, 1800)


@pytest.mark.parametrize(
    ("on", "amount"),
    [({}, 3001 * 12 // 10), ({"line_id": "l1"}, 1201), ({"shipping": True}, 601), ({"line_id": "l3"}, 1)],
)
def test_goodwill_never_exceeds_what_it_is_given_on(on: dict[str, Any], amount: int) -> None:
    order = sent_for(an_order().with_line("A", 1, 1000).with_line("B", 1, 1000).with_line("C", 1, 0).build(), 500, 100)
    result = planned(order, Credit(amount=usd(amount), **on)).plan
    assert codes(result) == [("credit-over-total", "/goodwill/amount")]


@pytest.mark.parametrize("on", [{}, {"line_id": "l1"}, {"shipping": True}])
def test_goodwill_given_twice_never_exceeds_what_is_left(on: dict[str, Any]) -> None:
    order = sent_for(one_line(500).build(), 500, 100)
    cost = order.totals.total if not on else 600
    once = given(order, cost - 100, **on)
    assert codes(planned(once, Credit(amount=usd(101), **on)).plan) == [("credit-over-total", "/goodwill/amount")]
    assert given(once, 100, **on).totals.total == order.totals.total - cost


def test_goodwill_on_a_line_that_the_order_has_not_is_refused() -> None:
    result = planned(one_line().paid().build(), Credit(amount=usd(1), line_id="nowhere")).plan
    assert codes(result) == [("unknown-line", "/goodwill/on/line_id")]


def test_goodwill_on_shipping_needs_a_right_of_its_own() -> None:
    rules = tuple(rule for rule in POLICY.eligibility.rules if "credit.shipping" not in rule.edits)
    denying = replace(POLICY, eligibility=replace(POLICY.eligibility, rules=rules))
    order = sent_for(one_line().build(), 500, 100)
    result = planned(order, Credit(amount=usd(1), shipping=True), policy=denying).plan
    assert codes(result) == [("not-eligible", "/goodwill/on")]


# -------------------------------------------------------------------------------------------- what happens afterwards


@pytest.mark.parametrize("policy", [POLICY, PAYMENT], ids=["taxed", "payment"])
def test_a_later_cancellation_gives_back_only_the_rest(policy: Policy) -> None:
    order = an_order().with_line("A", 1, 5000).with_line("B", 1, 5000).paid().build()
    once = given(order, 1200, policy)
    first = planned(once, CancelUnits(line_id="l1"), policy=policy)
    assert refunded(first.plan) == 6000 - 600
    second = planned(first.after, CancelUnits(line_id="l2"), policy=policy)
    assert (refunded(second.plan), second.after.totals.total) == (6000 - 600, 0)


@pytest.mark.parametrize("policy", [POLICY, PAYMENT], ids=["taxed", "payment"])
def test_a_unit_that_is_cancelled_after_goodwill_gives_back_its_own_rest(policy: Policy) -> None:
    once = given(an_order().with_line("A", 4, 1000).paid().build(), 1200, policy)
    first = planned(once, CancelUnits(line_id="l1", quantity=1), policy=policy)
    assert (refunded(first.plan), first.after.totals.total) == (1200 - 300, 3600 - 900)


@pytest.mark.parametrize("policy", [POLICY, PAYMENT], ids=["taxed", "payment"])
def test_units_cancelled_one_by_one_after_goodwill_end_where_together_ends(policy: Policy) -> None:
    order = given(an_order().with_line("A", 7, 333).discounted("7").paid().build(), 1000, policy)
    together, left = planned(order, CancelUnits(line_id="l1", quantity=5), policy=policy).after, order
    for units in (1, 3, 1):
        left = planned(left, CancelUnits(line_id="l1", quantity=units), policy=policy).after
    assert left.lines[0] == replace(together.lines[0], since=left.version)
    assert (left.fees, left.totals) == (together.fees, together.totals)
    assert planned(left, CancelOrder(), policy=policy).after.totals.total == 0


@pytest.mark.parametrize("policy", [POLICY, PAYMENT], ids=["taxed", "payment"])
def test_a_restocking_fee_after_goodwill_is_a_part_of_what_was_really_paid(policy: Policy) -> None:
    order = replace(
        given(one_line(1000).paid().build(), 600, policy), progress={"l1": Progress(picked=1, packed=1, shipped=1)}
    )
    result = planned(
        order, CancelUnits(line_id="l1", exception="intercept"), policy=policy, reason_code="customer_request"
    )
    assert [(units.amount) for units in result.plan.cancelled] == [600]
    assert [fee.amount for fee in result.plan.fees] == [60]


@pytest.mark.parametrize("policy", [POLICY, PAYMENT], ids=["taxed", "payment"])
@pytest.mark.parametrize("left", [1, 2, 3, 4, 5, 6])
def test_goodwill_that_gave_back_all_of_a_total_of_the_channels_own_leaves_nothing_to_pay(
    left: int, policy: Policy
) -> None:
    """7 x 0.19 and 0.02 more is 1.35: two of them cost 0.39, not 0.38."""
    order = an_order().with_line("A", 7, 19, gross=135, taxes=()).paid().build()
    assert amended(given(order, 135, policy), SetQuantity(line_id="l1", quantity=left)).totals.total == 0


def test_the_share_of_goodwill_on_a_total_of_the_channels_own_is_no_other_at_another_price() -> None:
    order = given(an_order().with_line("A", 7, 19, gross=135, taxes=()).paid().build(), 70)
    dearer = SetUnitPrice(line_id="l1", unit_price=usd(20))
    fewer = amended(order, SetQuantity(line_id="l1", quantity=2))
    assert (
        amended(fewer, dearer).lines[0].total
        == amended(order, dearer, SetQuantity(line_id="l1", quantity=2)).lines[0].total
    )
    assert amended(order, dearer).lines[0].total == 70


def test_another_price_keeps_the_goodwill_and_back_again_is_as_it_was() -> None:
    once = given(one_line().paid().build(), 1200)
    cheaper = amended(once, SetUnitPrice(line_id="l1", unit_price=usd(5000)))
    assert cheaper.lines[0].total == 6000 - 1200
    nothing = amended(cheaper, SetUnitPrice(line_id="l1", unit_price=usd(500)))
    assert (nothing.lines[0].total, nothing.lines[0].tax) == (0, 0)
    back = amended(nothing, SetUnitPrice(line_id="l1", unit_price=usd(10_000)))
    assert back.lines[0] == replace(once.lines[0], since=back.version)


def test_a_discount_that_is_set_after_goodwill_leaves_it() -> None:
    once = given(one_line().paid().build(), 1200)
    after = amended(once, SetDiscount(line_id="l1", type="amount", value="20.00"))
    assert after.lines[0].total == (10_000 - 2000) * 12 // 10 - 1200
    assert [discount.scope for discount in after.lines[0].discounts] == ["line", "goodwill"]


def test_more_units_after_goodwill_cost_their_whole_price() -> None:
    once = given(one_line().paid().build(), 1200)
    assert amended(once, SetQuantity(line_id="l1", quantity=2)).totals.total == 24_000 - 1200


def test_shipping_given_back_stays_given_back_by_another_method() -> None:
    order = given(sent_for(one_line().build(), 500, 100), 600, shipping=True)
    after = amended(order, SetShippingMethod(method="express", price=usd(1500)))
    assert after.shipping.total == 1800 - 600
    assert amended(after, SetShippingMethod(method="standard", price=usd(300))).shipping.total == 0


def test_goodwill_makes_no_order_too_small_for_free_shipping() -> None:
    order = replace(an_order().with_line("A", 2, 5000).build(), shipping=Shipping(method="express"))
    order = replace(order, payments=an_order().paid(order.totals.total).new.payments)
    rule = next(rule for rule in POLICY.shipping.methods if (rule.method, rule.currency) == ("express", "USD"))
    free = replace(rule, free_from="100.00", price="9.00", recalculate=True)
    policy = replace(POLICY, shipping=replace(POLICY.shipping, methods=(free,)))
    once = given(order, 1200, policy)
    assert amended(once, AddLine(sku="B", quantity=1, unit_price=usd(1)), policy=policy).shipping.price == 0


# --------------------------------------------------------------------------------------------------------------- undo


@pytest.mark.parametrize("policy", [POLICY, PAYMENT], ids=["taxed", "payment"])
def test_undone_goodwill_leaves_the_order_as_it_was(policy: Policy) -> None:
    order = sent_for(an_order().with_lines(2).build(), 500, 100)
    result = planned(order, Credit(amount=usd(777)), policy=policy)
    undone = planned(result.after, restoration("chg_1", result.plan), kind="amendment", policy=policy)
    assert undone.plan.violations == ()
    assert [replace(line, since=1) for line in undone.after.lines] == list(order.lines)
    assert (undone.after.shipping, undone.after.fees) == (order.shipping, order.fees)


@pytest.mark.parametrize("policy", [POLICY, PAYMENT], ids=["taxed", "payment"])
def test_goodwill_stays_when_an_earlier_change_is_undone(policy: Policy) -> None:
    order = an_order().with_line("A", 2, 1000).with_line("B", 1, 1000).paid().build()
    less = planned(order, CancelUnits(line_id="l1", quantity=1), policy=policy)
    once = given(less.after, 240, policy)
    undone = planned(once, restoration("chg_1", less.plan), kind="amendment", policy=policy)
    assert undone.plan.violations == ()
    assert undone.after.totals.total == order.totals.total - 240


@pytest.mark.parametrize("policy", [POLICY, PAYMENT], ids=["taxed", "payment"])
def test_an_undone_cancellation_brings_its_share_of_goodwill_back(policy: Policy) -> None:
    once = given(an_order().with_line("A", 2, 1000).paid().build(), 240, policy)
    less = planned(once, CancelUnits(line_id="l1", quantity=1), policy=policy)
    undone = planned(less.after, restoration("chg_2", less.plan), kind="amendment", policy=policy)
    assert (undone.plan.violations, undone.after.totals.total) == ((), once.totals.total)


@pytest.mark.parametrize("on", [{"line_id": "l1"}, {"shipping": True}])
def test_goodwill_is_not_undone_beneath_later_goodwill(on: dict[str, Any]) -> None:
    order = sent_for(one_line().build(), 500, 100)
    first = planned(order, Credit(amount=usd(100), **on))
    again = given(first.after, 50, **on)
    undone = planned(again, restoration("chg_1", first.plan), kind="amendment").plan
    assert [code for code, _ in codes(undone)] == ["changed-since"]


# -------------------------------------------------------------------------------------------- a payment without tax


def test_goodwill_is_a_payment_without_tax_effect_where_policy_says_so() -> None:
    result = planned(one_line().paid().build(), Credit(amount=usd(1200)), policy=PAYMENT)
    totals = result.plan.totals_after
    assert (totals.total, totals.tax, result.plan.effects.revenue) == (10_800, 2000, -1200)
    assert [(fee.code, fee.amount, fee.tax) for fee in result.after.fees] == [("goodwill", -1200, 0)]
    (fee,) = result.plan.fees
    assert (fee.amount, fee.tax, fee.because, fee.rule) == (-1200, 0, "A payment.", "payment")
    assert (refunded(result.plan), result.plan.magnitude, result.plan.departments) == (1200, 1200, ("billing",))
    assert [(ruling.decides, ruling.rule) for ruling in result.plan.rulings if ruling.rule == "payment"] == [
        ("goodwill", "payment")
    ]


@pytest.mark.parametrize(
    ("rule", "tax"),
    [
        (replace(AS_PAYMENT, reasons=("goodwill",)), 2000),
        (replace(AS_PAYMENT, reasons=("late_delivery",)), 1800),
        (replace(AS_PAYMENT, faults=("nobody",)), 2000),
        (replace(AS_PAYMENT, faults=("merchant",)), 1800),
        (replace(AS_PAYMENT, only=Only(channels=("direct",))), 2000),
        (replace(AS_PAYMENT, only=Only(channels=("shopify",))), 1800),
    ],
)
def test_a_rule_of_goodwill_is_for_its_scope_and_its_reasons(rule: GoodwillRule, tax: int) -> None:
    order = one_line().paid().build()
    assert given(order, 1200, ruled(rule)).totals.tax == tax


def test_payments_without_tax_effect_stand_as_one_fee() -> None:
    order = one_line().paid().build()
    for _ in range(3):
        order = given(order, 100, PAYMENT)
    assert [(fee.code, fee.amount) for fee in order.fees] == [("goodwill", -300)]
    assert planned(order, CancelOrder(), policy=PAYMENT).after.fees == ()


def test_goodwill_of_former_versions_stays_a_fee() -> None:
    """Those that were given before lines knew their shares."""
    order = replace(one_line().paid().build(), fees=(Fee(code="goodwill", amount=-1000),))
    assert [(fee.code, fee.amount) for fee in given(order, 1200).fees] == [("goodwill", -1000)]
    assert planned(order, CancelOrder()).after.totals.total == 0


# ----------------------------------------------------------------------------------------- rated taxes of shipping


def test_goodwill_on_shipping_lowers_each_of_its_taxes_and_the_one_without_a_rate() -> None:
    rates = (Tax(name="State", rate=Decimal("0.05"), amount=50), Tax(name="City", rate=Decimal("0.02"), amount=20))
    order = sent_for(one_line().build(), 1000, 30, taxes=rates)
    half = given(order, 550, shipping=True)
    shipping = half.shipping
    assert (shipping.price, shipping.unrated, [tax.amount for tax in shipping.taxes]) == (500, 15, [25, 10])
    assert shipping.goodwill is not None
    assert (shipping.goodwill.discount, shipping.goodwill.taxes) == (500, (15, 25, 10))
    rest = given(half, 550, shipping=True).shipping
    assert (rest.total, rest.tax, rest.price) == (0, 0, 0)


def test_shipping_with_goodwill_that_gets_another_price_has_the_tax_of_that_price_less_the_goodwill() -> None:
    rates = (Tax(name="VAT", rate=Decimal("0.07"), amount=35),)
    order = given(sent_for(one_line().build(), 500, 0, taxes=rates), 107, shipping=True)
    dearer = amended(order, SetShippingMethod(method="express", price=usd(1500)))
    assert (dearer.shipping.total, dearer.shipping.tax) == (1605 - 107, 105 - 7)
    back = amended(dearer, SetShippingMethod(method="standard", price=usd(500)))
    assert back.shipping == order.shipping


def test_goodwill_on_shipping_does_not_send_it_anew() -> None:
    order = sent_for(one_line().build(), 500, 100)
    effects = planned(order, Credit(amount=usd(300), shipping=True), now=NOW).plan.effects
    assert effects.expected_delivery_after == effects.expected_delivery_before is not None


def test_goodwill_on_shipping_is_not_undone_beneath_another_price_of_it() -> None:
    order = sent_for(one_line().build(), 500, 100)
    first = planned(order, Credit(amount=usd(120), shipping=True))
    dearer = amended(first.after, SetShippingMethod(method="express", price=usd(1500)))
    undone = planned(dearer, restoration("chg_1", first.plan), kind="amendment").plan
    assert [code for code, _ in codes(undone)] == ["changed-since"]


# --------------------------------------------------------------------------------------------------------- other fees


def test_a_cancellation_leaves_deductions_of_the_order_alone() -> None:
    order = replace(an_order().with_line("A", 2, 5000).build(), fees=(Fee(code="credit", amount=-30),))
    order = replace(order, payments=an_order().paid(order.totals.total).new.payments)
    after = planned(order, CancelUnits(line_id="l1", quantity=1)).after
    assert [(fee.code, fee.amount) for fee in after.fees] == [("credit", -30)]


# ----------------------------------------------------------------------------------------------------- all of it, whole


def two_taxes(price: int = 4, quantity: int = 2) -> Order:
    """Two units of 0.04 with two taxes of 7 %: together 0.10, one of them 0.06."""
    taxes = tuple(NewTax(name=name, rate=Decimal("0.07")) for name in ("State", "City"))
    order = an_order().with_line("CUP", quantity, price, taxes=taxes).build()
    return replace(order, payments=an_order().paid(order.totals.total).new.payments)


@pytest.mark.parametrize("policy", [POLICY, PAYMENT], ids=["taxed", "payment"])
@pytest.mark.parametrize("on", [{}, {"line_id": "l1"}], ids=["order", "line"])
def test_of_a_line_that_was_given_back_whole_a_part_costs_nothing(policy: Policy, on: dict[str, Any]) -> None:
    order = given(two_taxes(), 10, policy, **on)
    left = planned(order, CancelUnits(line_id="l1", quantity=1), policy=policy)
    line = left.after.line("l1")
    assert line is not None
    assert (line.quantity, line.cost, left.after.totals.total, left.plan.amount_due) == (1, 0, 0, 0)
    assert [refund.amount for refund in left.plan.refunds] == []


@pytest.mark.parametrize(("cents", "part"), [(9, 1), (10, 0)])
def test_a_part_of_what_was_not_given_back_whole_costs_its_share(cents: int, part: int) -> None:
    order = given(two_taxes(), cents, line_id="l1")
    line = planned(order, CancelUnits(line_id="l1", quantity=1)).after.line("l1")
    assert line is not None
    assert line.cost == part


@pytest.mark.parametrize("edit", [SetUnitPrice(line_id="l1", unit_price=usd(5)), SetQuantity(line_id="l1", quantity=3)])
def test_what_is_dearer_than_what_was_given_back_whole_is_owed(edit: Edit) -> None:
    order = given(two_taxes(), 10, line_id="l1")
    more = planned(order, edit, kind="amendment", role="manager", reason_code="price_correction")
    line = more.after.line("l1")
    assert line is not None
    assert line.cost > 0
