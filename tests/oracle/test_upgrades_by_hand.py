"""The oracle's upgrades of subscriptions, as a person worked them out by hand."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from shared.domain.intake.new_order import NewLineDiscount, NewTax
from shared.domain.order.line_price import Charge
from shared.domain.planning.edits import ReplaceSku, SetShippingAddress
from tests.fakes.builders import an_order
from tests.oracle.amending import amended
from tests.oracle.book import Book, Price
from tests.oracle.lines import figures
from tests.oracle.rules import address
from tests.oracle.settling import sums
from tests.oracle.test_by_hand import NOW, taken
from tests.oracle.upgrades import taxed_as, turned_back

YEAR = Charge(charge_id="y", type="recurring", period="year", price=49900)
PLANS = {
    "FREE": (Price("recurring", 0, "year"),),
    "PRO": (Price("recurring", 99800, "year"),),
    "SETUP": (Price("recurring", 99800, "year"), Price("one_time", 700)),
}
THERE = replace(NOW, plans=PLANS)


def basic(*discounts: NewLineDiscount, taxes: tuple[NewTax, ...] = ()) -> Book:
    """499.00 for a year, of which 30 days are used."""
    dates = {"start_date": THERE.today - timedelta(days=30), "end_date": THERE.today + timedelta(days=334)}
    return taken(an_order().with_line("BASIC", 1, 0, taxes=taxes, charges=(YEAR,), discounts=discounts, **dates))


def to(sku: str) -> ReplaceSku:
    return ReplaceSku(line_id="l1", with_sku=sku)


def test_an_upgrade_owes_the_rest_of_the_term_at_the_other_price_and_gets_what_is_not_used() -> None:
    """499.00 x 30/365 are 41.01, 998.00 x 335/365 are 915.97: 956.98 less 499.00 are 457.98."""
    assert sums(amended(basic(), [to("PRO")], THERE)).total - 49900 == 45798
    assert sums(amended(basic(), [to("SETUP")], THERE)).total - 49900 == 45798 + 700


def test_a_downgrade_gives_back_what_is_not_used_less_its_share_of_a_fixed_discount() -> None:
    """30 days come to 41.01 less 32.87 of the 400.00, which are 8.14: of 99.00, 90.86 come back."""
    book = basic(NewLineDiscount(type="amount", amount=40000))
    assert sums(book).total - sums(amended(book, [to("FREE")], THERE)).total == 9086


def test_the_way_back_on_the_same_day_leaves_the_line_as_it_was() -> None:
    book = basic(NewLineDiscount(type="percent", percent=Decimal(10)))
    there = replace(THERE, plans=PLANS | {"BASIC": (Price("recurring", 49900, "year"),)})
    for between in (["SETUP"], ["PRO", "FREE"]):
        now = book
        for sku in (*between, "BASIC"):
            now = amended(now, [to(sku)], there)
        assert sums(now) == sums(book)


def test_an_undo_on_a_later_day_leaves_what_was_used_of_each_product() -> None:
    """41.01 of BASIC, ten days of PRO are 27.34, and 325 days of BASIC are 444.32."""
    book = basic()
    [was], [line] = book.lines, amended(book, [to("PRO")], THERE).lines
    back = turned_back(line, was, THERE.today + timedelta(days=10))
    assert [each.gross for each in back.used] == [4101, 2734]
    assert figures(back).gross == 4101 + 2734 + 44432


def test_a_move_that_is_undone_leaves_what_was_used_the_tax_that_it_bore() -> None:
    book = amended(basic(taxes=(NewTax(name="VAT", rate=Decimal("0.2"), amount=1000),)), [to("PRO")], THERE)
    later = replace(THERE, today=THERE.today + timedelta(days=1))
    moved = amended(book, [SetShippingAddress(address=address("JP"))], later)
    assert figures(moved.lines[0]) != figures(book.lines[0])
    assert figures(taxed_as(moved.lines[0], book.lines[0])).tax == figures(book.lines[0]).tax
