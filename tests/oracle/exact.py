"""Exact arithmetic: fractions that are rounded once, shares by largest remainder, and periods of the calendar."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def half_up(exact: Fraction) -> int:
    """Returns the nearest whole number; halves go away from zero, so that a refund mirrors its charge."""
    size = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return size if exact >= 0 else -size


def part(amount: int | Fraction, of: Fraction, whole: Fraction) -> Fraction:
    """Returns so much of an amount as `of` is of the whole; nothing of a whole that is nothing."""
    return Fraction(amount) * of / whole if whole else Fraction(0)


def by_largest_remainder(amount: int, weights: Sequence[int]) -> list[int]:
    """Shares an amount out: the parts sum to it, ties go to the first, a weight of zero gets nothing."""
    total = sum(weights)
    if not total or amount < 0:
        return [0 for _ in weights] if not total else [-each for each in by_largest_remainder(-amount, weights)]
    quotas = [Fraction(amount * weight, total) for weight in weights]
    parts = [int(quota) for quota in quotas]
    first = sorted(range(len(weights)), key=lambda place: (parts[place] - quotas[place], place))
    for place in first[: amount - sum(parts)]:
        parts[place] += 1
    return parts


def periods(start: date, end: date, period: str) -> Fraction:
    """Returns the periods from start to end, both days included.

    Whole periods count as such, and a broken one by its days: days used over the days that the period has.
    """
    step, stop, whole = MONTHS[period], end + timedelta(days=1), 0
    if stop <= start:
        return Fraction(0)
    while months_on(start, (whole + 1) * step) <= stop:
        whole += 1
    began, ends = months_on(start, whole * step), months_on(start, (whole + 1) * step)
    return whole + Fraction((stop - began).days, (ends - began).days)


def months_on(day: date, months: int) -> date:
    """Returns the same day so many months later, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
