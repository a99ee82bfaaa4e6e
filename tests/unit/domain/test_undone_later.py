"""An undo on a later day: what was used since stays paid, and what comes back counts from that day on."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import money
from shared.domain.intake.new_order import NewLineDiscount, NewTax
from shared.domain.money.proration import periods
from shared.domain.order.line_history import EndedUnits, JoinedUnits
from shared.domain.order.order import Order
from shared.domain.planning.edits import CancelLine, CancelOrder, Edit, SetDates
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import Planned
from tests.unit.domain import test_upgrades as upgrades
from tests.unit.domain.test_seats_in_time import END, MONTHLY, START, TODAY, change, codes, seats, to, undone

LATER = TODAY + timedelta(days=32)
"""The first day of January: December was not used."""


def gone_and_back(order: Order, *edits: Edit, made: date = TODAY, on: date = LATER) -> Planned:
    return undone(order, change(order, *edits, on=made), made=made, on=on)


@pytest.mark.parametrize("edit", [CancelLine(line_id="s"), CancelOrder(), SetDates(line_id="s", end_date=TODAY)])
def test_a_subscription_that_stopped_and_goes_on_is_not_charged_for_the_days_between(edit: Edit) -> None:
    back = gone_and_back(seats(), edit)
    line = back.after.lines[0]
    assert (codes(back), line.quantity, line.end_date) == ([], 3, END)
    assert (line.ended, line.joined) == (
        (EndedUnits(quantity=3, start_date=START, end_date=TODAY),),
        (JoinedUnits(quantity=3, start_date=LATER),),
    )
    assert line.gross == 3 * 11 * 1000


def test_the_plan_of_the_undo_shows_the_days_between_in_its_arithmetic() -> None:
    [shown] = gone_and_back(seats(), CancelLine(line_id="s")).plan.proration
    assert (shown.periods_after, shown.amount_after) == ("3 × 5 + 3 × 6", 33000)


def test_what_is_not_charged_takes_its_share_of_discount_and_tax_with_it() -> None:
    order = seats(
        1, discounts=(NewLineDiscount(type="amount", amount=2400),), taxes=(NewTax(name="V", rate=Decimal("0.1")),)
    )
    line = gone_and_back(order, CancelLine(line_id="s")).after.lines[0]
    assert (line.gross, line.discount, line.tax) == (11000, 2200, 880)


def test_seats_that_joined_and_left_before_the_stop_keep_what_they_used() -> None:
    order = change(seats(3), to(5), on=date(2026, 9, 1)).after
    order = change(order, to(4), on=date(2026, 9, 30)).after
    line = gone_and_back(order, CancelLine(line_id="s")).after.lines[0]
    assert line.quantity == 4
    assert line.gross == (3 * 6 + 1 * 3 + 1 * 1 + 4 * 5) * 1000


def test_a_subscription_that_stopped_yesterday_goes_on_as_if_it_had_not() -> None:
    order = seats()
    back = gone_and_back(order, CancelLine(line_id="s"), on=TODAY + timedelta(days=1))
    assert replace(back.after.lines[0], since=1) == order.lines[0]


def test_units_that_went_before_they_began_come_back_from_the_day_of_the_undo() -> None:
    order, before = seats(), START - timedelta(days=10)
    line = gone_and_back(order, CancelLine(line_id="s"), made=before).after.lines[0]
    assert (line.quantity, line.joined, line.gross) == (3, (JoinedUnits(quantity=3, start_date=LATER),), 15000)


@pytest.mark.parametrize(("on", "months"), [(date(2026, 9, 1), 9), (date(2026, 7, 1), 11)])
def test_a_start_that_was_put_off_charges_none_of_the_days_between_when_it_is_undone(on: date, months: int) -> None:
    """It was to start on the first of August: whoever undoes that afterwards has used it since August, or not yet."""
    put_off = SetDates(line_id="s", start_date=date(2026, 8, 1))
    line = gone_and_back(seats(1), put_off, made=START - timedelta(days=10), on=on).after.lines[0]
    assert (line.start_date, line.gross) == (START, (10 if on > date(2026, 8, 1) else months) * 1000)


@pytest.mark.parametrize("until", [END, END + timedelta(days=90), date(2026, 9, 30)])
def test_units_whose_start_was_put_off_bear_what_was_agreed_for_them_when_that_is_undone(until: date) -> None:
    """10.00 a month for a year less 24.00 and with 10 %: the two months that it did not run take their share along."""
    order = seats(
        1, discounts=(NewLineDiscount(type="amount", amount=2400),), taxes=(NewTax(name="V", rate=Decimal("0.1")),)
    )
    put_off = SetDates(line_id="s", start_date=date(2026, 8, 1), end_date=until)
    line = gone_and_back(order, put_off, made=START - timedelta(days=10), on=date(2026, 12, 1)).after.lines[0]
    ran = 10 if until >= END else 8
    assert (line.gross, line.discount, line.tax) == (ran * 1000, ran * 200, ran * 80)


def test_an_undo_before_anything_was_missed_leaves_the_line_as_it_was() -> None:
    order, before = seats(), START - timedelta(days=10)
    for edit in (CancelLine(line_id="s"), to(1), SetDates(line_id="s", start_date=date(2026, 8, 1))):
        back = gone_and_back(order, edit, made=before, on=START)
        assert (codes(back), replace(back.after.lines[0], since=1)) == ([], order.lines[0])


def test_a_term_that_is_over_by_the_time_of_the_undo_costs_no_more() -> None:
    stopped = change(seats(), CancelLine(line_id="s")).after
    line = gone_and_back(seats(), CancelLine(line_id="s"), on=END + timedelta(days=30)).after.lines[0]
    assert line.gross == stopped.lines[0].gross


def test_a_stop_that_came_back_can_stop_again_and_come_back_again() -> None:
    order = gone_and_back(seats(), CancelLine(line_id="s")).after
    again = gone_and_back(order, CancelLine(line_id="s"), made=date(2027, 1, 31), on=date(2027, 3, 1))
    assert (codes(again), again.after.lines[0].gross) == ([], 3 * 10 * 1000)


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(
    st.integers(1, 5), st.integers(1, 300), st.integers(1, 200), st.sampled_from(["month", "quarter", "year"]),
    st.sampled_from([1, 7, 333, 99_999]),
)  # fmt: skip
def test_whenever_it_goes_on_each_seat_pays_what_it_used_and_what_is_to_come(
    quantity: int, day: int, days: int, period: str, price: int
) -> None:
    stop, on = START + timedelta(days=day), START + timedelta(days=day + days)
    order = seats(quantity, charges=(replace(MONTHLY, price=price, period=period),))
    back = gone_and_back(order, CancelLine(line_id="s"), made=stop, on=on)
    spans = [(START, END)] if days == 1 else [(START, stop), (on, END)]
    exact = sum((quantity * price * periods(*span, period) for span in spans), Fraction(0))  # type: ignore[arg-type]
    assert (codes(back), back.after.totals.total) == ([], money.divide(exact.numerator, exact.denominator))


def test_units_that_left_on_the_day_of_an_upgrade_keep_that_day_when_they_come_back() -> None:
    order = upgrades.change(upgrades.basic(3), upgrades.to("PRO")).after
    fewer = upgrades.change(order, to(1))
    on = TODAY + timedelta(days=10)
    back = upgrades.change(fewer.after, restoration("chg_1", fewer.plan, TODAY), on=on).after.lines[0]
    assert back.quantity == 3
    assert back.formerly == fewer.after.lines[0].formerly != order.lines[0].formerly
