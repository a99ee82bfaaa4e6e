"""Tax on shipping: a rate is a fact that is kept, and shipping is priced and taxed when all edits are applied."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.policy_file import shipped
from shared.domain.order.line_price import Tax
from shared.domain.order.order import Order, Shipping
from shared.domain.order.party import Address
from shared.domain.planning.edits import (
    CancelLine,
    CancelUnits,
    Edit,
    Money,
    SetQuantity,
    SetShippingAddress,
    SetShippingMethod,
    SetUnitPrice,
)
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.planning.shipping_taxes import PROPORTIONAL
from shared.domain.policy.documents.shipping import ShippingPolicy, ShippingRule
from shared.domain.policy.documents.taxes import Taxes, TaxRule
from shared.domain.policy.policy import Policy
from tests.fakes import an_order
from tests.fakes.world import NOW

DE = Address(line1="Beispielweg 3", city="Berlin", postal_code="10115", country="DE")
OREGON = Address(line1="2 Pine Street", city="Portland", region="OR", postal_code="97201", country="US")
CALIFORNIA = replace(OREGON, region="CA")
NOWHERE = replace(OREGON, country="BR", region=None)


def rules(*more: ShippingRule) -> ShippingPolicy:
    return ShippingPolicy(
        methods=(
            ShippingRule(method="standard", currency="USD", price="5.00", delivery_days=3),
            ShippingRule(method="express", currency="USD", price="12.90", delivery_days=1),
            ShippingRule(
                method="value", currency="USD", price="4.00", free_from="50.00", recalculate=True, delivery_days=5
            ),
            *more,
        )
    )


POLICY = replace(shipped(), shipping=rules())


def tax(rate: str, amount: int, name: str = "VAT") -> Tax:
    return Tax(name=name, rate=Decimal(rate), amount=amount)


def order(shipping: Shipping, quantity: int = 4, price: int = 2000, **given: Any) -> Order:
    return replace(an_order().with_line("A", quantity, price, **given).build(), shipping=shipping)


def change(
    order: Order, *edits: Edit, reason: str = "customer_request", policy: Policy = POLICY, allowed: bool = True
) -> Planned:
    kind: Any = "cancellation" if isinstance(edits[0], CancelUnits) else "amendment"
    planned = plan(order, edits, PlanContext(kind=kind, role="manager", policy=policy, reason_code=reason, now=NOW))
    assert not (allowed and planned.plan.violations), planned.plan.violations
    return planned


def shipping(order: Order, *edits: Edit, **given: Any) -> Shipping:
    return change(order, *edits, **given).after.shipping


def at(price: int, method: str = "express") -> SetShippingMethod:
    return SetShippingMethod(method=method, price=Money(amount=price, currency="USD"))


def units(quantity: int) -> SetQuantity:
    return SetQuantity(line_id="l1", quantity=quantity)


def to(address: Address) -> SetShippingAddress:
    return SetShippingAddress(address=address)


# ------------------------------------------------------------------------------------------------ rates are facts


@pytest.mark.parametrize(
    ("accepted", "more"),
    [
        (Shipping(price=495, taxes=(tax("0.07", 35),)), 111),
        (Shipping(price=530, taxes=(tax("0.07", 35),), tax_included=True), 104),
        (Shipping(price=495, taxes=(tax("0.05", 25, "GST"), tax("0.02", 10, "PST"))), 80 + 32),
    ],
)
def test_shipping_at_another_price_pays_its_own_rates_and_no_quotient_of_rounded_amounts(
    accepted: Shipping, more: int
) -> None:
    assert shipping(order(accepted), at(1590)).tax == more


@pytest.mark.parametrize("low", [0, 2])
@pytest.mark.parametrize(
    "accepted",
    [
        Shipping(price=495, taxes=(tax("0.07", 37),)),
        Shipping(price=495, unrated=37),
        Shipping(price=495, taxes=(tax("0.07", 37),), tax_included=True),
    ],
)
def test_a_price_that_passes_through_little_or_nothing_comes_back_with_the_tax_that_was_charged(
    accepted: Shipping, low: int
) -> None:
    away = change(order(accepted), at(low)).after
    assert replace(shipping(away, at(495)), sold=None) == replace(accepted, method="express")


def test_a_rate_outlives_a_price_of_nothing() -> None:
    free = change(order(Shipping(price=495, taxes=(tax("0.07", 35),))), at(0)).after
    assert (free.shipping.tax, shipping(free, at(1590)).tax) == (0, 111)


def test_shipping_that_was_paid_and_untaxed_stays_untaxed() -> None:
    assert shipping(order(Shipping(price=500)), at(1590)).tax == 0


def test_an_amount_gets_the_rate_of_the_orders_lines_that_explains_it() -> None:
    after = shipping(order(Shipping(price=500, unrated=100)), at(1299)).taxes
    assert after == (Tax(name="Sales tax", rate=Decimal("0.20"), amount=260, jurisdiction="US-IL"),)


def test_an_amount_that_no_line_explains_gets_policys_rate_that_does() -> None:
    german = replace(order(Shipping(price=495, unrated=35), taxes=()), shipping_address=DE)
    planned = change(german, at(1590))
    assert (planned.after.shipping.tax, planned.after.shipping.taxes[0].rate) == (111, Decimal("0.07"))
    assert PROPORTIONAL not in planned.plan.warnings


def test_an_amount_that_nothing_explains_stays_in_proportion_and_the_plan_says_so() -> None:
    planned = change(order(Shipping(price=500, unrated=33)), at(1000))
    assert (planned.after.shipping.tax, planned.after.shipping.taxes) == (66, ())
    assert PROPORTIONAL in planned.plan.warnings
    assert shipping(planned.after, at(500)).tax == 33


# -------------------------------------------------------------------------------------------- places, and free to paid


def test_a_move_to_another_jurisdiction_taxes_shipping_there() -> None:
    here = order(Shipping(method="standard", price=1000, unrated=200))
    assert (shipping(here, to(OREGON)).tax, shipping(here, to(CALIFORNIA)).tax) == (0, 73)
    assert change(here, to(OREGON)).plan.delta == -1600 - 200


def test_a_move_with_another_method_taxes_the_new_price_in_the_new_place() -> None:
    edits = (to(CALIFORNIA), SetShippingMethod(method="express"))
    found = {shipping(order(Shipping(price=500, unrated=33)), *path).tax for path in permutations(edits)}
    assert found == {94}


def test_undoing_a_move_gives_shipping_back_as_it_was_charged() -> None:
    here = order(Shipping(method="standard", price=1000, unrated=177))
    moved = change(here, to(CALIFORNIA))
    assert shipping(moved.after, restoration("chg_1", moved.plan)) == here.shipping


def test_free_shipping_that_becomes_paid_is_taxed_by_policy() -> None:
    free = replace(order(Shipping(method="standard")), shipping_address=DE)
    assert shipping(free, SetShippingMethod(method="express")).tax == 245
    assert shipping(order(Shipping(method="value")), units(2)).tax == 80


def test_free_shipping_that_becomes_paid_where_policy_knows_no_rate_is_refused() -> None:
    free = replace(order(Shipping(method="standard")), shipping_address=NOWHERE)
    refused = change(free, SetShippingMethod(method="express"), allowed=False).plan.violations
    assert [(each.code, each.pointer) for each in refused] == [("tax-unknown", "/edits/0")]


def test_a_move_to_where_policy_knows_no_rate_of_shipping_is_refused() -> None:
    policy = replace(POLICY, taxes=replace(POLICY.taxes, shipping_categories=("freight",)))
    moved = change(order(Shipping(price=500), taxes=()), to(CALIFORNIA), policy=policy, allowed=False)
    assert [each.code for each in moved.plan.violations] == ["tax-unknown"]
    assert not change(order(Shipping(), taxes=()), to(CALIFORNIA), policy=policy).plan.violations


def test_shipping_is_taxed_as_its_own_category_where_policy_has_it() -> None:
    shipping_rate = TaxRule(jurisdiction="US-CA", category="shipping", name="Freight", rate=Decimal("0.01"))
    policy = replace(POLICY, taxes=replace(POLICY.taxes, rates=(*POLICY.taxes.rates, shipping_rate)))
    assert shipping(order(Shipping(price=1000)), to(CALIFORNIA), policy=policy).tax == 10


def test_a_document_of_taxes_from_before_shipping_had_categories_reads() -> None:
    assert Taxes(rates=()).shipping_categories == ("shipping", "standard")


# ------------------------------------------------------------------------------------------------ edits commute


def test_a_method_beside_other_edits_is_priced_by_the_order_after_them() -> None:
    much = order(Shipping(method="standard", price=500))
    for path in permutations((SetShippingMethod(method="value"), units(2))):
        assert shipping(much, *path).price == 400
    little = order(Shipping(method="standard", price=500), quantity=2)
    for path in permutations((SetShippingMethod(method="value"), units(4))):
        assert shipping(little, *path).price == 0


def test_what_the_merchant_lost_in_the_same_change_counts_for_the_new_method() -> None:
    much = order(Shipping(method="standard", price=500))
    edits = (SetShippingMethod(method="value"), CancelLine(line_id="l1", quantity=2))
    assert shipping(much, *edits, reason="stock_shortage", policy=faulty()).price == 0


def faulty() -> Policy:
    codes = tuple(
        replace(each, fault="merchant" if each.code in ("stock_shortage", "price_correction") else each.fault)
        for each in POLICY.reasons.codes
    )
    return replace(POLICY, reasons=replace(POLICY.reasons, codes=codes))


def dearer(price: int) -> SetUnitPrice:
    return SetUnitPrice(line_id="l1", unit_price=Money(amount=price, currency="USD"))


def test_a_merchants_gain_and_loss_come_to_the_same_in_either_order() -> None:
    free = order(Shipping(method="value"))
    gain, loss = dearer(2500), dearer(2000)
    first = change(free, gain, reason="price_correction", policy=faulty()).after
    back = change(first, loss, reason="price_correction", policy=faulty()).after
    assert (first.shipping.spared, back.shipping.spared) == (-2000, 0)
    lower = change(free, dearer(1500), reason="price_correction", policy=faulty()).after
    assert change(lower, loss, reason="price_correction", policy=faulty()).after.shipping.spared == 0


def test_what_is_spared_is_kept_while_the_method_does_not_recalculate() -> None:
    much = order(Shipping(method="standard", price=500))
    short = change(much, units(2), reason="stock_shortage", policy=faulty()).after
    assert shipping(short, SetShippingMethod(method="value"), policy=faulty()).price == 0
    assert shipping(change(much, units(2)).after, SetShippingMethod(method="value")).price == 400


def test_a_value_that_only_counts_for_free_shipping_sends_nothing_anew() -> None:
    short = change(order(Shipping(method="standard", price=500)), units(2), reason="stock_shortage", policy=faulty())
    effects = short.plan.effects
    assert effects.expected_delivery_after == effects.expected_delivery_before


# -------------------------------------------------------------------------------------------------------- undo


def test_an_undo_recalculates_shipping_that_a_later_change_moved_and_its_own_left_alone() -> None:
    builder = an_order().with_line("A", 3, 2000).with_line("B", 3, 1000)
    free = replace(builder.paid().build(), shipping=Shipping(method="value"))
    first = change(free, units(2))
    second = change(first.after, CancelLine(line_id="l2")).after
    assert (first.after.shipping.price, second.shipping.price) == (0, 400)
    undone = change(second, restoration("chg_1", first.plan)).after
    assert (undone.shipping.price, undone.shipping.tax) == (0, 0)


def test_an_undo_leaves_shipping_that_nobody_has_moved_as_the_channel_charged_it() -> None:
    own = order(Shipping(method="value", price=777, unrated=99))
    first = change(own, to(replace(CALIFORNIA, region="IL")))
    assert shipping(first.after, restoration("chg_1", first.plan)) == own.shipping


def test_an_undo_keeps_what_later_changes_spared() -> None:
    two = replace(
        an_order().with_line("A", 3, 2000).with_line("B", 2, 500).paid().build(), shipping=Shipping(method="value")
    )
    first = change(two, CancelUnits(line_id="l1", quantity=1), reason="stock_shortage", policy=faulty())
    second = change(first.after, CancelUnits(line_id="l2", quantity=1), reason="stock_shortage", policy=faulty()).after
    undone = change(second, restoration("chg_1", first.plan), policy=faulty()).after
    assert (second.shipping.spared, undone.shipping.spared) == (2500, 500)


# -------------------------------------------------------------------------------------------------- any path

CENTS = st.integers(0, 2000)


@st.composite
def accepted(draw: st.DrawFn) -> Shipping:
    price = draw(st.integers(1, 2000))
    rates = draw(st.lists(st.sampled_from(["0.07", "0.19", "0.20"]), max_size=2))
    taxes = tuple(tax(rate, draw(st.integers(0, price)), f"T{index}") for index, rate in enumerate(rates))
    unrated = 0 if taxes else draw(st.integers(0, price))
    return Shipping(method="express", price=price, taxes=taxes, unrated=unrated, tax_included=draw(st.booleans()))


@settings(deadline=None)
@given(accepted(), st.lists(CENTS, max_size=3))
def test_whatever_prices_shipping_passes_through_the_accepted_one_has_the_accepted_tax(
    first: Shipping, prices: list[int]
) -> None:
    now = order(first)
    for price in (*prices, first.price):
        planned = change(now, at(price), allowed=False)
        now = planned.after if not planned.plan.violations else now
        assert min(now.shipping.tax, now.shipping.total) >= 0
    assert (now.shipping.price, now.shipping.tax, now.shipping.basis) == (first.price, first.tax, None)


@settings(deadline=None)
@given(accepted(), CENTS, CENTS)
def test_the_tax_on_shipping_depends_on_its_price_and_not_on_the_way_there(
    first: Shipping, way: int, last: int
) -> None:
    straight, round_about = order(first), order(first)
    for now, prices in ((straight, (last,)), (round_about, (way, last))):
        for price in prices:
            planned = change(now, at(price), allowed=False)
            now = planned.after if not planned.plan.violations else now
        straight, round_about = (now, round_about) if prices == (last,) else (straight, now)
    assert straight.shipping.tax == round_about.shipping.tax
