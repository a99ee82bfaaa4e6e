"""A running line becomes another product from a day on: what it used as the former one stays paid."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.policy_file import ShippedPolicies
from shared.domain import money
from shared.domain.intake.new_order import NewLineDiscount, NewTax
from shared.domain.money.proration import periods
from shared.domain.order.line_history import FormerProduct, JoinedUnits
from shared.domain.order.line_price import Charge
from shared.domain.order.order import Order
from shared.domain.order.product import Catalogue, Product, ProductCharge
from shared.domain.planning.edits import CancelLine, CancelUnits, Edit, ReplaceSku, SetDates, SetDiscount, SetQuantity
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from tests.fakes.builders import an_order, noon

POLICY = ShippedPolicies().current()
TODAY = date(2026, 11, 30)
START = TODAY - timedelta(days=30)
END = date(2027, 10, 30)
YEARLY = Charge(charge_id="fee", type="recurring", period="year", price=49900)


def yearly(sku: str, price: int, **more: object) -> Product:
    charge = ProductCharge(charge_id="fee", type="recurring", period="year", price={"USD": price})
    return Product(sku=sku, title=sku.title(), **({"charges": (charge,)} | more))  # type: ignore[arg-type]


PRODUCTS = {
    product.sku: product
    for product in (
        yearly("BASIC", 49900), yearly("PRO", 99800), yearly("LITE", 20000), yearly("SAME", 36500), yearly("FREE", 0),
        yearly("BOOK", 99800, tax_category="books"), Product(sku="MUG", list_price={"USD": 900}),
        yearly("ABROAD", 1, charges=(ProductCharge(charge_id="fee", type="recurring", period="year"),)),
        yearly("SETUP", 99800, list_price={"USD": 700}),
    )
}  # fmt: skip


def basic(quantity: int = 1, **more: object) -> Order:
    """A year of BASIC at 499.00, paid, of which 30 days are used today."""
    line: dict[str, object] = {"charges": (YEARLY,), "taxes": (), "start_date": START, "end_date": END, **more}
    order = an_order().with_line("BASIC", quantity, 0, line_id="s", **line).paid().build()
    return replace(order, placed_at=noon(START))


def change(order: Order, *edits: Edit, on: date | None = TODAY) -> Planned:
    context = PlanContext(
        kind=edits[0].kind, role="agent", policy=POLICY, reason_code="customer_request",
        catalogue=Catalogue(products=PRODUCTS), now=noon(on) if on else None,
    )  # fmt: skip
    return plan(order, edits, context)


def codes(planned: Planned) -> list[tuple[str, str]]:
    return [(each.code, each.pointer) for each in planned.plan.violations]


def to(sku: str) -> ReplaceSku:
    return ReplaceSku(line_id="s", with_sku=sku)


def used(price: int, first: date, last: date) -> int:
    """Minor units of so many days of a year."""
    exact = price * periods(first, last, "year")
    return money.divide(exact.numerator, exact.denominator)


def test_an_upgrade_in_the_middle_of_a_term_is_one_edit_and_costs_the_rest_of_it() -> None:
    """499.00 × 30/365 are used, 41.01; 998.00 × 335/365 are the rest, 915.97; 499.00 are paid."""
    up = change(basic(), to("PRO"))
    line = up.after.lines[0]
    assert (codes(up), up.plan.amount_due, line.gross) == ([], 45798, 4101 + 91597)
    assert (line.sku, line.title, line.start_date, line.end_date) == ("PRO", "Pro", START, END)
    assert line.charges == (replace(YEARLY, price=99800),)
    assert line.joined == (JoinedUnits(quantity=1, start_date=TODAY),)
    assert line.formerly == (FormerProduct(sku="BASIC", end_date=TODAY - timedelta(days=1), amount=4101),)
    assert up.plan.changed == ("quantity", "price", "dates")


def test_the_plan_shows_the_arithmetic_of_both_products() -> None:
    shown = change(basic(), to("PRO")).plan.proration
    assert [(each.periods_before, each.periods_after, each.amount_before, each.amount_after) for each in shown] == [
        ("1", "0 + 6/73", 49900, 4101), ("0", "1 × (0 + 67/73)", 0, 91597),
    ]  # fmt: skip
    assert {each.rule for each in shown} == {"periods_then_days"}


def test_a_downgrade_gives_back_the_difference_for_the_rest_of_the_term() -> None:
    down = change(basic(), to("LITE"))
    assert sum(refund.amount for refund in down.plan.refunds) == 49900 - 4101 - used(20000, TODAY, END)


def test_an_upgraded_line_that_stops_gives_back_what_was_not_used_of_the_new_product() -> None:
    order = change(basic(), to("PRO")).after
    for edit in (CancelLine(line_id="s"), CancelUnits(line_id="s")):
        stopped = change(order, edit, on=TODAY + timedelta(days=9))
        assert stopped.after.totals.total == 4101 + used(99800, TODAY, TODAY + timedelta(days=9))


def test_an_upgrade_that_is_undone_on_the_same_day_leaves_the_order_as_it_was() -> None:
    first = change(basic(2), to("PRO"))
    back = change(first.after, restoration("chg_1", first.plan, TODAY))
    assert (codes(back), [replace(line, since=1) for line in back.after.lines]) == ([], list(basic(2).lines))


def test_an_upgrade_that_is_undone_later_pays_what_each_product_was_used() -> None:
    first, later = change(basic(), to("PRO")), TODAY + timedelta(days=10)
    back = change(first.after, restoration("chg_1", first.plan, TODAY), on=later)
    line = back.after.lines[0]
    assert (codes(back), line.sku, line.charges) == ([], "BASIC", (YEARLY,))
    assert [each.sku for each in line.formerly] == ["BASIC", "PRO"]
    days_of_pro = used(99800, TODAY, later - timedelta(days=1))
    assert line.gross == 4101 + days_of_pro + used(49900, later, END)
    assert back.after.totals.total <= first.after.totals.total


@pytest.mark.parametrize("days", [0, 10])
def test_the_undo_of_an_upgrade_charges_no_setup_a_second_time(days: int) -> None:
    setup = Charge(charge_id="setup", type="one_time", price=5000)
    first = change(basic(charges=(replace(YEARLY, price=36500), setup)), to("SAME"))
    back = change(first.after, restoration("chg_1", first.plan, TODAY), on=TODAY + timedelta(days=days))
    assert (codes(back), back.after.totals.total, back.plan.amount_due) == ([], 41500, 0)


def test_the_undo_of_an_upgrade_of_which_nothing_was_used_charges_its_setup_once() -> None:
    setup = Charge(charge_id="setup", type="one_time", price=5000)
    first = change(basic(charges=(replace(YEARLY, price=36500), setup)), to("SAME"), on=START)
    back = change(first.after, restoration("chg_1", first.plan, START), on=START + timedelta(days=10))
    assert (codes(first), codes(back), back.after.totals.total) == ([], [], 41500)


def test_a_product_that_was_chosen_for_nothing_of_the_day_costs_nothing() -> None:
    """Basic becomes Pro, and on the same day Lite, or Basic again."""
    pro = change(basic(), to("PRO")).after
    assert change(pro, to("LITE")).after.lines[0].formerly == pro.lines[0].formerly
    assert change(pro, to("BASIC")).after.totals.total == 49900


def test_a_line_that_has_not_begun_and_a_plan_without_a_clock_become_the_other_product_whole() -> None:
    for on in (START, START - timedelta(days=5), None):
        up = change(basic(), to("PRO"), on=on)
        assert (up.plan.amount_due, up.after.lines[0].formerly, up.after.lines[0].joined) == (49900, (), ())


def test_units_that_join_with_the_upgrade_or_after_it_cost_the_rest_at_the_new_price() -> None:
    together = change(basic(), SetQuantity(line_id="s", quantity=3), to("PRO"))
    assert together.after.totals.total == 4101 + money.divide(3 * 99800 * 335, 365)
    other_way = change(basic(), to("PRO"), SetQuantity(line_id="s", quantity=3))
    assert other_way.plan.digest == together.plan.digest
    later = TODAY + timedelta(days=35)
    more = change(change(basic(), to("PRO")).after, SetQuantity(line_id="s", quantity=2), on=later)
    assert more.plan.amount_due == pytest.approx(used(99800, later, END), abs=1)


def test_seats_that_left_before_an_upgrade_stay_paid() -> None:
    fewer = change(basic(3), SetQuantity(line_id="s", quantity=1), on=TODAY - timedelta(days=10)).after
    up = change(fewer, to("PRO")).after
    exact = 49900 * (
        2 * periods(START, TODAY - timedelta(days=10), "year") + periods(START, TODAY - timedelta(days=1), "year")
    )
    assert up.lines[0].formerly[0].amount == money.divide(exact.numerator, exact.denominator)
    assert up.lines[0].ended == ()


def test_dates_that_move_after_an_upgrade_move_the_new_product_alone() -> None:
    up = change(basic(), to("PRO")).after
    longer = change(up, SetDates(line_id="s", end_date=TODAY + timedelta(days=364)))
    assert longer.after.totals.total == 4101 + 99800


def test_discounts_and_taxes_go_with_an_upgrade() -> None:
    discounts = (NewLineDiscount(type="percent", percent=Decimal(10)), NewLineDiscount(type="amount", amount=1000))
    order = basic(discounts=discounts, taxes=(NewTax(name="VAT", rate=Decimal("0.20")),))
    line = change(order, to("PRO")).after.lines[0]
    assert [each.amount for each in line.discounts] == [9570, 1000]
    assert line.tax == money.rate_of(95698 - 10570, Decimal("0.20"))


def test_what_a_product_costs_once_is_paid_with_it_and_not_given_back() -> None:
    setup = change(basic(), to("SETUP")).after.lines[0]
    assert (setup.unit_price, setup.gross) == (700, 4101 + 700 + 91597)


@pytest.mark.parametrize(
    ("edit", "order", "code", "pointer"),
    [
        (to("MUG"), basic(), "sku-has-charges", "/edits/0"),
        (to("ABROAD"), basic(), "price-unknown", "/edits/0/with_sku"),
        (to("NOBODY-KNOWS"), basic(), "price-unknown", "/edits/0/with_sku"),
        (to("BOOK"), basic(), "sku-taxed-otherwise", "/edits/0"),
        (to("PRO"), basic(charges=(), start_date=None, end_date=None), "missing-dates", "/edits/0"),
        (to("PRO"), basic(charges=()), "charges-unknown", "/edits/0"),
        (to("PRO"), basic(end_date=TODAY), "subscription-ended", "/edits/0"),
    ],
)
def test_a_line_that_cannot_become_a_product_is_refused_by_name(
    edit: Edit, order: Order, code: str, pointer: str
) -> None:
    assert codes(change(order, edit)) == [(code, pointer)]


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["BASIC", "PRO", "LITE"])), min_size=1, max_size=6),
    st.integers(0, 60),
)
def test_ending_after_any_history_of_products_leaves_what_each_was_used(
    steps: list[tuple[int, str]], last: int
) -> None:
    order, today, spans = basic(), START + timedelta(days=1), [("BASIC", START)]
    for days, wanted in steps:
        today += timedelta(days=days)
        if wanted == spans[-1][0]:
            continue
        planned = change(order, to(wanted), on=today)
        assert codes(planned) == []
        order = planned.after
        spans = [span for span in spans if span[1] < today]  # nothing of the day itself is used
        spans += [(wanted, today)] if spans[-1][0] != wanted else []
        assert order.totals.total == spent(spans, END)
    stopped = today + timedelta(days=last)
    assert change(order, CancelLine(line_id="s"), on=stopped).after.totals.total == spent(spans, stopped)


def spent(spans: Sequence[tuple[str, date]], end: date) -> int:
    """Minor units of products from one day to the day before the next, or to the end."""
    ends = [day - timedelta(days=1) for _, day in spans[1:]] + [end]
    prices = {sku: PRODUCTS[sku].charges[0].price["USD"] for sku in ("BASIC", "PRO", "LITE")}
    return sum(used(prices[sku], day, last) for (sku, day), last in zip(spans, ends, strict=True))


# --------------------------------------------------------------------------------- what was given away of it before


def floors(planned: Planned) -> list[str]:
    return [each.because for each in planned.plan.approvals if "floor" in each.because]


def test_a_discount_given_before_an_upgrade_counts_on_in_the_middle_of_a_term() -> None:
    """Half of 499.00 was given, and approved; half of 998.00 is asked about again, as is what it becomes next."""
    half = change(basic(), SetDiscount(line_id="s", type="percent", value="50")).after
    up = change(half, to("PRO"))
    assert "The price of PRO, " in floors(up)[0]
    assert "The price of LITE, " in floors(change(up.after, to("LITE")))[0]
    assert "The price of LITE, " in floors(change(up.after, to("LITE"), on=TODAY + timedelta(days=30)))[0]


def test_an_upgrade_without_a_discount_asks_nobody_about_its_price() -> None:
    assert floors(change(basic(), to("PRO"))) == []
    came = basic(discounts=(NewLineDiscount(type="percent", percent=Decimal(50)),))
    assert floors(change(came, to("PRO"))) == []


def test_a_discount_given_together_with_an_upgrade_is_measured_by_the_other_product() -> None:
    both = change(basic(), SetDiscount(line_id="s", type="percent", value="50"), to("PRO"))
    assert both.plan.approvals != ()
    assert "The price of LITE, " in floors(change(both.after, to("LITE")))[0]
