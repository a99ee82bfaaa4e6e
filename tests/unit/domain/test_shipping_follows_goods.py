"""Shipping that follows the goods: it stays while they do, and only what the customer gives up makes it dearer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.policy_file import shipped
from shared.domain.order.order import Order, Shipping
from shared.domain.order.party import Address
from shared.domain.planning.edits import (
    AddLine,
    CancelLine,
    CancelUnits,
    Edit,
    Money,
    SetDiscount,
    SetQuantity,
    SetShippingAddress,
    SetShippingMethod,
    SetUnitPrice,
)
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.policy.documents.shipping import ShippingPolicy, ShippingRule
from tests.fakes import an_order
from tests.fakes.world import NOW

VALUE = ShippingRule(method="value", currency="USD", price="4.00", free_from="50.00", recalculate=True, delivery_days=5)
_SHIPPED = shipped()
_CODES = tuple(
    replace(each, fault="merchant" if each.code in ("item_defect", "price_correction") else each.fault)
    for each in _SHIPPED.reasons.codes
)
POLICY = replace(
    _SHIPPED,
    shipping=ShippingPolicy(methods=(VALUE,)),
    reasons=replace(_SHIPPED.reasons, codes=_CODES),
    prices=replace(_SHIPPED.prices, bounds=()),
)
NEIGHBOUR = Address(line1="8 Main Street", city="Springfield", region="IL", postal_code="62701", country="US")
ELSEWHERE = Address(line1="2 Pine Street", city="Portland", region="OR", postal_code="97201", country="US")


def order(quantity: int, price: int = 0) -> Order:
    """So many units at 10.00, sent by the method that follows the goods for so many minor units."""
    built = an_order().with_line("A", quantity, 1000, taxes=()).with_line("FREE", 1, 0, taxes=()).build()
    return replace(built, shipping=Shipping(method="value", price=price))


def change(order: Order, *edits: Edit, reason: str = "customer_request") -> Planned:
    kind: Any = "cancellation" if isinstance(edits[0], CancelUnits) else "amendment"
    return plan(order, edits, PlanContext(kind=kind, role="manager", policy=POLICY, reason_code=reason, now=NOW))


def price(order: Order, *edits: Edit, **given: Any) -> int:
    planned = change(order, *edits, **given)
    assert {each.code for each in planned.plan.violations} <= {"nothing-changes"}
    return planned.after.shipping.price


def units(quantity: int, line_id: str = "l1") -> SetQuantity:
    return SetQuantity(line_id=line_id, quantity=quantity)


def usd(amount: int) -> Money:
    return Money(amount=amount, currency="USD")


ADDED = AddLine(sku="B", quantity=1, unit_price=usd(100))

# ------------------------------------------------------------------------------------- it stays while the goods do


@pytest.mark.parametrize("accepted", [0, 250, 400, 999])
@pytest.mark.parametrize("quantity", [4, 6])
@pytest.mark.parametrize(
    "edit",
    [
        units(1, "l2"),
        SetUnitPrice(line_id="l1", unit_price=usd(1000)),
        SetDiscount(line_id="l1", type="percent", value="0"),
        SetShippingAddress(address=NEIGHBOUR),
        SetShippingAddress(address=ELSEWHERE),
    ],
)
def test_shipping_stays_while_the_goods_do_whoever_touches_a_line_or_moves_the_order(
    edit: Edit, quantity: int, accepted: int
) -> None:
    assert price(order(quantity, accepted), edit) == accepted


def test_other_goods_at_the_same_price_are_no_reason_to_make_shipping_dearer() -> None:
    assert price(order(4), CancelLine(line_id="l1", quantity=1), replace(ADDED, unit_price=usd(1000))) == 0
    assert price(order(4, 999), CancelLine(line_id="l1", quantity=1), replace(ADDED, unit_price=usd(1000))) == 400


# ------------------------------------------------------------------------------- goods that come make it no dearer


@pytest.mark.parametrize("edit", [units(4), units(2, "l2"), ADDED, SetUnitPrice(line_id="l1", unit_price=usd(1100))])
def test_an_increase_makes_shipping_no_dearer_than_it_was_accepted(edit: Edit) -> None:
    assert price(order(3), edit) == 0
    assert price(order(3, 250), edit) == 250
    assert price(order(3, 999), edit) == 400


def test_an_increase_to_the_free_threshold_makes_shipping_free() -> None:
    assert (price(order(4, 400), units(5)), price(order(4, 400), units(4), ADDED)) == (0, 400)


def test_the_customer_who_falls_below_free_shipping_pays_for_it() -> None:
    assert price(order(6), units(4)) == 400
    assert price(order(6), CancelUnits(line_id="l1", quantity=2)) == 400


def test_the_same_method_set_anew_is_priced_by_policy() -> None:
    assert price(order(4), SetShippingMethod(method="value")) == 400


def test_nothing_is_said_to_be_spared_where_goods_only_come() -> None:
    assert not [each for each in change(order(3), units(4)).plan.rulings if each.decides == "shipping"]
    spared = change(order(6), CancelUnits(line_id="l1", quantity=5), reason="item_defect").plan
    assert [each.outcome for each in spared.rulings if each.decides == "shipping"] == ["allow"]


# ------------------------------------------------------------------------- what was lost by our fault counts for ever


def test_goods_that_went_by_the_merchants_fault_still_count_after_others_came_and_went() -> None:
    left = change(order(6), CancelUnits(line_id="l1", quantity=5), reason="item_defect").after
    more = change(left, replace(ADDED, unit_price=usd(10_000))).after
    added = more.lines[-1].line_id
    assert (more.shipping.price, price(more, CancelUnits(line_id=added))) == (0, 0)
    assert price(change(left, units(3)).after, units(1)) == 0


LINES = ("l1", "l2", "l3", "l4")
STEPS = st.permutations([(line, True) for line in LINES[:2]] + [(line, False) for line in LINES[2:]])


@settings(deadline=None, max_examples=60)
@given(STEPS, st.lists(st.integers(0, 3000), min_size=4, max_size=4))
def test_cancellations_by_either_side_end_at_one_shipping_price_in_any_order(
    steps: Sequence[tuple[str, bool]], prices: Sequence[int]
) -> None:
    builder = an_order().with_line("KEPT", 1, 500, taxes=())
    for sku, unit in zip(LINES, prices, strict=True):
        builder = builder.with_line(sku, 1, unit, taxes=())
    now = replace(builder.build(), shipping=Shipping(method="value", price=0 if sum(prices) >= 4500 else 400))
    by_sku = {line.sku: line.line_id for line in now.lines}
    for sku, ours in steps:
        reason = "item_defect" if ours else "customer_request"
        now = change(now, CancelUnits(line_id=by_sku[sku]), reason=reason).after
    assert now.shipping.price == (0 if 500 + prices[0] + prices[1] >= 5000 else 400)
