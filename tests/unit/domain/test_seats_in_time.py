"""Units that join or leave a running subscription count from and to that day; what each used stays paid."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.policy_file import ShippedPolicies
from shared.domain import money
from shared.domain.intake.new_order import NewLineDiscount, NewTax
from shared.domain.money.proration import periods
from shared.domain.order.line_history import EndedUnits, JoinedUnits
from shared.domain.order.line_price import Charge
from shared.domain.order.order import Order
from shared.domain.planning.edits import CancelLine, CancelOrder, CancelUnits, Edit, SetDates, SetQuantity
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from tests.fakes.builders import an_order, noon

POLICY = ShippedPolicies().current()
START, END = date(2026, 6, 1), date(2027, 5, 31)
TODAY = date(2026, 11, 30)
MONTHLY = Charge(charge_id="m", type="recurring", period="month", price=1000)


def seats(quantity: int = 3, **more: object) -> Order:
    """Seats at 10.00 a month for a year, paid."""
    line: dict[str, object] = {"taxes": (), "charges": (MONTHLY,), "start_date": START, "end_date": END, **more}
    order = an_order().with_line("SUB", quantity, 0, line_id="s", **line).paid().build()
    return replace(order, placed_at=noon(START))


def change(order: Order, *edits: Edit, on: date | None = TODAY) -> Planned:
    kind = edits[0].kind
    context = PlanContext(kind=kind, role="agent", policy=POLICY, now=noon(on) if on else None)
    if kind == "cancellation":
        context = replace(context, reason_code="customer_request")
    return plan(order, edits, context)


def codes(planned: Planned) -> list[tuple[str, str]]:
    return [(each.code, each.pointer) for each in planned.plan.violations]


def to(quantity: int) -> SetQuantity:
    return SetQuantity(line_id="s", quantity=quantity)


# ----------------------------------------------------------------------------------------------------- more and fewer


def test_more_units_in_mid_term_cost_the_rest_of_the_term() -> None:
    grown = change(seats(), to(5))
    assert (codes(grown), grown.plan.amount_due) == ([], 12129)  # 2 × 10.00 × (6 + 2/31)
    assert grown.after.lines[0].joined == (JoinedUnits(quantity=2, start_date=TODAY),)
    assert change(seats(), to(5), on=date(2026, 12, 1)).plan.amount_due == 12000


def test_a_subscription_that_ends_gives_back_what_was_not_used_of_each_unit() -> None:
    stopped = change(change(seats(), to(5)).after, CancelOrder())
    assert stopped.after.totals.total == 18067  # 3 × 6 × 10.00, and a day of two
    assert [refund.amount for refund in stopped.plan.refunds] == [17933]


def test_a_line_that_does_not_run_yet_and_a_plan_without_a_clock_count_from_the_start() -> None:
    for on in (START, date(2026, 5, 1), None):
        grown = change(seats(), to(5), on=on)
        assert (grown.plan.amount_due, grown.after.lines[0].joined) == (24000, ())


def test_units_that_leave_a_running_line_give_back_what_they_have_not_used() -> None:
    fewer = change(seats(5), to(3))
    line = fewer.after.lines[0]
    assert (codes(fewer), line.quantity, line.ended) == (
        [], 3, (EndedUnits(quantity=2, start_date=START, end_date=TODAY),),
    )  # fmt: skip
    assert fewer.after.totals.total == 3 * 12000 + 2 * 6000


@pytest.mark.parametrize("edit", [CancelLine(line_id="s", quantity=2), CancelUnits(line_id="s", quantity=2)])
def test_a_part_of_a_running_line_is_cancelled_as_the_whole_is(edit: Edit) -> None:
    fewer = change(seats(5), edit)
    line = fewer.after.lines[0]
    assert (codes(fewer), line.quantity, line.cancelled_quantity, line.end_date) == ([], 3, 2, END)
    assert sum(refund.amount for refund in fewer.plan.refunds) == 2 * 6000
    assert [(each.stage, each.quantity, each.amount) for each in fewer.plan.cancelled] == (
        [("running", 2, 12000)] if edit.kind == "cancellation" else []
    )


def test_the_units_that_joined_last_leave_first() -> None:
    grown = change(seats(), to(5), on=date(2026, 9, 1)).after
    fewer = change(grown, to(2), on=date(2026, 9, 30)).after.lines[0]
    assert (fewer.joined, fewer.ended) == (
        (),
        (
            EndedUnits(quantity=2, start_date=date(2026, 9, 1), end_date=date(2026, 9, 30)),
            EndedUnits(quantity=1, start_date=START, end_date=date(2026, 9, 30)),
        ),
    )
    assert fewer.gross == 2 * 12000 + 2 * 1000 + 4000


def test_nothing_joins_or_leaves_a_line_that_has_ended() -> None:
    for quantity in (2, 4):
        found = codes(change(seats(), to(quantity), on=END))
        assert found == [("subscription-ended", "/edits/0/quantity")]


def test_what_a_line_tells_of_its_past_is_bounded() -> None:
    order = seats()
    history = tuple(
        EndedUnits(quantity=1, start_date=START, end_date=START + timedelta(days=day)) for day in range(100)
    )
    kept = replace(order, lines=(replace(order.lines[0], ended=history),))
    assert codes(change(kept, to(4))) == [("changed-too-often", "/edits/0")]
    shorter = replace(order, lines=(replace(order.lines[0], ended=history[:99]),))
    assert codes(change(shorter, to(4))) == []
    assert codes(change(kept, CancelLine(line_id="s"))) == []


def test_a_line_whose_dates_move_keeps_the_days_from_which_its_units_count() -> None:
    grown = change(seats(), to(5), on=date(2026, 12, 1)).after
    longer = change(grown, SetDates(line_id="s", end_date=date(2027, 6, 30)), on=date(2027, 1, 1))
    assert longer.plan.amount_due == 5000
    earlier = change(grown, SetDates(line_id="s", start_date=date(2026, 5, 1)), on=date(2027, 1, 1))
    assert earlier.plan.amount_due == 3000
    sooner = change(longer.after, SetDates(line_id="s", end_date=date(2027, 1, 31)), on=date(2027, 1, 1))
    assert sooner.after.totals.total == 3 * 8000 + 2 * 2000


def test_quantity_and_dates_in_one_change_come_to_the_same_in_either_order() -> None:
    edits = (to(5), SetDates(line_id="s", end_date=date(2027, 6, 30)))
    there, back = change(seats(), *edits), change(seats(), *reversed(edits))
    assert (there.after, there.plan.digest) == (back.after, back.plan.digest)
    assert there.after.totals.total == 3 * 13000 + money.divide(2 * 1000 * (7 * 30 + 1), 30)


def test_the_plan_shows_the_arithmetic_of_every_unit() -> None:
    grown = change(seats(), to(5))
    [shown] = grown.plan.proration
    assert (shown.periods_before, shown.periods_after) == ("12", "3 × 12 + 2 × (6 + 2/31)")
    assert (shown.amount_before, shown.amount_after) == (36000, 48129)
    assert grown.plan.changed == ("quantity", "dates")


def test_fixed_discounts_do_not_grow_percentages_do_and_what_is_added_pays_the_lines_own_rate() -> None:
    discounts = (NewLineDiscount(type="amount", amount=2400), NewLineDiscount(type="percent", percent=Decimal(10)))
    tax = NewTax(name="VAT", rate=Decimal("0.20"))
    order = seats(discounts=discounts, taxes=(tax,))
    grown = change(order, to(5), on=date(2026, 12, 1)).after.lines[0]
    assert [each.amount for each in grown.discounts] == [2400, 4560]  # 10 % of 480.00 less 24.00
    assert grown.tax == 6048 + money.rate_of(grown.net - order.lines[0].net, Decimal("0.20"))


def test_units_that_join_in_mid_term_bear_no_fixed_discount_and_no_tax_charged_before() -> None:
    tax = NewTax(name="VAT", rate=Decimal("0.20"), amount=6500)  # 64.80 by its rate
    order = seats(discounts=(NewLineDiscount(type="amount", amount=3600),), taxes=(tax,))
    grown = change(order, to(5)).after
    assert (grown.lines[0].discount, grown.lines[0].tax) == (3600, 6500 + 2426)  # 20 % of 121.29
    stopped = change(grown, CancelUnits(line_id="s")).after.lines[0]
    assert stopped.gross == 18000 + 67  # six months of three, a day of two
    assert (stopped.discount, stopped.tax) == (1800, 3250 + 13)


def test_units_that_joined_and_left_again_leave_no_mark_on_the_discount() -> None:
    order = seats(discounts=(NewLineDiscount(type="amount", amount=3600),))
    grown = change(order, to(5)).after
    left = change(grown, to(3), on=date(2026, 12, 31)).after.lines[0]
    assert (left.discount, left.gross - left.discount) == (3600, 32400 + 2129)  # two seats for a month and two days


def test_what_a_unit_costs_once_is_not_given_back_when_it_leaves() -> None:
    setup = Charge(charge_id="setup", type="one_time", price=500)
    order = an_order().with_line(
        "SUB", 3, 700, line_id="s", taxes=(), charges=(MONTHLY, setup), start_date=START, end_date=END
    ).paid().build()  # fmt: skip
    assert change(order, to(2)).plan.delta == -6000


# --------------------------------------------------------------------------------------------------------------- undo


def undone(order: Order, first: Planned, *, made: date, on: date) -> Planned:
    return change(first.after, restoration("chg_1", first.plan, made), on=on)


def test_more_units_that_are_undone_on_the_same_day_leave_the_order_as_it_was() -> None:
    for order in (seats(), seats(5)):
        first = change(order, to(4))
        back = undone(order, first, made=TODAY, on=TODAY)
        assert (codes(back), [replace(line, since=1) for line in back.after.lines]) == ([], list(order.lines))


def test_more_units_that_are_undone_later_pay_what_they_used() -> None:
    first = change(seats(), to(5), on=date(2026, 12, 1))
    back = undone(seats(), first, made=date(2026, 12, 1), on=date(2027, 1, 31))
    line = back.after.lines[0]
    assert (line.quantity, line.joined, line.gross) == (3, (), 36000 + 2 * 2000)
    assert line.ended == (EndedUnits(quantity=2, start_date=date(2026, 12, 1), end_date=date(2027, 1, 31)),)


def test_units_that_left_come_back_from_the_day_of_the_undo() -> None:
    first = change(seats(5), to(3))
    back = undone(seats(5), first, made=TODAY, on=date(2027, 1, 1))
    line = back.after.lines[0]
    assert (line.quantity, line.gross) == (5, 3 * 12000 + 2 * 6000 + 2 * 5000)


def test_a_quantity_that_is_set_back_on_the_same_day_is_as_it_was() -> None:
    for order, there in ((seats(), 5), (seats(5), 2)):
        moved = change(order, to(there)).after
        back = change(moved, to(order.lines[0].quantity)).after.lines[0]
        assert replace(back, since=1) == order.lines[0]


# --------------------------------------------------------------------------------------------------------- properties

HISTORIES = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), min_size=1, max_size=8)
PRICES = st.sampled_from([1, 7, 333, 1000, 99_999])
PERIODS = st.sampled_from(["month", "quarter", "year"])


class Model:
    """Every seat by itself: its first day and, once it has gone, its last."""

    def __init__(self, quantity: int) -> None:
        self.live = [START] * quantity
        self.gone: list[tuple[date, date]] = []

    def becomes(self, quantity: int, today: date) -> None:
        while len(self.live) > quantity:
            first = self.live.pop()
            if first < today or first == START:
                self.gone.append((first, today))
        while len(self.live) < quantity:
            today_s = [each for each in self.gone if each[1] == today]
            if today_s:
                self.gone.remove(today_s[-1])
                self.live.append(today_s[-1][0])
            else:
                self.live.append(today)

    def periods(self, end: date, period: str) -> Fraction:
        spans = [*((first, end) for first in self.live), *self.gone]
        return sum((periods(first, last, period) for first, last in spans), Fraction(0))


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.integers(1, 9), HISTORIES, st.integers(1, 90), PRICES, PERIODS)
def test_ending_after_any_history_of_seats_leaves_what_each_seat_used(
    quantity: int, steps: list[tuple[int, int]], last: int, price: int, period: str
) -> None:
    charge = replace(MONTHLY, price=price, period=period)
    order, model, today = seats(quantity, charges=(charge,)), Model(quantity), START + timedelta(days=1)
    for days, wanted in steps:
        today = min(today + timedelta(days=days), END - timedelta(days=1))
        if wanted != order.lines[0].quantity:
            planned = change(order, to(wanted), on=today)
            assert planned.plan.violations == ()
            order = planned.after
            model.becomes(wanted, today)
            exact = model.periods(END, period) * price
            assert order.totals.total == money.divide(exact.numerator, exact.denominator)
    today = min(today + timedelta(days=last), END - timedelta(days=1))
    stopped = change(order, CancelLine(line_id="s"), on=today)
    exact = model.periods(today, period) * price
    assert stopped.after.totals.total == money.divide(exact.numerator, exact.denominator)
    assert stopped.after.totals.total <= order.totals.total


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 300), st.integers(0, 5000), PERIODS)
def test_a_quantity_that_moves_and_is_undone_on_one_day_leaves_money_as_it_was(
    quantity: int, wanted: int, day: int, off: int, period: str
) -> None:
    tax = NewTax(name="VAT", rate=Decimal("0.19"))
    discounts = (NewLineDiscount(type="amount", amount=min(off, 400)),)
    order = seats(quantity, charges=(replace(MONTHLY, period=period),), discounts=discounts, taxes=(tax,))
    today = START + timedelta(days=day)
    if wanted != quantity:
        first = change(order, to(wanted), on=today)
        assert undone(order, first, made=today, on=today).after.totals.total == order.totals.total
        assert change(first.after, to(quantity), on=today).after.totals.total == order.totals.total


def test_units_that_left_keep_what_was_agreed_for_them_when_the_term_is_said_to_have_begun_sooner() -> None:
    """Two units at 10.00 a month less 48.00; one leaves after half a year, and keeps half of its 24.00."""
    order = seats(2, discounts=(NewLineDiscount(type="amount", amount=4800),))
    left = change(order, to(1), on=date(2026, 11, 30)).after
    sooner = change(left, SetDates(line_id="s", start_date=date(2026, 5, 1)), on=date(2026, 12, 1))
    assert codes(sooner) == []
    assert (left.lines[0].discount, sooner.after.lines[0].discount) == (3600, 3800)
