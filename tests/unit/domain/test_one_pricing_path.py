"""One pricing path: what shortens a price shortens all that it carries, and what a low price cut is whole again."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.policy_file import ShippedPolicies
from shared.domain import money
from shared.domain.intake.new_order import NewLineDiscount, NewTax
from shared.domain.order import pricing
from shared.domain.order.line import Line
from shared.domain.order.line_history import Basis
from shared.domain.order.line_price import Charge, LineDiscount
from shared.domain.order.order import Discount, Order
from shared.domain.order.party import Address
from shared.domain.order.product import Catalogue, Product
from shared.domain.planning.edits import (
    AddLine,
    CancelUnits,
    Edit,
    Money,
    ReplaceSku,
    SetDates,
    SetDiscount,
    SetQuantity,
    SetShippingAddress,
    SetUnitPrice,
)
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from tests.fakes.builders import OrderBuilder, an_order, noon

POLICY = ShippedPolicies().current()
START, END = date(2026, 6, 1), date(2027, 5, 31)
HALF = date(2026, 11, 30)
"""Six of the twelve months are used."""
MONTHLY = (Charge(charge_id="m", type="recurring", period="month", price=1000),)
CATALOGUE = Catalogue(
    products={"NEW": Product(sku="NEW", list_price={"USD": 1000}), "DEAR": Product(sku="DEAR", list_price={"USD": 900})}
)
CALIFORNIA = Address(line1="1 Elm", city="LA", region="CA", postal_code="90001", country="US")


def subscription(quantity: int = 1, unit_price: int = 0, **given: Any) -> Order:
    """Twelve months at 10.00 for each unit."""
    beside = {"charges": MONTHLY, "start_date": START, "end_date": END, "taxes": (), **given}
    return an_order().with_line("SUB", quantity, unit_price, **beside).paid().build()


def change(order: Order, *edits: Edit, kind: Any = "amendment", today: date | None = None) -> Planned:
    now = noon(today) if today else None
    planned = plan(order, edits, PlanContext(role="manager", kind=kind, policy=POLICY, catalogue=CATALOGUE, now=now))
    assert planned.plan.violations == ()
    return planned


def after(order: Order, *edits: Edit) -> Line:
    return change(order, *edits).after.lines[0]


def price(amount: int) -> SetUnitPrice:
    return SetUnitPrice(line_id="l1", unit_price=Money(amount=amount, currency="USD"))


def money_of(line: Line) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    return line.gross, tuple(each.amount for each in line.discounts), tuple(each.amount for each in line.taxes)


def refunded(planned: Planned) -> int:
    return sum(refund.amount for refund in planned.plan.refunds)


# ------------------------------------------------------------------------------------------------ time shortens all


def test_ending_a_subscription_early_shortens_its_fixed_discount_with_it() -> None:
    order = an_order().with_line("SUB", 1, 0, charges=MONTHLY, start_date=START, end_date=END, taxes=()).less(2400)
    stopped = change(order.paid().build(), CancelUnits(line_id="l1"), kind="cancellation", today=HALF)
    assert (stopped.after.totals.total, refunded(stopped)) == (4800, 4800)


def test_ending_a_subscription_early_shortens_the_tax_that_was_actually_charged() -> None:
    order = subscription(taxes=(NewTax(name="VAT", rate=Decimal("0.19"), amount=1000),))
    stopped = change(order, CancelUnits(line_id="l1"), kind="cancellation", today=HALF)
    assert (stopped.after.totals.tax, stopped.after.totals.total, refunded(stopped)) == (500, 6500, 6500)


def test_a_longer_subscription_takes_part_in_percentages_only_and_pays_its_own_rate_on_what_is_beyond() -> None:
    tax = (NewTax(name="VAT", rate=Decimal("0.10"), amount=900),)
    discounts = (
        NewLineDiscount(type="amount", amount=1200),
        NewLineDiscount(type="percent", percent=Decimal(10), amount=1080),
    )
    longer = after(subscription(taxes=tax, discounts=discounts), SetDates(line_id="l1", end_date=date(2028, 5, 31)))
    assert money_of(longer) == (24000, (1200, 2280), (900 + 1080,))


def test_a_moved_subscription_of_the_same_length_keeps_all_that_was_accepted() -> None:
    order = subscription(taxes=(NewTax(name="VAT", rate=Decimal("0.19"), amount=1000),))
    moved = after(order, SetDates(line_id="l1", start_date=date(2026, 7, 1), end_date=date(2027, 6, 30)))
    assert money_of(moved) == money_of(order.lines[0])


# --------------------------------------------------------------------------------------- cut for a while, whole again


def test_a_coupon_that_a_low_price_cut_is_whole_again_when_the_price_is() -> None:
    order = an_order().with_line("A", 1, 1000, taxes=()).less(500).paid().build()
    low = change(order, price(100)).after
    assert low.lines[0].total == 0
    assert after(low, price(1000)) == replace(order.lines[0], since=3)


def test_a_tax_that_a_low_price_cut_is_the_one_charged_again_when_the_price_is() -> None:
    order = an_order().with_line("A", 1, 495, taxes=(NewTax(name="Tax", rate=Decimal("0.07"), amount=40),)).build()
    for low in (0, 2):
        assert after(change(order, price(low)).after, price(495)).tax == 40
    assert after(change(order, price(0)).after, price(1590)).tax == 111


@pytest.mark.parametrize(
    "between",
    [
        SetShippingAddress(address=CALIFORNIA),
        SetDiscount(line_id="l1", type="percent", value="0"),
        ReplaceSku(line_id="l1", with_sku="DEAR"),
    ],
)
def test_what_gives_a_line_another_basis_forgets_no_cut(between: Edit) -> None:
    order = an_order().with_line("A", 1, 1000).less(500).paid().build()
    low = change(order, price(100)).after
    line = after(change(low, between).after, price(1000))
    assert [each.amount for each in line.discounts if each.type == "amount"] == [500]


def test_a_cut_coupon_is_shortened_with_the_quantity_as_if_it_were_whole() -> None:
    order = an_order().with_line("A", 3, 1000, taxes=()).less(1500).paid().build()
    low = change(order, price(100)).after
    assert after(change(low, SetQuantity(line_id="l1", quantity=1)).after, price(1000)).discount == 500


def test_two_cuts_one_after_the_other_are_one() -> None:
    order = an_order().with_line("A", 2, 1000).less(1500).paid().build()
    moved = change(change(order, price(100)).after, SetShippingAddress(address=CALIFORNIA)).after
    lower = change(moved, price(50)).after
    assert after(change(lower, SetQuantity(line_id="l1", quantity=1)).after, price(1000)).discount == 750


# ------------------------------------------------------------------------------- what is beyond, and what is left of it


@pytest.mark.parametrize(
    ("unit_price", "fixed", "percent", "units", "discounts"),
    [
        (1000, 500, Decimal(10), 10, [500, 50 + 900]),
        (1000, 0, Decimal(10), 10, [0, 1000]),
        (15, 0, Decimal("7.5"), 10, [0, 1 + 10]),  # 1 of the first 0.15, and 10 of the 1.35 that are beyond
    ],
)
def test_percentages_of_what_is_beyond_are_calculated_by_their_percent(
    unit_price: int, fixed: int, percent: Decimal, units: int, discounts: list[int]
) -> None:
    given = (NewLineDiscount(type="amount", amount=fixed), NewLineDiscount(type="percent", percent=percent))
    order = an_order().with_line("A", 1, unit_price, taxes=(), discounts=given).paid().build()
    raised = after(order, SetQuantity(line_id="l1", quantity=units))
    assert [each.amount for each in raised.discounts] == discounts


def test_a_move_leaves_the_discounts_of_units_that_are_gone_for_now_as_they_were_agreed() -> None:
    order = an_order().with_line("A", 3, 1000).less(100).paid().build()
    fewer = change(order, SetQuantity(line_id="l1", quantity=2)).after
    moved = change(fewer, SetShippingAddress(address=CALIFORNIA)).after
    back = after(moved, SetQuantity(line_id="l1", quantity=3))
    assert (moved.lines[0].discount, back.gross, back.discount) == (67, 3000, 100)


@pytest.mark.parametrize("included", [False, True])
def test_units_that_joined_before_a_move_take_their_own_tax_along_when_they_go(included: bool) -> None:
    order = an_order().with_line("A", 1, 10_000, tax_included=included).less(9_000).paid().build()
    more = change(order, SetQuantity(line_id="l1", quantity=2)).after
    moved = change(more, SetShippingAddress(address=CALIFORNIA)).after
    (rate,) = [tax.rate for tax in moved.lines[0].taxes]
    one = after(moved, SetQuantity(line_id="l1", quantity=1))
    due = money.rate_within(1_000, rate, rate) if included else money.rate_of(1_000, rate)
    assert (one.gross, one.discount, one.tax) == (10_000, 9_000, due)


def test_a_line_that_moves_away_and_back_is_taxed_as_it_was_agreed() -> None:
    order = an_order().with_line("A", 1, 10_000).less(9_000).paid().build()
    back = order
    for edit in (SetQuantity(line_id="l1", quantity=2), SetShippingAddress(address=CALIFORNIA)):
        back = change(back, edit).after
    home = SetShippingAddress(address=order.shipping_address)
    one = after(change(back, home).after, SetQuantity(line_id="l1", quantity=1))
    assert one.tax == money.rate_of(1_000, one.taxes[0].rate)


def test_a_move_is_taxed_at_its_rates_and_more_units_add_theirs() -> None:
    order = an_order().with_line("A", 3, 1000).paid().build()
    fewer = change(order, SetQuantity(line_id="l1", quantity=2)).after
    moved = change(fewer, SetShippingAddress(address=CALIFORNIA)).after
    (rate,) = [tax.rate for tax in moved.lines[0].taxes]
    assert moved.lines[0].tax == money.rate_of(2000, rate)
    back = after(moved, SetQuantity(line_id="l1", quantity=3))
    assert back.tax == money.rate_of(2000, rate) + money.rate_of(1000, rate)
    assert after(moved, SetQuantity(line_id="l1", quantity=1)).tax == money.share(moved.lines[0].tax, 1, 2)


def test_a_move_at_another_price_keeps_the_channels_own_line_total() -> None:
    order = an_order().with_line("A", 3, 1000, gross=2995).paid().build()
    low = change(order, price(900)).after
    moved = change(low, SetShippingAddress(address=CALIFORNIA)).after
    assert (low.lines[0].gross, after(moved, price(1000)).gross) == (2700, 2995)


def test_where_the_accepted_price_cuts_a_coupon_fewer_units_bear_their_share_of_the_tax_charged() -> None:
    tax = NewTax(name="Tax", rate=Decimal("0.10"), amount=200)
    order = an_order().with_line("A", 4, 1000, taxes=(tax,)).paid().build()
    cut = replace(order.lines[0], discounts=(LineDiscount(type="amount", scope="line", amount=4500),))
    cut = pricing.repriced(cut)
    assert (cut.total, cut.discount, cut.basis is not None) == (0, 4000, True)
    basis = replace(cut.basis or pricing.basis_of(cut), taxes=(200,))
    charged = replace(cut, taxes=(replace(cut.taxes[0], amount=200),), basis=basis)
    assert pricing.with_quantity(charged, 1).tax == 50
    more = pricing.with_quantity(charged, 5)
    assert (more.discount, more.tax) == (4500, 200 + 50)


# ------------------------------------------------------------------------------------------------ the path is nothing


@st.composite
def terms(draw: st.DrawFn) -> tuple[int, int, int]:
    return draw(st.integers(1, 12)), draw(st.integers(0, 1500)), draw(st.integers(0, 800))


CENTS = st.integers(0, 4000)


@st.composite
def accepted(draw: st.DrawFn) -> Order:
    """A subscription with a price of its own, discounts and taxes as a channel may have charged them."""
    quantity, unit_price, days = draw(terms())
    discounts, left = [], quantity * unit_price
    for amount in draw(st.lists(CENTS, max_size=2)):
        discounts.append(NewLineDiscount(type="amount", amount=min(amount, left)))
        left -= min(amount, left)
    if draw(st.booleans()):
        discounts.append(NewLineDiscount(type="percent", percent=draw(st.sampled_from([Decimal(10), Decimal("33.3")]))))
    rates = st.sampled_from([Decimal("0.07"), Decimal("0.19")])
    amounts = st.one_of(st.none(), CENTS)
    taxes = [
        NewTax(name=f"T{number}", rate=draw(rates), amount=draw(amounts)) for number in range(draw(st.integers(0, 2)))
    ]
    return subscription(
        quantity,
        unit_price,
        charges=(Charge(charge_id="m", type="recurring", period="month", price=draw(CENTS)),),
        end_date=START + timedelta(days=days),
        taxes=tuple(taxes),
        discounts=tuple(discounts),
        tax_included=draw(st.booleans()),
    )


def edits_to(quantity: int, unit_price: int, days: int) -> tuple[Edit, ...]:
    return (
        SetQuantity(line_id="l1", quantity=quantity),
        price(unit_price),
        SetDates(line_id="l1", end_date=START + timedelta(days=days)),
    )


def steps(order: Order, edits: tuple[Edit, ...]) -> Line:
    """The line after the edits one by one; those that change nothing are left out."""
    for edit in edits:
        planned = plan(order, (edit,), PlanContext(role="manager", policy=POLICY))
        if [each.code for each in planned.plan.violations] != ["nothing-changes"]:
            assert planned.plan.violations == ()
            order = planned.after
    return order.lines[0]


@settings(deadline=None)
@given(accepted(), terms(), terms())
def test_quantity_price_and_dates_come_to_the_same_in_any_order_together_and_by_any_way(
    order: Order, by_way_of: tuple[int, int, int], to: tuple[int, int, int]
) -> None:
    together = replace(steps_at_once(order, edits_to(*to)), since=1)
    quantity, unit_price, dates = edits_to(*to)
    for path in ((quantity, unit_price, dates), (dates, quantity, unit_price), (unit_price, dates, quantity)):
        assert replace(steps(order, path), since=1) == together
    assert replace(steps(order, (*edits_to(*by_way_of), *edits_to(*to))), since=1) == together


def steps_at_once(order: Order, edits: tuple[Edit, ...]) -> Line:
    planned = plan(order, edits, PlanContext(role="manager", policy=POLICY))
    assert {each.code for each in planned.plan.violations} <= {"nothing-changes"}
    return planned.after.lines[0]


@settings(deadline=None)
@given(accepted(), terms())
def test_what_moves_away_and_comes_back_is_exactly_what_was_accepted(order: Order, away: tuple[int, int, int]) -> None:
    line = order.lines[0]
    assert line.end_date
    back = (line.quantity, line.unit_price, (line.end_date - START).days)
    assert replace(steps(order, (*edits_to(*away), *edits_to(*back))), since=1) == line


@settings(deadline=None)
@given(accepted(), terms())
def test_no_amount_of_a_line_is_negative_or_more_than_its_price(order: Order, to: tuple[int, int, int]) -> None:
    line = steps_at_once(order, edits_to(*to))
    assert min(line.gross, line.net, line.tax, *(each.amount for each in line.discounts), 0) == 0


def test_a_basis_from_before_prices_and_dates_were_kept_is_of_the_lines_own() -> None:
    order = an_order().with_line("A", 3, 1000).less(600).paid().build()
    fewer = after(order, SetQuantity(line_id="l1", quantity=1))
    assert fewer.basis == Basis(quantity=3, gross=3000, discounts=(600,), taxes=(480,))


# --------------------------------------------------------------------------------------------------- added lines


def added(order: Order, **given: Any) -> Line:
    return change(order, AddLine(sku="NEW", quantity=1, **given)).after.lines[-1]


def test_two_equal_percentages_without_a_code_are_two() -> None:
    ten = NewLineDiscount(type="percent", scope="order", percent=Decimal(10))
    order = an_order().with_line("A", 1, 1000).with_line("B", 1, 1000, discounts=(ten, ten)).paid().build()
    assert [each.amount for each in added(order).discounts] == [100, 90]


FIVE, TEN, TWENTY = (NewLineDiscount(type="percent", scope="order", percent=Decimal(each)) for each in (5, 10, 20))


def test_an_added_line_takes_part_in_the_orders_percentages_one_after_the_other_as_the_order_has_them() -> None:
    """0.11 less 5 %, 10 % and 5 % is 0.09: 0.01, 0.01, and nothing of 0.09. Less 5 %, 5 % and 10 % it is 0.08."""
    builder = an_order().with_line("A", 1, 1000)
    given = tuple(Discount(type="percent", percent=each.percent) for each in (FIVE, TEN, FIVE))
    order = OrderBuilder(replace(builder.new, discounts=given)).paid().build()
    shares = added(order, unit_price=Money(amount=11, currency="USD")).discounts
    assert [(each.percent, each.amount) for each in shares] == [(5, 1), (10, 1), (5, 0)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (((FIVE, TEN, FIVE), (TEN,)), (FIVE, TEN, FIVE)),
        (((TEN, TWENTY), (FIVE, TEN)), (FIVE, TEN, TWENTY)),
        (((FIVE, TWENTY), (FIVE, TEN)), (FIVE, TEN, TWENTY)),
        (((FIVE, TEN), (FIVE, FIVE)), (FIVE, FIVE, TEN)),
        (((FIVE, TEN), (TEN, FIVE)), (FIVE, TEN)),
    ],
)
def test_percentages_that_lines_have_in_part_come_in_the_order_of_their_lines(
    lines: tuple[tuple[NewLineDiscount, ...], ...], expected: tuple[NewLineDiscount, ...]
) -> None:
    builder = an_order()
    for sku, discounts in zip("AB", lines, strict=True):
        builder = builder.with_line(sku, 1, 1000, discounts=discounts)
    assert [each.percent for each in added(builder.paid().build()).discounts] == [each.percent for each in expected]


@pytest.mark.parametrize(
    ("lines", "given", "included"),
    [
        ({"A": True}, {}, True),
        ({"A": False}, {}, False),
        ({"A": False, "NEW": True}, {}, True),
        ({"A": True, "B": False}, {"parent_line_id": "B"}, False),
        ({"A": True, "B": False}, {"tax_included": True}, True),
        ({"A": True, "B": False}, {"tax_included": False}, False),
    ],
)
def test_whether_tax_is_included_is_the_parents_or_the_products_or_what_all_lines_agree_on(
    lines: dict[str, bool], given: dict[str, Any], included: bool
) -> None:
    builder = an_order()
    for sku, with_tax in lines.items():
        builder = builder.with_line(sku, 1, 1000, line_id=sku, tax_included=with_tax)
    assert added(builder.paid().build(), **given).tax_included is included


def test_where_lines_disagree_on_included_tax_an_added_line_must_say() -> None:
    order = an_order().with_line("A", 1, 1000, tax_included=True).with_line("B", 1, 1000).paid().build()
    add = AddLine(sku="NEW", quantity=1)
    refused = plan(order, (add,), PlanContext(role="manager", policy=POLICY, catalogue=CATALOGUE)).plan.violations
    assert [(each.code, each.pointer) for each in refused] == [("tax-inclusion-unknown", "/edits/0/tax_included")]


def test_a_line_that_is_gone_has_no_say_on_included_tax() -> None:
    order = an_order().with_line("A", 1, 1000, tax_included=True).with_line("B", 1, 1000).paid().build()
    gone = change(order, SetQuantity(line_id="l1", quantity=2)).after
    lines = (replace(gone.lines[0], quantity=0, gross=0), gone.lines[1])
    assert not added(replace(gone, lines=lines)).tax_included


def test_a_customer_may_not_say_that_tax_is_included() -> None:
    order = an_order().with_line("A", 1, 1000).paid().build()
    add = AddLine(sku="NEW", quantity=1, tax_included=True)
    refused = plan(order, (add,), PlanContext(role="customer", policy=POLICY, catalogue=CATALOGUE)).plan.violations
    assert [each.pointer for each in refused] == ["/edits/0/tax_included"]
