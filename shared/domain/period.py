"""Bounds the times that are read from outside, and the period that a report covers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.refusal import Refusal

LONGEST = timedelta(days=92)
USUAL = timedelta(days=30)

YEARS = range(1900, 3000)
"""Of whatever is read from outside: far from the calendar's end, so that periods can be counted beyond any day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period from `since` on and before `until`, so that periods can follow each other."""

    since: datetime
    until: datetime


def period_of(since: datetime | None, until: datetime | None, now: datetime) -> Period:
    """Returns the period asked for; by default it ends now and is 30 days long.

    Raises:
        Refusal: `end-before-start`, `out-of-range`.
    """
    end = until or now
    start = since or end - USUAL
    if end < start:
        raise Refusal("end-before-start", "The period ends before it starts.", pointer="/to")
    if end - start > LONGEST:
        raise Refusal("out-of-range", f"A report covers {LONGEST.days} days at most.", pointer="/to")
    return Period(since=start, until=end)
