"""Times are told exactly, as people say them: nobody who has two minutes is told that they have an hour."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.wording.durations import counted, duration

LENGTHS = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (120, "2 minutes"),
        (90, "1 minute and 30 seconds"),
        (3600, "1 hour"),
        (5400, "1 hour and 30 minutes"),
        (86400, "1 day"),
        (129_600, "1 day and 12 hours"),
        (172_800, "2 days"),
        (90_061, "1 day, 1 hour, 1 minute and 1 second"),
    ],
)
def test_a_time_is_told_in_the_largest_units_that_it_has(seconds: int, words: str) -> None:
    assert duration(seconds) == words


@given(st.integers(min_value=0, max_value=10**8))
def test_the_words_for_a_time_add_up_to_it(seconds: int) -> None:
    told = re.findall(r"([\d,]+) (day|hour|minute|second)", duration(seconds))
    assert sum(int(count.replace(",", "")) * LENGTHS[unit] for count, unit in told) == seconds


@pytest.mark.parametrize(("number", "words"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (1000, "1,000 days")])
def test_what_is_counted_is_in_its_number(number: int, words: str) -> None:
    assert counted(number, "day") == words
