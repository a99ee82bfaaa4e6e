"""A line that is added with dates has charges: its product's, given ones, or what a price for its term comes to."""

from dataclasses import replace
from datetime import date

import pytest

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.order.charges import GivenCharge
from shared.domain.order.line_price import Charge
from shared.domain.order.order import Order
from shared.domain.order.product import Catalogue, Product, ProductCharge
from shared.domain.planning.edits import AddLine, CancelUnits, Edit, Money, SetQuantity
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.policy.subjects import Role
from tests.fakes.builders import an_order, noon

POLICY = ShippedPolicies().current()
TODAY = date(2026, 11, 30)
START, END = date(2026, 5, 1), date(2027, 4, 30)
SEAT = ProductCharge(charge_id="seat", type="recurring", period="month", price={"USD": 3000, "EUR": 2800})
SETUP = ProductCharge(charge_id="setup", type="one_time", price={"USD": 9900})
ONE_PRICE = Product(sku="PRO", title="Pro", list_price={"USD": 36000})
PRO = Product(sku="PRO", title="Pro", charges=(SETUP, SEAT))


def add(quantity: int = 1, **more: object) -> AddLine:
    dates: dict[str, object] = {"start_date": START, "end_date": END}
    return AddLine(sku="PRO", quantity=quantity, **(dates | more))  # type: ignore[arg-type]


def usd(amount: int) -> Money:
    return Money(amount=amount, currency="USD")


def given(price: Money, charge_id: str = "seat") -> tuple[GivenCharge, ...]:
    return (GivenCharge(charge_id=charge_id, type="recurring", period="month", price=price),)


def an_a() -> Order:
    order = an_order().with_line("A", 1, 1000, taxes=()).paid().build()
    return replace(
        order, placed_at=noon(TODAY), shipping_address=replace(order.shipping_address, region="OR", postal_code="97201")
    )


def change(
    order: Order, *edits: Edit, product: Product | None = ONE_PRICE, on: date = TODAY, role: Role = "agent"
) -> Planned:
    known = Catalogue(products={product.sku: product} if product else {})
    reason = {"reason_code": "customer_request"}
    return plan(
        order, edits, PlanContext(kind=edits[0].kind, role=role, policy=POLICY, catalogue=known, now=noon(on), **reason)
    )  # type: ignore[arg-type]


def codes(planned: Planned) -> list[tuple[str, str]]:
    return [(each.code, each.pointer) for each in planned.plan.violations]


def charges(planned: Planned) -> tuple[Charge, ...]:
    return planned.after.lines[-1].charges


def test_a_line_that_is_added_with_dates_is_cancelled_as_a_subscription() -> None:
    """360.00 for a year, of which seven months are used: 150.00 goes back."""
    added = change(an_a(), add(unit_price=usd(36000)))
    assert (codes(added), added.plan.amount_due) == ([], 36000)
    order = replace(
        added.after, payments=tuple(replace(each, captured=37000, authorised=37000) for each in added.after.payments)
    )
    cancelled = change(order, CancelUnits(line_id=added.after.lines[-1].line_id))
    assert [refund.amount for refund in cancelled.plan.refunds] == [15000]
    assert [each.stage for each in cancelled.plan.cancelled] == ["running"]


@pytest.mark.parametrize(
    ("price", "end", "period", "each"),
    [
        (36000, END, "month", 3000),
        (49900, END, "quarter", 12475),
        (49901, END, "year", 49901),
        (1000, date(2026, 5, 31), "month", 1000),
        (0, END, "month", 0),
    ],
)
def test_a_price_for_a_whole_term_is_a_price_by_the_month_or_else_by_a_longer_period(
    price: int, end: date, period: str, each: int
) -> None:
    added = change(an_a(), add(unit_price=usd(price), end_date=end))
    assert [(charge.period, charge.price) for charge in charges(added)] == [(period, each)]
    assert (added.after.lines[-1].unit_price, added.after.lines[-1].gross) == (0, price)


