"""Whose fault it is: shipping and the order's costs are the customer's to pay only where the change is theirs."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from shared.adapters.policy_file import shipped
from shared.domain.order.order import Fee, Order, Shipping
from shared.domain.order.progress import Progress
from shared.domain.planning.edits import CancelOrder, CancelUnits, Edit, Money, SetQuantity, SetUnitPrice
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import ChangePlan, Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.policy.documents.cancellation import OrderCostRule, RestockingRule
from shared.domain.policy.policy import Policy
from shared.domain.policy.scope import Only
from tests.fakes import an_order
from tests.fakes.world import NOW

FREE = Shipping(method="value")
ORDER = replace(an_order().with_line("A", 3, 2000).paid().build(), shipping=FREE)
ARRIVED = {"l1": Progress(picked=3, packed=3, shipped=3, delivered=3, delivered_on=NOW.date())}
SHIPPED = {"l1": Progress(picked=3, packed=3, shipped=3)}
MERCHANTS = (
    "item_defect",
    "stock_shortage",
    "wrong_item",
    "late_delivery",
    "discontinued_product",
    "misconfigured_item",
)


def laying(*merchants: str, **documents: Any) -> Policy:
    """The policy in which these reasons are the merchant's fault."""
    codes = tuple(
        replace(each, fault="merchant" if each.code in merchants else "customer") for each in shipped().reasons.codes
    )
    policy = replace(shipped(), reasons=replace(shipped().reasons, codes=codes))
    return replace(policy, **{name: replace(getattr(policy, name), **parts) for name, parts in documents.items()})


POLICY = laying(*MERCHANTS)


def change(order: Order, *edits: Edit, reason: str = "customer_request", policy: Policy = POLICY) -> Planned:
    kind = "cancellation" if isinstance(edits[0], (CancelUnits, CancelOrder)) else "amendment"
    return plan(order, edits, PlanContext(kind=kind, role="agent", policy=policy, reason_code=reason, now=NOW))


def refunded(plan: ChangePlan) -> int:
    return sum(refund.amount for refund in plan.refunds)


def one_less(reason: str, order: Order = ORDER, policy: Policy = POLICY, **asked: Any) -> Planned:
    return change(order, CancelUnits(line_id="l1", quantity=1, **asked), reason=reason, policy=policy)


# ------------------------------------------------------------------------------------------ shipping that becomes due


@pytest.mark.parametrize("reason", MERCHANTS)
def test_an_order_that_falls_below_free_shipping_by_the_merchants_fault_pays_no_shipping(reason: str) -> None:
    planned = one_less(reason)
    assert planned.after.shipping.price == 0
    assert refunded(planned.plan) == 2400
    assert ("shipping", "value-USD") in [(ruling.decides, ruling.rule) for ruling in planned.plan.rulings]


def test_an_order_that_falls_below_free_shipping_by_the_customers_wish_pays_for_it() -> None:
    planned = one_less("customer_request")
    assert (planned.after.shipping.price, refunded(planned.plan)) == (400, 2400 - 480)


def test_goods_that_were_delivered_and_come_back_make_no_shipping_due() -> None:
    planned = one_less("customer_request", replace(ORDER, progress=ARRIVED), exception="return")
    fee = sum(fee.amount for fee in planned.plan.fees)
    assert (planned.after.shipping.price, refunded(planned.plan)) == (0, 2400 - fee)


def test_a_defect_found_after_delivery_gives_all_of_the_unit_back() -> None:
    planned = one_less("item_defect", replace(ORDER, progress=ARRIVED), exception="return")
    assert (planned.after.shipping.total, refunded(planned.plan)) == (0, 2400)


def test_goods_on_their_way_that_the_customer_calls_back_count_as_lost() -> None:
    planned = one_less("customer_request", replace(ORDER, progress=SHIPPED), exception="intercept")
    assert planned.after.shipping.price == 400


def test_units_delivered_and_units_not_yet_sent_count_each_as_they_should() -> None:
    part = replace(
        ORDER, progress={"l1": Progress(picked=1, packed=1, shipped=1, delivered=1, delivered_on=NOW.date())}
    )
    both = change(part, CancelUnits(line_id="l1", quantity=3, exception="return"))
    assert both.after.shipping.spared == 2000
    assert both.after.shipping.price == 400


