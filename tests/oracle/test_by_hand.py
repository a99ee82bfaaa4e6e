"""The oracle says what a person worked out by hand, for one example of each kind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from shared.domain.intake.new_order import NewLineDiscount, NewTax
from shared.domain.order.line_price import Charge, Tax
from shared.domain.order.order import Fee, Shipping
from shared.domain.planning.edits import (
    CancelLine,
    CancelOrder,
    CancelUnits,
    Credit,
    Edit,
    Money,
    ReplaceSku,
    SetDates,
    SetDiscount,
    SetQuantity,
    SetShippingAddress,
    SetShippingMethod,
    Settle,
    SetUnitPrice,
)
from tests.fakes.builders import OrderBuilder, an_order
from tests.oracle.amending import amended
from tests.oracle.book import Book, Paid
from tests.oracle.book import Fee as OwnFee
from tests.oracle.cancelling import cancelled
from tests.oracle.collecting import Collected, collected, waived_of
from tests.oracle.exact import by_largest_remainder, half_up, periods
from tests.oracle.lines import gross_of
from tests.oracle.rules import address
from tests.oracle.seats import put_back
from tests.oracle.settling import Settled, Sums, given_back, settled, sums
from tests.oracle.situation import Situation
from tests.oracle.taking_in import taken_in

TODAY = date(2026, 11, 30)
NOW = Situation(TODAY)
MONTHLY = Charge(charge_id="m", type="recurring", period="month", price=1000)
STATE = NewTax(name="Sales tax", rate=Decimal("0.20"), jurisdiction="US-IL")


def a_year(seats: int, *, off: int = 0, taxes: Sequence[NewTax] = ()) -> OrderBuilder:
    """So many seats at 10.00 a month from June to May."""
    discounts = (NewLineDiscount(type="amount", amount=off),) if off else ()
    return an_order().with_line(
        "SUB",
        seats,
        0,
        taxes=tuple(taxes),
        discounts=discounts,
        charges=(MONTHLY,),
        start_date=date(2026, 6, 1),
        end_date=date(2027, 5, 31),
    )


def taken(builder: OrderBuilder, place: str = "US-IL", **more: Any) -> Book:
    return taken_in(replace(builder.new, **more), place)


def stopped(book: Book) -> Sums:
    return sums(cancelled(book, [CancelOrder()], NOW))


def changed(book: Book, *edits: Edit) -> Sums:
    return sums(amended(book, edits, NOW))


def quantity(units: int) -> Edit:
    return SetQuantity(line_id="l1", quantity=units)


def price(amount: int) -> Edit:
    return SetUnitPrice(line_id="l1", unit_price=Money(amount=amount, currency="USD"))


def test_a_subscription_that_stops_gives_back_its_share_of_a_fixed_discount() -> None:
    assert stopped(taken(a_year(1, off=2400))).total == 4800


def test_a_subscription_that_stops_gives_back_its_share_of_the_tax_that_was_charged() -> None:
    charged = stopped(taken(a_year(1, taxes=[replace(STATE, rate=Decimal("0.19"), amount=1000)])))
    assert (charged.total, charged.tax) == (6500, 500)


def test_seats_that_join_in_mid_term_cost_the_rest_of_it_and_give_back_what_they_do_not_use() -> None:
    more = amended(taken(a_year(3)), [quantity(5)], NOW)
    assert sums(more).total == 36000 + 12129
    assert stopped(more).total == 18067


def test_seats_that_joined_without_a_coupon_bear_none_of_it_when_others_leave() -> None:
    more = amended(taken(a_year(3, off=3600)), [quantity(5)], NOW)
    fewer = sums(amended(more, [quantity(2)], replace(NOW, today=date(2026, 12, 31))))
    assert (fewer.items, fewer.discount) == (24000 + 7000 + 2129, 3100)


def test_one_of_two_bundles_takes_half_of_each_component() -> None:
    below = {"parent_line_id": "b", "required": True, "taxes": (STATE,)}
    bundle = an_order().with_line("B", 2, 0, line_id="b", taxes=())
    bundle = bundle.with_line("C1", 2, 3000, line_id="c1", **below).with_line("C2", 4, 1000, line_id="c2", **below)
    book = cancelled(taken(bundle), [CancelUnits(line_id="b", quantity=1)], NOW)
    assert [line.quantity for line in book.lines] == [1, 1, 2]
    assert sums(book).total == 12000 // 2


def test_a_move_taxes_goods_and_shipping_by_the_rates_of_the_place() -> None:
    tax = Tax(name="Sales tax", rate=Decimal("0.20"), amount=200, jurisdiction="US-IL")
    book = taken(an_order().with_line("A", 1, 10000), shipping=Shipping(method="standard", price=1000, taxes=(tax,)))
    moved = changed(book, SetShippingAddress(address=address("US-OR")))
    assert (sums(book).total, moved.total, moved.tax) == (13200, 11000, 0)


def test_shipping_that_was_free_is_taxed_when_it_is_paid() -> None:
    taxes = (NewTax(name="USt", rate=Decimal("0.19"), jurisdiction="DE"),)
    book = taken(an_order().with_line("A", 1, 10000, taxes=taxes), "DE", shipping=Shipping(method="standard"))
    dearer = changed(book, SetShippingMethod(method="express", price=Money(amount=1290, currency="EUR")))
    assert (dearer.total, dearer.tax) == (13435, 2145)


def test_a_rate_is_no_quotient_of_rounded_amounts() -> None:
    tax = Tax(name="USt", rate=Decimal("0.07"), amount=35, jurisdiction="DE")
    book = taken(an_order().with_line("A", 1, 0, taxes=()), "DE", shipping=Shipping(price=495, taxes=(tax,)))
    raised = changed(book, SetShippingMethod(method="standard", price=Money(amount=1590, currency="EUR")))
    assert raised.tax == 111


def test_a_deduction_with_tax_shares_out_over_what_it_deducts_from() -> None:
    order = an_order().with_line("W1", 1, 4000, taxes=(STATE,)).with_line("W2", 1, 1000, taxes=(STATE,))
    book = taken(order, fees=(Fee(code="credit", amount=-2200, tax=-440),))
    left = changed(book, CancelLine(line_id="l1"))
    assert (sums(book).total, left.total, left.tax) == (3360, 672, 112)


def test_a_coupon_that_a_low_price_cut_is_whole_again_with_the_price() -> None:
    book = taken(an_order().with_line("A", 1, 1000, taxes=()).less(500))
    low = amended(book, [price(100)], NOW)
    assert (sums(low).total, changed(low, price(1000)).total) == (0, 500)


def test_more_units_take_part_in_a_percentage_by_its_percent() -> None:
    half = (NewLineDiscount(type="amount", amount=500), NewLineDiscount(type="percent", percent=Decimal(10)))
    book = taken(an_order().with_line("A", 1, 1000, taxes=(), discounts=half))
    assert (sums(book).discount, changed(book, quantity(10)).discount) == (550, 500 + 950)


def test_a_move_leaves_the_coupon_of_units_that_come_back() -> None:
    coupon = (NewLineDiscount(type="amount", amount=100),)
    book = amended(taken(an_order().with_line("A", 3, 1000, discounts=coupon)), [quantity(2)], NOW)
    moved = amended(book, [SetShippingAddress(address=address("US-CA"))], NOW)
    assert (sums(moved).discount, changed(moved, quantity(3)).discount) == (67, 100)


def test_quantity_then_dates_is_dates_then_quantity() -> None:
    book = taken(a_year(3, off=2400, taxes=[STATE]))
    later, fewer = SetDates(line_id="l1", end_date=date(2027, 1, 14)), quantity(2)
    ways = ([later, fewer], [fewer, later])
    assert len({changed(amended(book, [first], NOW), second) for first, second in ways}) == 1
    assert changed(book, later, fewer) == changed(amended(book, [later], NOW), fewer)


def test_a_discount_that_is_set_is_for_the_line_as_it_is() -> None:
    book = amended(taken(an_order().with_line("A", 3, 1000, taxes=())), [quantity(2)], NOW)
    book = amended(book, [SetDiscount(line_id="l1", type="percent", value="10")], NOW)
    assert (sums(book).total, changed(book, quantity(3)).total) == (1800, 2700)


def test_what_is_paid_in_part_gives_back_only_what_is_paid_beyond_the_new_total() -> None:
    found = settled(1000, 700, [Paid("p1", captured=800)])
    assert (found.refunds, found.due) == ((("p1", 100),), 0)


def test_three_payments_give_back_to_the_gift_card_first_and_then_in_the_order_in_which_they_were_made() -> None:
    card, gift, bank = Paid("p1", 1800), Paid("p2", 1000, method="gift_card"), Paid("p3", 700, method="bank_transfer")
    assert settled(3500, 2300, [card, gift, bank]).refunds == (("p2", 1000), ("p1", 200))
    assert settled(3500, 0, [card, gift, bank]).refunds == (("p2", 1000), ("p1", 1800), ("p3", 700))


def test_nobody_owes_a_restocking_fee_on_what_was_waived() -> None:
    book = taken(an_order().with_line("A", 1, 1000, taxes=()).with_line("B", 1, 500, taxes=()))
    book = replace(book, fees=(OwnFee("waived", -1500),))
    book = replace(book, lines=(replace(book.lines[0], shipped=1), book.lines[1]), has_shipped=True)
    after = cancelled(book, [CancelUnits(line_id="l1", exception="intercept")], NOW)
    assert [fee.amount for fee in after.fees if fee.rule] == [0]


def test_what_is_overpaid_goes_back_on_the_last_payments_first_or_on_the_one_that_is_named() -> None:
    payments = [Paid("p1", captured=1000), Paid("p2", captured=300, back=100), Paid("p3", captured=500)]
    everything, named = Settle(), Settle(payment_id="p1", amount=Money(amount=400, currency="USD"))
    assert given_back(payments, 800, everything).refunds == (("p3", 500), ("p2", 200), ("p1", 100))
    assert given_back(payments, 800, named).refunds == (("p1", 400),)
    assert [each.held for each in given_back(payments, 800, named).payments] == [600, 200, 500]


def a_debt(raised_to: int, *, captured: int, open_: int = 0) -> tuple[Sums, Settled, Collected | None]:
    """A line of 10.00 for which so much was captured, at another price."""
    paid = (Paid("p1", captured=captured, open=open_),)
    book = replace(taken(an_order().with_line("A", 1, 1000, taxes=())), payments=paid)
    after, settled_, owed = collected(book, amended(book, [price(raised_to)], NOW))
    return sums(after), settled_, owed


def test_a_small_debt_is_waived_and_a_large_one_is_billed() -> None:
    small, paid, owed = a_debt(2999, captured=1000)
    assert (small.fees, small.total, paid.due, owed) == (-1999, 1000, 0, Collected("waive", 1999))
    large, paid, owed = a_debt(3000, captured=1000)
    assert (large.fees, large.total, paid.due, owed) == (0, 3000, 2000, Collected("bill", 2000))


def test_a_debt_that_is_held_on_a_card_is_neither_waived_nor_collected() -> None:
    held, paid, owed = a_debt(1500, captured=0, open_=1500)
    assert (held.fees, paid.due, owed) == (0, 500, None)


def test_what_was_waived_counts_with_the_next_and_falls_first_and_goodwill_leaves_it() -> None:
    book = taken(an_order().with_line("A", 1, 1000, taxes=()).with_line("B", 1, 1000, taxes=()))
    book = replace(book, payments=(Paid("p1", captured=2000),))
    book, _, _ = collected(book, amended(book, [price(2500)], NOW))
    assert (waived_of(book.fees), sums(book).total) == (1500, 2000)
    _, paid, owed = collected(book, amended(book, [price(3000)], NOW))
    assert (paid.due, owed) == (500, Collected("bill", 500))
    less, paid, _ = collected(book, amended(book, [CancelLine(line_id="l2")], NOW))
    assert (waived_of(less.fees), sums(less).total, paid.refunds) == (500, 2000, ())
    goodwill = Credit(amount=Money(amount=400, currency="USD"))
    given, paid, _ = collected(book, cancelled(book, [goodwill], NOW), goodwill=True)
    assert (waived_of(given.fees), sums(given).total, paid.refunds) == (1500, 1600, (("p1", 400),))


def test_goodwill_of_two_units_is_halved_with_them_also_after_they_became_another_product() -> None:
    book = taken(an_order().with_line("A", 2, 1000, taxes=()))
    book = cancelled(book, [Credit(amount=Money(amount=300, currency="USD"), line_id="l1")], NOW)
    book = amended(book, [ReplaceSku(line_id="l1", with_sku="B")], replace(NOW, prices={"B": 5000}))
    assert (sums(book).total, changed(book, quantity(1)).total) == (9700, 4850)


def test_a_capture_of_what_a_change_voided_is_overpaid_and_goes_back() -> None:
    found = settled(1000, 600, [Paid("p1", captured=0, open=1000)])
    assert (found.reductions, found.payments[0].open, found.payments[0].voided) == ((("p1", 1000, 600),), 600, 400)
    captured = replace(found.payments[0], captured=1000, open=0, voided=0)
    assert given_back([captured], 400, Settle()).refunds == (("p1", 400),)


def test_shares_and_periods() -> None:
    assert by_largest_remainder(100, [1, 1, 1, 0]) == [34, 33, 33, 0]
    assert [half_up(value) for value in (periods(TODAY, date(2027, 5, 31), "month") * 2000,)] == [12129]
    assert periods(date(2026, 1, 31), date(2026, 2, 27), "month") == 1


def test_a_subscription_that_stopped_and_comes_back_later_is_not_charged_for_the_days_between() -> None:
    [was] = taken(a_year(2)).lines
    [gone] = cancelled(taken(a_year(2)), [CancelOrder()], NOW).lines
    assert gross_of(put_back(gone, was, date(2027, 1, 1))) == 2 * 11 * 1000
    assert put_back(gone, was, date(2026, 12, 1)) == was