def test_a_price_that_is_none_by_any_period_is_refused() -> None:
    for end, price in ((date(2027, 4, 15), 36000), (date(2026, 11, 30), 1000)):
        assert codes(change(an_a(), add(unit_price=usd(price), end_date=end))) == [
            ("charges-unknown", "/edits/0/unit_price")
        ]


def test_a_list_price_is_not_taken_for_that_of_a_term() -> None:
    assert codes(change(an_a(), add())) == [("charges-unknown", "/edits/0")]
    once = Product(sku="PRO", list_price={"USD": 36000}, charges=(SETUP,))
    assert codes(change(an_a(), add(), product=once)) == [("charges-unknown", "/edits/0")]


def test_a_product_s_charges_are_those_of_the_line() -> None:
    added = change(an_a(), add(2), product=PRO)
    assert (codes(added), added.plan.amount_due) == ([], 9900 + 2 * 12 * 3000)
    assert charges(added) == (
        Charge(charge_id="setup", type="one_time", price=9900),
        Charge(charge_id="seat", type="recurring", period="month", price=3000),
    )
    more = change(added.after, SetQuantity(line_id=added.after.lines[-1].line_id, quantity=3), product=PRO)
    assert more.plan.delta == 5 * 3000 + 100  # and a day of thirty
    assert codes(change(an_a(), add(), product=PRO, role="customer")) == []


def test_a_product_without_a_charge_in_the_order_s_currency_is_refused() -> None:
    abroad = replace(PRO, charges=(replace(SEAT, price={"EUR": 2800}),))
    assert codes(change(an_a(), add(), product=abroad)) == [("price-unknown", "/edits/0/sku")]


def test_what_is_sold_by_the_period_needs_dates_and_what_has_no_period_needs_none() -> None:
    undated = {"start_date": None, "end_date": None}
    assert codes(change(an_a(), add(**undated), product=PRO)) == [("missing-dates", "/edits/0")]
    assert codes(change(an_a(), add(**undated))) == []


def test_charges_are_given_by_whoever_may_give_prices() -> None:
    by_hand = add(charges=given(usd(2500)))
    added = change(an_a(), by_hand, product=replace(PRO, charges=(SEAT,)))
    assert (codes(added), [charge.price for charge in charges(added)]) == ([], [2500])
    assert added.plan.approvals == ()
    assert codes(change(an_a(), by_hand, product=PRO, role="customer")) == [("not-eligible", "/edits/0/charges")]


def test_a_charge_far_from_the_product_s_own_or_unlisted_needs_an_approval() -> None:
    far = change(an_a(), add(charges=given(usd(1000))), product=PRO).plan
    assert ["floor" in each.because for each in far.approvals] == [True]
    unlisted = change(an_a(), add(charges=given(usd(3000), "other")), product=PRO).plan
    assert ["no list price" in each.because for each in unlisted.approvals] == [True]


def test_a_charge_in_another_currency_is_refused() -> None:
    other = add(charges=given(Money(amount=3000, currency="EUR")))
    assert codes(change(an_a(), other, product=PRO)) == [("other-currency", "/edits/0/charges/0/price/currency")]


def test_the_digest_tells_by_which_charges_an_added_line_is_sold() -> None:
    monthly, yearly = given(usd(3000)), (replace(given(usd(36000))[0], period="year"),)
    plans = [change(an_a(), add(charges=each), product=None).plan for each in (monthly, yearly)]
    assert plans[0].totals_after == plans[1].totals_after
    assert plans[0].digest != plans[1].digest


def test_an_added_line_that_has_begun_goes_whole_on_the_day_and_stops_later() -> None:
    added = change(an_a(), add(), product=PRO)
    undo = restoration("chg_1", added.plan, TODAY)
    assert change(added.after, undo, product=PRO).after.lines[-1].quantity == 0
    assert change(added.after, undo, product=PRO).after.totals.total == 1000
    later = change(added.after, undo, product=PRO, on=date(2027, 1, 31))
    assert (later.after.lines[-1].quantity, later.after.totals.total) == (1, 1000 + 9900 + 9 * 3000)