def test_a_price_that_was_wrong_makes_no_shipping_due() -> None:
    cheaper = SetUnitPrice(line_id="l1", unit_price=Money(amount=1500, currency="USD"))
    policy = laying("price_correction")
    assert change(ORDER, cheaper, reason="price_correction", policy=policy).after.shipping.price == 0
    assert change(ORDER, cheaper, reason="customer_request", policy=policy).after.shipping.price == 400


def test_what_the_merchant_caused_stays_spared_in_later_changes() -> None:
    after = one_less("stock_shortage").after
    other = replace(after, shipping_address=None, version=after.version)
    dearer = SetUnitPrice(line_id="l1", unit_price=Money(amount=2001, currency="USD"))
    assert change(other, dearer).after.shipping.price == 0


def test_the_order_of_two_cancellations_makes_no_difference() -> None:
    order = replace(an_order().with_line("A", 4, 2000).paid().build(), shipping=FREE)
    first = one_less("customer_request", one_less("item_defect", order).after).after
    second = one_less("item_defect", one_less("customer_request", order).after).after
    assert first.shipping.total == second.shipping.total == 0
    assert first.totals.total == second.totals.total


def test_a_change_that_loses_nothing_makes_no_shipping_due() -> None:
    low = replace(an_order().with_line("A", 2, 1000).with_line("FREE", 1, 0).paid().build(), shipping=FREE)
    assert change(low, CancelUnits(line_id="l2")).after.shipping.price == 0


def test_what_is_put_back_is_spared_no_more() -> None:
    short = change(ORDER, SetQuantity(line_id="l1", quantity=2), reason="stock_shortage").after
    whole = change(short, SetQuantity(line_id="l1", quantity=3), reason="stock_shortage").after
    assert (short.shipping.spared, whole.shipping.spared) == (2000, 0)
    assert one_less("customer_request", whole).after.shipping.price == 400


def test_what_the_customer_buys_and_gives_up_again_leaves_the_merchants_loss_as_it_was() -> None:
    """A change for the merchant's reason makes good what was lost, and no other does."""
    lost = one_less("stock_shortage").after
    again = change(lost, SetQuantity(line_id="l1", quantity=3)).after
    assert (again.shipping.price, again.shipping.spared) == (0, 2000)
    assert one_less("customer_request", again).after.shipping == lost.shipping


def test_a_change_that_only_moves_what_is_spared_stops_no_undo_of_another() -> None:
    two = replace(an_order().with_line("A", 3, 2000).with_line("B", 1, 500).paid().build(), shipping=FREE)
    first = change(two, CancelUnits(line_id="l1", quantity=1))
    second = change(first.after, CancelUnits(line_id="l2"), reason="stock_shortage")
    assert second.after.shipping.spared
    undone = change(second.after, restoration("chg_1", first.plan))
    assert [each.code for each in undone.plan.violations] == []


def test_an_undo_takes_back_what_was_spared() -> None:
    short = change(ORDER, SetQuantity(line_id="l1", quantity=2), reason="stock_shortage")
    undone = change(short.after, restoration("chg_1", short.plan)).after
    assert undone.shipping == ORDER.shipping


def test_a_merchants_fault_never_makes_accepted_shipping_dearer() -> None:
    cheap = replace(ORDER, shipping=Shipping(method="value", price=300, unrated=60))
    assert one_less("wrong_item", cheap).after.shipping.price == 0
    low = replace(an_order().with_line("A", 3, 1000).paid().build(), shipping=Shipping(method="value", price=300))
    assert one_less("wrong_item", low).after.shipping.price == 300


def test_what_is_spared_is_an_outcome_and_no_concern_of_departments() -> None:
    ours, theirs = one_less("item_defect").plan, one_less("goodwill", policy=laying("goodwill")).plan
    assert ours.digest == theirs.digest
    assert "shipping" not in ours.changed


def test_policy_says_which_reasons_and_stages_are_spared() -> None:
    value = next(rule for rule in POLICY.shipping.methods if rule.method == "value")
    strict = replace(value, except_faults=(), except_stages=())
    policy = laying(*MERCHANTS, shipping={"methods": (strict,)})
    assert one_less("item_defect", policy=policy).after.shipping.price == 400
    assert one_less("item_defect", replace(ORDER, progress=ARRIVED), policy, exception="return").after.shipping.price
    named = replace(strict, except_reasons=("duplicate_order",))
    assert one_less("duplicate_order", policy=laying(shipping={"methods": (named,)})).after.shipping.price == 0


# --------------------------------------------------------------------------------------- the order's costs, and fees


