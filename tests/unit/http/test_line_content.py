"""A reply shows every field of a line, or `line_fields` says why not."""

from dataclasses import fields, replace
from datetime import date

from shared.domain.order.line import Charge, Line, LineDiscount
from shared.domain.order.line_fields import counting
from shared.http.resources.line.reply import LineContent
from shared.http.resources.line.view import content_view
from tests.fakes.builders import an_order

DERIVED = {"total"}
"""What a reply shows besides fields."""
DAY = date(2026, 12, 1)


def a_full_line() -> Line:
    """A line with something in each of its fields."""
    line = an_order().with_line("MUG", 2, 1000).build().lines[0]
    return replace(
        line,
        cancelled_quantity=1,
        discounts=(LineDiscount(type="amount", amount=1),),
        tax_included=True,
        start_date=DAY,
        end_date=DAY,
        charges=(Charge(charge_id="c", type="one_time", price=1),),
        bundle_id="b",
        parent_line_id="l0",
        required=True,
        constraints=("fragile",),
        backordered=1,
    )


def test_every_field_of_a_line_is_documented_or_named_as_not_shown() -> None:
    assert set(LineContent.model_fields) - DERIVED == set(counting(Line, "reply"))


def test_every_field_that_is_documented_is_shown() -> None:
    line = a_full_line()
    filled = {each.name for each in fields(line) if getattr(line, each.name) not in (None, ())}
    assert set(counting(Line, "reply")) <= filled
    assert set(content_view(line, "USD")) == set(LineContent.model_fields)
