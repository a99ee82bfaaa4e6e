"""Counts the billing periods between two dates: whole periods count as one each, a broken one by its days.

This is the default day-count rule of DESIGN.md, "Money". Both dates are inclusive, as on the order: 1 December to 30
November is twelve months.
"""

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

Period = Literal["month", "quarter", "year"]

MONTHS: Mapping[Period, int] = {"month": 1, "quarter": 3, "year": 12}
"""The months of each billing period, the shortest first."""

DayCount = Literal["periods_then_days"]
"""The names of day-count rules in policy and plans."""


def periods(start: date, end: date, period: Period) -> Fraction:
    """Returns the billing periods from `start` to `end`, both inclusive, as an exact fraction; 0 if `end` is before
    `start`."""
    stop = end + timedelta(days=1)
    if stop <= start:
        return Fraction(0)
    step = MONTHS[period]
    whole = _months_between(start, stop) // step
    reached, following = _add_months(start, whole * step), _add_months(start, (whole + 1) * step)
    return whole + Fraction((stop - reached).days, (following - reached).days)


def _months_between(start: date, stop: date) -> int:
    months = (stop.year - start.year) * 12 + stop.month - start.month
    return months if _add_months(start, months) <= stop else months - 1


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def in_words(count: Fraction) -> str:
    """Returns a number of periods as people check it: `11 + 17/31`."""
    whole, part = divmod(count, 1)
    return f"{whole} + {part}" if part else str(whole)
