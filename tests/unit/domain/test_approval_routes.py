"""Whom a change goes to by what it moves: in every currency, with every product, and however it is split."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.policy_file import shipped
from shared.domain.order.line_price import Charge, Tax
from shared.domain.order.order import Fee, Order
from shared.domain.order.product import Catalogue, Product
from shared.domain.planning.edits import (
    CancelUnits,
    Credit,
    Edit,
    Money,
    ReplaceSku,
    SetDates,
    SetQuantity,
    SetShippingAddress,
    SetUnitPrice,
)
from shared.domain.planning.plan import ChangePlan, Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.policy.documents.approvals import Route
from shared.domain.policy.documents.taxes import Taxes
from shared.domain.policy.policy import Policy
from shared.domain.policy.scope import Only
from tests.fakes import an_order
from tests.fakes.builders import HOME
from tests.fakes.world import NOW
from tests.support.effort import times

MANAGER = Route(id="manager", above={"USD": "500.00"}, approvers=("manager",))
FINANCE = Route(id="finance", above={"USD": "10000.00"}, approvers=("manager", "finance"))


def ruled(*routes: Route) -> Policy:
    policy = shipped()
    return replace(policy, approvals=replace(policy.approvals, routes=routes))


def planned(order: Order, *edits: Edit, policy: Policy, **more: Any) -> Planned:
    context = PlanContext(**{"role": "agent", "policy": policy, "reason_code": "customer_request", "now": NOW, **more})
    return plan(order, edits, context)


def asked(plan: ChangePlan) -> list[str]:
    return [each.role for each in plan.approvals]


def fewer(to: int, line: str = "l1") -> SetQuantity:
    return SetQuantity(line_id=line, quantity=to)


def sofas(currency: str = "USD", quantity: int = 10, price: int = 60_000) -> Order:
    return an_order().with_line("SOFA", quantity, price, taxes=()).in_currency(currency).paid().build()


# ----------------------------------------------------------------------------------------------------------- currencies


@pytest.mark.parametrize(
    "routes",
    [
        (MANAGER, replace(FINANCE, above={"USD": "10000.00", "SEK": "100000.00"})),
        (Route(id="free", above={"USD": "0.00"}, approvers=()), MANAGER),
        (Route(id="mine", only=Only(accounts=("cus-1",)), above={"USD": "0.00"}, approvers=()), MANAGER),
        (Route(id="small", order_above={"USD": "1.00"}, above={"SEK": "0.00"}, approvers=()), MANAGER),
    ],
    ids=["another route names it", "one that asks nobody stands first", "one of the account's own", "an order's value"],
)
def test_a_currency_that_a_route_does_not_name_needs_its_approval(routes: Sequence[Route]) -> None:
    plan = planned(sofas("SEK"), fewer(2), policy=ruled(*routes)).plan
    assert (asked(plan), plan.approvals[0].because) == (["manager"], "There is no approval threshold in SEK.")


def test_a_currency_that_no_route_names_needs_all_approvals() -> None:
    for routes in ((MANAGER, FINANCE), (FINANCE, MANAGER)):
        assert asked(planned(sofas("SEK"), fewer(9), policy=ruled(*routes)).plan) == ["manager", "finance"]


def test_a_currency_in_which_a_route_asks_nobody_needs_nobody() -> None:
    free = Route(id="free", only=Only(accounts=("cus-1",)), above={"SEK": "0.00"}, approvers=())
    assert asked(planned(sofas("SEK"), fewer(2), policy=ruled(free, MANAGER)).plan) == []


# ------------------------------------------------------------------------------------------------------------- products

SAMPLES = Route(id="samples", only=Only(products=("SAMPLE",)), above={"USD": "50000.00"}, approvers=("manager",))
STRICT = Route(id="strict", only=Only(products=("SAMPLE",)), above={"USD": "0.00"}, approvers=("finance",))


def sofas_and_a_sample() -> Order:
    return an_order().with_line("SOFA", 10, 60_000, taxes=()).with_line("SAMPLE", 5, 100, taxes=()).paid().build()


def test_a_cheap_line_does_not_bring_its_own_route_to_the_others() -> None:
    policy = ruled(MANAGER, FINANCE, SAMPLES)
    assert asked(planned(sofas_and_a_sample(), fewer(2), fewer(4, "l2"), policy=policy).plan) == ["manager"]
    assert asked(planned(sofas_and_a_sample(), fewer(4, "l2"), policy=policy).plan) == []


def test_a_line_of_another_product_does_not_take_a_strict_route_away() -> None:
    policy = ruled(MANAGER, FINANCE, STRICT)
    assert asked(planned(sofas_and_a_sample(), fewer(4, "l2"), policy=policy).plan) == ["finance"]
    plan = planned(sofas_and_a_sample(), fewer(2), fewer(4, "l2"), policy=policy).plan
    assert asked(plan) == ["manager", "finance"]
    assert {each.rule for each in plan.rulings if each.decides == "approval"} == {"manager", "strict"}


# ------------------------------------------------------------------------------------------------------ what is counted


def test_fees_that_lapse_are_part_of_what_moves() -> None:
    """24.00 of goods under 5,000.00 of duties."""
    mugs = an_order().with_line("MUG", 2, 1200, taxes=())
    order = replace(mugs, new=replace(mugs.new, fees=(Fee(code="duties", amount=500_000),))).paid().build()
    plan = planned(order, CancelUnits(line_id="l1", quantity=2), policy=ruled(MANAGER), kind="cancellation").plan
    assert (sum(refund.amount for refund in plan.refunds), plan.magnitude) == (502_400, 502_400)
    assert asked(plan) == ["manager"]


def committed(order: Order, *edits: Edit, policy: Policy, **more: Any) -> tuple[Order, list[str]]:
    """The order as it would be, with whatever approvals it needed given."""
    result = planned(order, *edits, policy=policy, **more)
    assert not result.plan.violations
    return result.after, asked(result.plan)


def test_what_a_manager_approved_still_counts_for_finance() -> None:
    """Four changes of 6,000.00 each; together they are finance's."""
    policy, order, told = ruled(MANAGER, FINANCE), sofas(quantity=50), []
    for left in (40, 30, 20, 10):
        order, roles = committed(order, fewer(left), policy=policy)
        told.append(roles)
    assert told == [["manager"], ["manager", "finance"], ["manager"], ["manager", "finance"]]


