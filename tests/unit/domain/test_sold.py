"""A line keeps what it was sold at, whatever becomes of its price, and old rows tell it too."""

from dataclasses import replace
from decimal import Decimal

from shared.domain.intake.new_order import NewLineDiscount
from shared.domain.order import pricing
from shared.domain.order.line import Line
from shared.domain.order.line_history import Sold
from shared.domain.order.sold import keeping_sold, price_left, sold_as
from tests.fakes.builders import an_order


def a_line(percent: str | None = None) -> Line:
    discounts = (NewLineDiscount(type="percent", percent=Decimal(percent)),) if percent else ()
    return an_order().with_line("MUG", 10, 4000, discounts=discounts).build().lines[0]


def at(line: Line, price: int) -> Line:
    return pricing.moved(line, pricing.terms_of(line)._replace(unit_price=price))


def test_a_line_at_its_first_price_keeps_nothing_beside_it() -> None:
    line = a_line()
    assert (line.sold, sold_as(line)) == (None, Sold(unit_price=4000))


def test_a_row_from_before_tells_the_price_that_was_accepted() -> None:
    line = at(a_line(), 2800)
    assert (line.sold, sold_as(line)) == (None, Sold(unit_price=4000))


def test_a_row_from_before_that_no_longer_knows_it_tells_its_present_price() -> None:
    line = replace(at(a_line(), 2800), basis=None)
    assert sold_as(line) == Sold(unit_price=2800)


def test_a_price_that_comes_back_leaves_nothing_to_keep() -> None:
    line = a_line()
    low = keeping_sold(line, at(line, 2800), discounted=False)
    assert low.sold == Sold(unit_price=4000)
    assert keeping_sold(low, at(low, 4000), discounted=False) == line


def test_another_product_is_sold_anew() -> None:
    line = a_line()
    low = keeping_sold(line, at(line, 2800), discounted=False)
    assert keeping_sold(low, replace(low, sku="CUP"), discounted=False).sold is None


def test_discounts_that_a_line_came_with_count_as_part_of_its_sale() -> None:
    line = a_line("20")
    free = replace(line, discounts=())
    kept = keeping_sold(line, free, discounted=True)
    assert kept.sold == Sold(unit_price=4000, gross=40000, own=8000)
    assert price_left(replace(kept, discounts=line.discounts)) == 4000
    half = replace(line.discounts[0], percent=Decimal(50), amount=20000)
    assert price_left(replace(kept, discounts=(half,))) == 2800


def test_a_free_line_has_no_price_left_to_lower() -> None:
    line = replace(a_line("20"), unit_price=0, gross=0, sold=Sold(unit_price=0, gross=0, own=0))
    assert price_left(line) == 0