COSTS = replace(
    an_order().with_line("A", 2, 1000).paid(3300).build(),
    shipping=Shipping(method="standard", price=500, unrated=100),
    fees=(Fee(code="handling", amount=300),),
    progress={"l1": Progress(picked=2, packed=2, shipped=2, delivered=2, delivered_on=NOW.date())},
)
BACK = RestockingRule(id="back", stages=("delivered",), percent=Decimal(15), words="Restocking:")
ALL = CancelOrder(exception="return")


def costs(*rules: OrderCostRule, lapse: str = "when_nothing_shipped") -> Policy:
    return laying(*MERCHANTS, cancellation={"order_cost_rules": rules, "order_costs": lapse})


def a_rule(**given: Any) -> OrderCostRule:
    return OrderCostRule(**{"id": "ours", "lapse": "always", "words": "It is our fault.", **given})


@pytest.mark.parametrize(
    ("rule", "reason", "lapses"),
    [
        (a_rule(faults=("merchant",)), "item_defect", True),
        (a_rule(faults=("merchant",)), "customer_request", False),
        (a_rule(reasons=("duplicate_order",)), "duplicate_order", True),
        (a_rule(reasons=("duplicate_order",)), "item_defect", False),
        (a_rule(stages=("delivered",)), "customer_request", True),
        (a_rule(stages=("ordered",)), "customer_request", False),
        (a_rule(only=Only(tiers=("gold",))), "customer_request", True),
        (a_rule(only=Only(tiers=("iron",))), "customer_request", False),
    ],
)
def test_the_orders_costs_lapse_by_reason_fault_stage_and_scope(rule: OrderCostRule, reason: str, lapses: bool) -> None:
    planned = change(COSTS, ALL, reason=reason, policy=costs(rule))
    kept = [fee for fee in planned.after.fees if fee.code == "handling"]
    assert (planned.after.shipping.total, len(kept)) == ((0, 0) if lapses else (600, 1))
    assert (("order costs", "ours") in [(each.decides, each.rule) for each in planned.plan.rulings]) is lapses


def test_the_most_specific_rule_of_the_orders_costs_decides() -> None:
    gold = a_rule(id="gold", only=Only(tiers=("gold",)), lapse="never")
    assert change(COSTS, ALL, policy=costs(a_rule(), gold)).after.shipping.total == 600


def test_a_restocking_fee_is_not_taken_for_the_merchants_fault() -> None:
    rule = replace(BACK, except_faults=("merchant",))
    policy = laying("item_defect", cancellation={"restocking": (rule,)})
    assert not change(COSTS, ALL, reason="item_defect", policy=policy).plan.fees
    assert change(COSTS, ALL, reason="customer_request", policy=policy).plan.fees


@pytest.mark.parametrize(
    ("rule", "reason", "makes_up"),
    [
        (BACK, "customer_request", 360),
        (BACK, "item_defect", 0),
        (replace(BACK, except_faults=("merchant",)), "item_defect", 0),
        (replace(BACK, when="fault == 'customer'"), "item_defect", 0),
        (replace(BACK, except_reasons=("duplicate_order",)), "duplicate_order", 0),
        (replace(BACK, except_reasons=("duplicate_order",)), "customer_request", 360),
    ],
)
def test_a_cancellation_by_the_merchants_fault_makes_up_for_no_fee_that_an_earlier_one_could_not_take(
    rule: RestockingRule, reason: str, makes_up: int
) -> None:
    """24.00 paid of 48.00: nothing comes back for the unit that has arrived, so its fee waits for what comes back."""
    order = an_order().with_line("A", 1, 2000).with_line("B", 1, 2000).paid(2400).build()
    arrived = Progress(picked=1, packed=1, shipped=1, delivered=1, delivered_on=NOW.date())
    policy = laying("item_defect", cancellation={"restocking": (rule,)})
    first = change(
        replace(order, progress={"l1": arrived}), CancelUnits(line_id="l1", exception="return"), policy=policy
    )
    second = change(first.after, CancelUnits(line_id="l2"), reason=reason, policy=policy).plan
    assert (first.plan.fees, sum(fee.amount for fee in second.fees)) == ((), makes_up)
    assert refunded(second) == 2400 - makes_up


def test_a_condition_can_ask_whose_fault_it_is() -> None:
    rule = replace(BACK, when="fault == 'customer'")
    policy = laying("item_defect", cancellation={"restocking": (rule,)})
    assert not change(COSTS, ALL, reason="item_defect", policy=policy).plan.fees
    assert change(COSTS, ALL, reason="customer_request", policy=policy).plan.fees
