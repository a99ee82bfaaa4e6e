"""Deductions share out: a fee below zero comes off what it deducts from, with its tax, once, as the order comes in."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.intake.new_order import NewTax
from shared.domain.intake.to_order import accept
from shared.domain.order.order import Fee, Order, Shipping, ShippingBasis
from shared.domain.planning.edits import (
    CancelLine,
    CancelOrder,
    Edit,
    Money,
    SetQuantity,
    SetShippingAddress,
    SetUnitPrice,
)
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import plan
from shared.domain.planning.sound_money import check_not_below_zero
from shared.domain.refusal import Refusal
from tests.fakes import an_order
from tests.fakes.builders import HOME, OrderBuilder
from tests.properties.histories import context, orders

VAT = NewTax(name="VAT", rate=Decimal("0.20"))
FREE: dict[str, object] = {"taxes": ()}


def less(builder: OrderBuilder, *fees: Fee, shipping: Shipping | None = None) -> OrderBuilder:
    new = replace(builder.new, fees=fees, shipping=shipping or builder.new.shipping)
    return OrderBuilder(new).paid()


def credit(amount: int, tax: int = 0) -> Fee:
    return Fee(code="credit", amount=-amount, tax=-tax)


def change(order: Order, *edits: Edit) -> Planned:
    kind = "cancellation" if isinstance(edits[0], CancelOrder) else "amendment"
    return plan(order, edits, replace(context({}, {}), kind=kind))


def two_lines(**more: object) -> OrderBuilder:
    """40.00 + 8.00 and 10.00 + 2.00 of tax."""
    return an_order().with_line("W1", 1, 4000, taxes=(VAT,), **more).with_line("W2", 1, 1000, taxes=(VAT,), **more)


# ------------------------------------------------------------------------------------------------- when it comes in


def test_a_deduction_is_shared_out_over_the_lines_by_their_net_and_its_tax_by_their_taxes() -> None:
    order = less(two_lines(), credit(2200, 440)).build()
    assert [(line.discount, line.tax, line.total) for line in order.lines] == [(1760, 448, 2688), (440, 112, 672)]
    assert [(each.code, each.scope, each.type) for line in order.lines for each in line.discounts] == [
        ("credit", "order", "amount")
    ] * 2
    assert (order.fees, order.totals.total, order.totals.tax) == ((), 3360, 560)


def test_a_deduction_from_prices_that_contain_tax_lowers_the_tax_within_them() -> None:
    order = less(two_lines(tax_included=True), credit(500, 100)).build()
    assert [(line.net, line.tax) for line in order.lines] == [(3520, 587), (880, 147)]
    assert order.totals.total == 4400


def test_what_the_lines_cannot_bear_comes_off_shipping_and_then_off_the_other_fees() -> None:
    shipping = Shipping(method="standard", price=500, unrated=100)
    builder, wrap = an_order().with_line("A", 1, 1000, taxes=(VAT,)), Fee(code="gift-wrap", amount=300, tax=60)
    order = less(builder, wrap, credit(1200, 240), shipping=shipping).build()
    assert (order.lines[0].total, order.shipping.price, order.shipping.tax) == (0, 300, 60)
    order = less(builder, wrap, credit(1700, 340), shipping=shipping).build()
    assert (order.shipping.total, order.shipping.basis) == (0, ShippingBasis(price=500, unrated=100))
    assert order.fees == (Fee(code="gift-wrap", amount=100, tax=20),)


def test_a_deduction_without_tax_leaves_the_tax_until_no_price_is_left() -> None:
    order = less(two_lines(), credit(3000)).build()
    assert [(line.net, line.tax) for line in order.lines] == [(1600, 800), (400, 200)]
    order = less(two_lines(), credit(5500)).build()
    assert [(line.net, line.tax) for line in order.lines] == [(0, 400), (0, 100)]


def test_shipping_that_a_deduction_without_tax_makes_free_has_no_tax_either() -> None:
    order = less(two_lines(), credit(5300), shipping=Shipping(method="standard", price=500, unrated=100)).build()
    assert (sum(line.net for line in order.lines), order.shipping.price, order.shipping.tax) == (0, 250, 50)
    order = less(two_lines(), credit(5600), shipping=Shipping(method="standard", price=500, unrated=100)).build()
    assert (order.shipping.total, order.totals.total, change(order, CancelOrder()).after.totals.total) == (0, 1000, 0)


def test_more_tax_than_there_is_comes_off_the_prices() -> None:
    order = less(an_order().with_line("A", 1, 1000, **FREE), credit(200, 40)).build()
    assert (order.lines[0].net, order.totals.tax, order.totals.total) == (760, 0, 760)


@pytest.mark.parametrize(("amount", "tax", "total"), [(-300, 50, 950), (300, -50, 1450), (-50, 50, 1200)])
def test_amount_and_tax_of_two_signs_count_by_their_sum(amount: int, tax: int, total: int) -> None:
    order = less(an_order().with_line("A", 1, 1000, taxes=(VAT,)), Fee(code="odd", amount=amount, tax=tax)).build()
    assert (order.totals.total, order.totals.tax) == (total, 200)
    assert all(fee.amount >= 0 and fee.tax == 0 for fee in order.fees)


def test_an_order_cannot_be_deducted_below_nothing() -> None:
    new = replace(an_order().with_line("A", 1, 1000, taxes=(VAT,)).new, fees=(credit(1001, 200),))
    with pytest.raises(Refusal) as refused:
        accept(new, "ord_1", "key")
    assert refused.value.code == "negative-total"


def test_a_fee_above_zero_stays_a_fee() -> None:
    wrap = Fee(code="gift-wrap", amount=300, tax=60)
    assert less(two_lines(), wrap).build().fees == (wrap,)


@given(orders())
def test_no_amount_of_an_order_that_comes_in_is_negative(order: Order) -> None:
    for line in order.lines:
        assert min(line.net, line.total, *(each.amount for each in (*line.discounts, *line.taxes))) >= 0
    assert min(order.shipping.price, order.shipping.tax, *(min(fee.amount, fee.tax) for fee in order.fees), 0) >= 0


@given(
    st.lists(st.tuples(st.integers(0, 9999), st.sampled_from(["0", "0.07", "0.19"])), min_size=1, max_size=4),
    st.integers(0, 10**6),
    st.booleans(),
)
def test_shares_sum_to_the_deduction_and_proportional_tax_stays_proportional(
    prices: list[tuple[int, str]], off: int, included: bool
) -> None:
    builder = an_order()
    for price, rate in prices:
        builder = builder.with_line(
            "A", 1, price, taxes=(NewTax(name="VAT", rate=Decimal(rate)),), tax_included=included
        )
    plain = builder.build()
    net, tax = plain.totals.total - sum(line.tax for line in plain.lines), sum(line.tax for line in plain.lines)
    amount = off % (net + 1)
    of_tax = amount * tax // net if net else 0
    order = less(builder, credit(amount, of_tax)).build()
    assert order.totals.total == plain.totals.total - amount - of_tax
    assert sum(line.tax for line in order.lines) == tax - of_tax
    for line, was in zip(order.lines, plain.lines, strict=True):
        assert line.tax <= was.tax
        assert abs((was.net - line.net) * net - amount * was.net) <= (2 if included else 1) * net + was.net


# ------------------------------------------------------------------------------------------------------- when it moves


def test_cancelling_a_line_gives_back_what_was_paid_for_it_and_no_more() -> None:
    planned = change(less(two_lines(), credit(2200, 440)).build(), CancelLine(line_id="l1"))
    assert (planned.after.totals.total, planned.after.totals.tax) == (672, 112)
    assert [refund.amount for refund in planned.plan.refunds] == [2688]


def test_units_one_by_one_end_where_all_together_end() -> None:
    order = less(an_order().with_line("A", 3, 333, taxes=(VAT,)), credit(100, 19)).build()
    one_by_one = change(
        change(order, SetQuantity(line_id="l1", quantity=2)).after, SetQuantity(line_id="l1", quantity=1)
    )
    assert one_by_one.after.totals.total == change(order, SetQuantity(line_id="l1", quantity=1)).after.totals.total
    assert change(order, CancelLine(line_id="l1")).after.totals.total == 0


def test_units_that_are_added_carry_no_part_of_a_deduction() -> None:
    order = less(an_order().with_line("A", 1, 1000, taxes=(VAT,)), credit(100, 20)).build()
    assert change(order, SetQuantity(line_id="l1", quantity=2)).plan.delta == 1200


@pytest.mark.parametrize(("tax", "after"), [(20, (1900, 380)), (0, (1900, 400))])
def test_another_price_is_taxed_on_what_a_deduction_with_tax_leaves_and_on_all_where_it_had_none(
    tax: int, after: tuple[int, int]
) -> None:
    order = less(an_order().with_line("A", 1, 1000, taxes=(VAT,)), credit(100, tax)).build()
    [line] = change(order, SetUnitPrice(line_id="l1", unit_price=Money(amount=2000, currency="USD"))).after.lines
    assert (line.net, line.tax) == after


def test_another_jurisdiction_taxes_what_a_deduction_without_tax_took_off() -> None:
    order = less(an_order().with_line("A", 1, 1000, taxes=(VAT,)), credit(100)).build()
    moved = change(order, SetShippingAddress(address=replace(HOME, region="CA", postal_code="90001")))
    assert moved.after.lines[0].tax == 73  # 7.25 % of 10.00


# ------------------------------------------------------------------- orders that came before deductions were shared out


def stored(*fees: Fee) -> Order:
    order = two_lines().paid(3360).build()
    return replace(order, fees=fees)


def test_a_stored_deduction_takes_off_no_more_than_there_is_neither_price_nor_tax() -> None:
    after = change(stored(credit(2200, 440)), CancelLine(line_id="l1")).after
    assert (after.totals.total, after.totals.tax) == (0, 0)
    after = change(replace(stored(credit(5, 1)), lines=an_order().with_line("A", 2, 1000, **FREE).build().lines),
                   CancelLine(line_id="l1", quantity=1)).after  # fmt: skip
    assert (after.totals.total, after.totals.tax) == (994, 0)


def test_a_stored_deduction_stays_as_it_is_while_there_is_enough() -> None:
    order = stored(credit(100, 20))
    assert change(order, CancelLine(line_id="l1")).after.fees == order.fees


# ------------------------------------------------------------------------------------------------ asserted in the plan


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (lambda order: replace(order, fees=(credit(9999),)), "the order"),
        (lambda order: replace(order, fees=(Fee(code="odd", amount=9999, tax=-9999),)), "the order"),
        (lambda order: replace(order, shipping=Shipping(price=-1, unrated=2)), "shipping"),
        (lambda order: replace(order, shipping=Shipping(price=2, unrated=-1)), "shipping"),
        (lambda order: replace(order, lines=(replace(order.lines[0], gross=-1), *order.lines[1:])), "line l1"),
    ],
)
def test_a_plan_in_which_anything_is_below_zero_is_never_made(broken: object, what: str) -> None:
    planned = change(two_lines().paid().build(), SetUnitPrice(line_id="l1", unit_price=Money(amount=1, currency="USD")))
    after = broken(planned.after)  # type: ignore[operator]
    changes = [replace(each, after=after.lines[0]) for each in planned.plan.lines]
    with pytest.raises(Refusal, match=f"outcome-below-zero: .*{what}"):
        check_not_below_zero(after, after.totals, changes)


def test_no_plan_is_made_of_an_order_that_stays_below_zero() -> None:
    order = replace(two_lines().paid().build(), shipping=Shipping(method="their-own", price=-1, unrated=1))
    with pytest.raises(Refusal, match="outcome-below-zero"):
        change(order, CancelLine(line_id="l1"))
