"""A copy of a value with some fields changed is what `dataclasses.replace` makes, in half its time."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.fields import changed
from tests.fakes import an_order

LINE = an_order().discounted("10").with_line("MUG", 2, 1000).build().lines[0]


@given(st.integers(0, 9), st.text(max_size=3))
def test_a_changed_copy_is_what_replace_makes(quantity: int, title: str) -> None:
    assert changed(LINE, quantity=quantity, title=title) == replace(LINE, quantity=quantity, title=title)
    for row in (*LINE.discounts, *LINE.taxes):
        assert changed(row, amount=quantity) == replace(row, amount=quantity)


def test_the_value_itself_stays_and_a_field_that_it_has_not_is_refused() -> None:
    assert changed(LINE, quantity=7) != LINE == replace(LINE)
    with pytest.raises(AttributeError):
        changed(LINE, amount=1)