def test_an_approval_of_something_else_leaves_the_count_as_it_is() -> None:
    """480.00, a goodwill of 0.01 that a manager approves, and 480.00 more."""
    policy, order = ruled(MANAGER, FINANCE), sofas(price=48_000)
    order, first = committed(order, fewer(9), policy=policy)
    credit = Credit(amount=Money(amount=1, currency="USD"))
    order, second = committed(order, credit, policy=policy, kind="cancellation", reason_code="goodwill")
    result = planned(order, fewer(8), policy=policy).plan
    assert (first, second, asked(result)) == ([], ["manager"], ["manager"])
    assert "Changes of 960.01 USD since the last approval exceed 500.00 USD." in result.approvals[0].because


def test_what_finance_approved_is_approved_for_those_below() -> None:
    policy, order = ruled(MANAGER, FINANCE), sofas(quantity=50)
    order, told = committed(order, fewer(10), policy=policy)
    assert (told, order.unapproved) == (["manager", "finance"], {})
    assert committed(order, fewer(9), policy=ruled(replace(MANAGER, above={"USD": "600.00"}), FINANCE))[1] == []


@settings(max_examples=times(25), deadline=None)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), st.integers(0, 2_000_000))
def test_splitting_asks_everybody_whom_the_whole_would_ask(parts: list[int], limit: int) -> None:
    above = {"USD": f"{limit // 100}.{limit % 100:02}"}
    policy, order = ruled(replace(FINANCE, above=above)), sofas(quantity=4000, price=1000)
    whole = asked(planned(order, fewer(4000 - sum(parts)), policy=policy).plan)
    told: set[str] = set()
    left = 4000
    for part in parts:
        left -= part
        order, roles = committed(order, fewer(left), policy=policy)
        told |= set(roles)
    assert told == set(whole)


# ------------------------------------------------------------------------------------------- a line against itself


def priced(amount: int) -> SetUnitPrice:
    return SetUnitPrice(line_id="l1", unit_price=Money(amount=amount, currency="USD"))


GEMS = an_order().with_line("GEM", 200, 10_000, taxes=()).paid().build()


@pytest.mark.parametrize(
    ("units", "price", "moves"),
    [(285, 7018, 850_000 + 849_870), (160, 12_500, 400_000 + 400_000)],
    ids=["more units at a lower price", "fewer units at a higher price"],
)
def test_units_and_price_of_a_line_never_net(units: int, price: int, moves: int) -> None:
    result = planned(GEMS, fewer(units), priced(price), policy=ruled(MANAGER)).plan
    assert (result.magnitude, asked(result)) == (moves, ["manager"])


def test_another_product_at_the_same_price_moves_the_whole_of_both() -> None:
    catalogue = Catalogue(products={"ORE": Product(sku="ORE", list_price={"USD": 10_000})})
    edit = ReplaceSku(line_id="l1", with_sku="ORE")
    result = planned(GEMS, edit, policy=ruled(MANAGER), catalogue=catalogue).plan
    assert (result.violations, result.magnitude, asked(result)) == ((), 4_000_000, ["manager"])


def test_units_and_the_tax_of_another_place_never_net() -> None:
    vat = (Tax(name="VAT", rate=Decimal("0.10"), amount=100_000),)
    order = an_order().with_line("GEM", 100, 10_000, taxes=vat).paid().build()
    untaxed = replace(ruled(MANAGER), taxes=Taxes(rates=(), untaxed_jurisdictions=("US-OR",)))
    moves = SetShippingAddress(address=replace(HOME, region="OR", city="Portland", postal_code="97201"))
    result = planned(order, fewer(110), moves, policy=untaxed).plan
    assert (result.violations, result.delta, result.magnitude) == ((), 0, 110_000 + 110_000)


def test_seats_and_time_of_a_line_never_net() -> None:
    monthly = Charge(charge_id="m", type="recurring", period="month", price=1000)
    dates: dict[str, Any] = {"start_date": date(2027, 1, 1), "end_date": date(2027, 12, 31)}
    order = an_order().with_line("SEAT", 300, 0, charges=(monthly,), taxes=(), **dates).paid().build()
    result = planned(order, fewer(600), SetDates(line_id="l1", end_date=date(2027, 6, 30)), policy=ruled(MANAGER)).plan
    assert (result.delta, result.magnitude, asked(result)) == (0, 7_200_000, ["manager"])


@given(st.integers(1, 20), st.integers(1, 5000), st.integers(1, 20), st.integers(1, 5000))
def test_no_line_moves_less_than_its_total(units: int, price: int, then: int, at: int) -> None:
    order = an_order().with_line("MUG", units, price).paid().build()
    result = planned(order, fewer(then), priced(at), policy=ruled(MANAGER), role="manager").plan
    assert result.magnitude >= abs(result.delta)
