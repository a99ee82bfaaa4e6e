"""A running line keeps net what it used as a former product: its share of each discount and of the tax charged."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import money
from shared.domain.intake.new_order import NewLineDiscount, NewTax
from shared.domain.order import pricing
from shared.domain.order.formerly import rest_of, with_former
from shared.domain.order.line import Line
from shared.domain.order.line_history import Basis, FormerProduct
from shared.domain.order.line_price import Charge, LineDiscount, Tax
from shared.domain.order.order import Order
from shared.domain.order.party import Address
from shared.domain.planning.edits import (
    CancelLine,
    Edit,
    ReplaceSku,
    SetDates,
    SetDiscount,
    SetQuantity,
    SetShippingAddress,
)
from shared.domain.planning.edits.restore import restoration
from tests.unit.domain.test_upgrades import END, TODAY, YEARLY, basic, change, codes, to, used

VAT = NewTax(name="VAT", rate=Decimal("0.20"))
SETUP = Charge(charge_id="setup", type="one_time", price=5000)


def off(amount: int) -> NewLineDiscount:
    return NewLineDiscount(type="amount", amount=amount)


def percent(value: str) -> NewLineDiscount:
    return NewLineDiscount(type="percent", percent=Decimal(value))


def content(order: Order) -> object:
    """The line as far as money and later changes go."""
    return replace(order.lines[0], since=1)


def test_a_downgrade_keeps_what_was_used_net_of_its_share_of_a_fixed_discount() -> None:
    """499.00 less 400.00 for the year: 30 days are 41.01 less 32.87, and 99.00 − 8.14 come back."""
    down = change(basic(discounts=(off(40000),)), to("FREE"))
    line = down.after.lines[0]
    assert (codes(down), sum(refund.amount for refund in down.plan.refunds)) == ([], 9086)
    assert (line.gross, line.discount, line.total) == (4101, 4101 - 814, 814)


def test_the_rest_of_a_fixed_discount_goes_with_the_rest_of_the_term() -> None:
    line = change(basic(discounts=(off(40000),)), to("PRO")).after.lines[0]
    assert (line.gross, line.discount) == (4101 + 91597, 40000)
    assert line.formerly[0].discounts == (LineDiscount(type="amount", amount=3287),)


def test_what_was_used_keeps_its_share_of_the_tax_actually_charged() -> None:
    """The channel charged 10.00 on 499.00 at 20 %: 30 of 365 days bear 0.82 of it; the rest is taxed by the rate."""
    line = change(basic(taxes=(replace(VAT, amount=1000),)), to("LITE")).after.lines[0]
    rest = used(20000, TODAY, END)
    assert line.formerly[0].taxes == (Tax(name="VAT", rate=Decimal("0.20"), amount=82),)
    assert (line.gross, line.tax) == (4101 + rest, 82 + round(rest * 0.2))


def test_a_tax_that_is_contained_stays_contained_in_what_was_used() -> None:
    line = change(basic(taxes=(VAT,), tax_included=True, discounts=(off(40000),)), to("FREE")).after.lines[0]
    assert (line.total, line.tax) == (814, 136)


def test_percentages_of_what_was_used_stay_and_those_of_the_rest_are_of_its_price() -> None:
    line = change(basic(discounts=(percent("10"), off(1000))), to("PRO")).after.lines[0]
    assert [each.amount for each in line.formerly[0].discounts] == [410, 82]
    assert [each.amount for each in line.discounts] == [410 + 9160, 1000]


def test_what_a_low_price_cut_of_a_discount_is_whole_for_the_rest_of_the_term() -> None:
    order = basic(discounts=(off(40000),))
    lite = change(order, to("LITE"))
    assert lite.after.lines[0].total == 814
    up = change(lite.after, to("PRO"), on=TODAY + timedelta(days=10)).after.lines[0]
    free_days = used(20000, TODAY, TODAY + timedelta(days=9))
    assert (up.total, up.discount) == (4101 + free_days + used(99800, TODAY + timedelta(days=10), END) - 40000, 40000)


def test_ending_an_upgraded_line_gives_back_the_discount_of_the_days_that_are_not_used_alone() -> None:
    order = change(basic(discounts=(off(40000),), taxes=(VAT,)), to("PRO")).after
    on = TODAY + timedelta(days=9)
    line = change(order, CancelLine(line_id="s"), on=on).after.lines[0]
    rest = used(99800, TODAY, on)
    share = round((40000 - 3287) * rest / 91597)
    assert (line.gross, line.discount) == (4101 + rest, 3287 + share)
    assert line.formerly == order.lines[0].formerly


def test_a_discount_that_is_set_on_a_later_day_is_for_the_rest_of_the_term() -> None:
    order = change(basic(discounts=(percent("10"), off(1000))), to("PRO")).after
    set_ = change(order, SetDiscount(line_id="s", type="percent", value="50"), on=TODAY + timedelta(days=3))
    line = set_.after.lines[0]
    assert codes(set_) == []
    assert line.discount == 410 + 82 + 45799
    assert len(line.discounts) == 1


def test_what_was_used_bears_a_discount_and_a_tax_that_the_rest_has_no_more() -> None:
    """They stand in rows of their own, which nothing of the rest bears, whatever becomes of it."""
    up = change(basic(discounts=(percent("50"),), taxes=(VAT,)), to("PRO")).after.lines[0]
    bare = replace(basic().lines[0], basis=pricing.basis_of(basic().lines[0]))
    line = with_former(bare, up.formerly)
    assert [(each.type, each.amount) for each in line.discounts] == [("amount", 2051)]
    assert [(tax.rate, tax.amount) for tax in line.taxes] == [(0, 410)]
    rest = rest_of(line)
    assert (rest.discount, rest.tax) == (0, 0)
    assert with_former(rest, up.formerly) == line
    assert pricing.taxed(pricing.with_quantity(line, 3), ()).net == line.net + 2 * 49900


def test_a_move_taxes_what_was_used_and_the_rest_as_a_move_of_any_running_line() -> None:
    order = change(basic(discounts=(off(40000),), taxes=(VAT,)), to("PRO")).after
    moved = change(order, SetShippingAddress(address=GERMANY), on=TODAY + timedelta(days=3))
    line = moved.after.lines[0]
    assert codes(moved) == []
    assert line.tax == sum(round(net * 0.19) for net in (814, 91597 - 36713))
    assert [tax.amount for tax in line.formerly[0].taxes] == [round(814 * 0.19)]


GERMANY = Address(line1="Weg 1", city="Berlin", country="DE", postal_code="10115")


def test_an_undo_of_a_move_leaves_what_was_used_the_tax_that_it_bore() -> None:
    """The channel charged 10.00 at home, of which what was used bears 0.82; whoever moves and comes back, pays that."""
    order = change(basic(taxes=(replace(VAT, amount=1000),)), to("PRO")).after
    on = TODAY + timedelta(days=3)
    moved = change(order, SetShippingAddress(address=GERMANY), on=on)
    back = change(moved.after, restoration("chg_1", moved.plan, on), on=on + timedelta(days=7))
    assert moved.after.totals.tax != order.totals.tax
    assert (codes(back), content(back.after)) == ([], replace(content(order), upgrade=back.after.lines[0].upgrade))
    assert back.after.totals == order.totals


def test_an_undo_of_a_move_with_an_upgrade_taxes_what_was_used_since_where_the_order_is_again() -> None:
    """Sold at 20 %, abroad for ten days at 19 %: back home all of it bears 20 %, and no row of the tax of abroad."""
    both = change(basic(taxes=(VAT,)), SetShippingAddress(address=GERMANY), to("PRO"))
    later = TODAY + timedelta(days=10)
    line = change(both.after, restoration("chg_1", both.plan, TODAY), on=later).after.lines[0]
    parts = 4101, used(99800, TODAY, later - timedelta(days=1)), used(49900, later, END)
    assert (line.gross, line.tax) == (sum(parts), sum(money.percent_of(part, Decimal(20)) for part in parts))
    assert [tax.name for tax in line.taxes] == ["VAT"]


def test_only_a_discount_that_is_cut_is_made_whole() -> None:
    """26 x 0.01 less 13, 9, 2 and 3, of which 2 had room: of 23 units the second is 7 of a sum, and not 8 by itself."""
    whole = (13, 9, 2, 3)
    taken = tuple(LineDiscount(type="amount", amount=amount) for amount in (13, 9, 2, 2))
    basis = Basis(quantity=26, gross=26, discounts=whole, taxes=())
    line = Line(line_id="s", sku="A", quantity=26, unit_price=1, gross=26, discounts=taken, basis=basis)
    fewer = pricing.with_quantity(line, 23)
    assert [each.amount for each in pricing.uncut(fewer).discounts][:3] == [each.amount for each in fewer.discounts][:3]
    assert fewer.net == 0


def test_a_discount_that_is_whole_again_after_the_term_was_over_is_shared_by_price_and_not_by_units() -> None:
    """2 × 20.00 a year less 60.00: PRO cuts nothing of what LITE could not bear, and a renewal bears what is left."""
    order = change(basic(2, charges=(replace(YEARLY, price=2000),), discounts=(off(4000),)), to("FREE"))
    over = END + timedelta(days=12)
    back = change(order.after, restoration("chg_1", order.plan, TODAY), on=over).after
    renewed = change(back, SetDates(line_id="s", end_date=END + timedelta(days=365)), on=over).after
    fewer = change(renewed, SetQuantity(line_id="s", quantity=1), on=over).after.lines[0]
    assert renewed.lines[0].discount == 4000
    assert fewer.discount > order.after.lines[0].discount


def test_an_upgrade_that_is_undone_later_leaves_each_product_its_part_of_the_discount() -> None:
    first, later = change(basic(discounts=(off(40000),)), to("PRO")), TODAY + timedelta(days=10)
    back = change(first.after, restoration("chg_1", first.plan, TODAY), on=later)
    line = back.after.lines[0]
    pro = used(99800, TODAY, later - timedelta(days=1))
    of_pro = round((40000 - 3287) * pro / 91597)
    assert [each.discounts[0].amount for each in line.formerly] == [3287, of_pro]
    assert (codes(back), line.gross, line.discount) == ([], 4101 + pro + used(49900, later, END), 40000)


def test_a_row_from_before_reads_as_if_nothing_of_discounts_and_taxes_was_used() -> None:
    former = FormerProduct(sku="BASIC", end_date=TODAY - timedelta(days=1), amount=4101)
    up = change(basic(discounts=(off(40000),)), to("PRO")).after
    old = replace(up, lines=(replace(up.lines[0], formerly=(former,), upgrade=None),))
    ended = change(old, CancelLine(line_id="s"), on=TODAY + timedelta(days=9)).after.lines[0]
    assert ended.discount == round(40000 * used(99800, TODAY, TODAY + timedelta(days=9)) / 91597)


# ---------------------------------------------------------------------------------------------- on one and the same day


@pytest.mark.parametrize("between", [(), ("PRO",), ("LITE", "PRO")])
def test_going_back_to_the_very_product_on_the_same_day_leaves_the_line_as_it_was(between: Sequence[str]) -> None:
    order = basic(charges=(replace(YEARLY, price=36500), SETUP), discounts=(off(1000),), taxes=(VAT,))
    now = order
    for sku in ("SAME", *between, "BASIC"):
        now = change(now, to(sku)).after
    assert content(now) == content(order)
    assert now.totals.total == order.totals.total


def test_a_product_that_is_left_on_its_first_day_costs_no_setup() -> None:
    lite = change(change(basic(), to("SETUP")).after, to("LITE")).after
    assert lite.totals.total == 4101 + used(20000, TODAY, END)


DAY_EDITS: dict[str, Edit] = {
    "fewer": SetQuantity(line_id="s", quantity=1),
    "more": SetQuantity(line_id="s", quantity=5),
    "some": CancelLine(line_id="s", quantity=2),
    "longer": SetDates(line_id="s", end_date=END + timedelta(days=90)),
    "shorter": SetDates(line_id="s", end_date=END - timedelta(days=100)),
    "coupon": SetDiscount(line_id="s", type="amount", value="30.00"),
    "percent": SetDiscount(line_id="s", type="percent", value="15"),
    "abroad": SetShippingAddress(address=GERMANY),
}


@pytest.mark.parametrize("name", DAY_EDITS)
@pytest.mark.parametrize("sku", ["PRO", "LITE", "SETUP", "FREE"])
def test_an_edit_and_an_upgrade_on_the_same_day_come_to_the_same_in_either_order(name: str, sku: str) -> None:
    edit, order = DAY_EDITS[name], an_old_order()
    one_way = change(change(order, edit).after, to(sku)).after
    other_way = change(change(order, to(sku)).after, edit).after
    together = change(order, edit, to(sku)).after
    assert unbounded(one_way) == unbounded(other_way) == unbounded(together)


def unbounded(order: Order) -> Line:
    """The line without what bounds later prices: a line that becomes another product is sold anew."""
    line = replace(order.lines[0], since=1, sold=None)
    return replace(line, upgrade=line.upgrade and replace(line.upgrade, sold=None))


@pytest.mark.parametrize("name", DAY_EDITS)
def test_an_edit_between_an_upgrade_and_the_way_back_stays_alone(name: str) -> None:
    edit, order = DAY_EDITS[name], an_old_order()
    now = change(change(change(order, to("PRO")).after, edit).after, to("BASIC")).after
    assert content(now) == content(change(order, edit).after)


def an_old_order() -> Order:
    """Three seats with a discount and a tax of the channel's own, of which one joined ten days ago."""
    order = basic(2, discounts=(percent("10"), off(5000)), taxes=(replace(VAT, amount=15000),), charges=(YEARLY, SETUP))
    return change(order, SetQuantity(line_id="s", quantity=3), on=TODAY - timedelta(days=10)).after


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from([*DAY_EDITS, "PRO", "LITE", "BASIC"])), max_size=6),
    st.integers(0, 40),
    st.booleans(),
)
def test_after_any_history_the_parts_of_a_line_are_the_whole_and_none_is_below_zero(
    steps: list[tuple[int, str]], last: int, included: bool
) -> None:
    order = replace(an_old_order())
    order = replace(order, lines=(replace(order.lines[0], tax_included=included),))
    today = TODAY
    for days, name in [*steps, (last, "end")]:
        today += timedelta(days=days)
        edit = DAY_EDITS.get(name) or (
            CancelLine(line_id="s") if name == "end" else ReplaceSku(line_id="s", with_sku=name)
        )
        planned = change(order, edit, on=today)
        if codes(planned):
            continue
        before, order = order, planned.after
        line = order.lines[0]
        assert min(line.gross, line.discount, line.net, line.tax, line.total) >= 0
        if name == "end":
            assert line.formerly == before.lines[0].formerly or today == before.lines[0].joined[0].start_date
            assert line.total <= before.lines[0].total


def test_an_upgrade_that_is_undone_after_its_term_has_ended_costs_no_more_than_it_did() -> None:
    first = change(basic(), to("PRO"))
    back = change(first.after, restoration("chg_1", first.plan, TODAY), on=END + timedelta(days=12))
    assert (codes(back), back.after.totals.total) == ([], first.after.totals.total)
    assert back.after.lines[0].formerly[-1].end_date == END
