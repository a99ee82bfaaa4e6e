"""Tells from when to when each unit of a running line counts.

Units that join a line in mid-term count from that day, and units that leave it count to that day, both inclusive
(DESIGN.md, "Money": time counts from when it counts). The last that joined leave first.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple, TypeVar

from shared.domain.money.proration import Period, periods
from shared.domain.order.line import Line
from shared.domain.order.line_history import EndedUnits, JoinedUnits

MAX_HISTORY = 100
"""The rows that a line may have of units that joined or left it, and of products that it was."""


class Term(NamedTuple):
    """So many units from one day to another, both inclusive."""

    units: int
    start: date
    end: date


def unit_terms(line: Line, units: int) -> Iterator[Term]:
    """Yields the terms of so many units of a line with dates, and of those that have left it; units beyond the line's
    own count from its start. A term that moved dates leave nothing of has no days."""
    if line.start_date is None or line.end_date is None:
        return
    left = units
    for joined in _joining(line, units):
        count = min(left, joined.quantity)
        left -= count
        if count:
            yield Term(count, max(joined.start_date, line.start_date), line.end_date)
    for gone in line.ended:
        yield Term(gone.quantity, gone.start_date, gone.end_date)


def unit_periods(line: Line, units: int, period: Period) -> Fraction:
    """Returns the billing periods of so many units together, those that have left included, as an exact fraction."""
    if not line.joined and not line.ended:
        return units * periods(line.start_date, line.end_date, period) if line.start_date and line.end_date else _NONE
    return sum((term.units * periods(term.start, term.end, period) for term in unit_terms(line, units)), _NONE)


_NONE = Fraction(0)


class Counted(NamedTuple):
    """The units of a line that count from later days, and those that have left it."""

    joined: tuple[JoinedUnits, ...]
    ended: tuple[EndedUnits, ...]


def recounted(line: Line, quantity: int, today: date | None) -> Counted:
    """Returns how the units of a line count once it has another quantity, from `today` on if it runs (None: it does
    not, so all count from its start).

    Units that left today come back as if they had not left, and of units that join today nothing is used, so a quantity
    that returns to what it was on the same day leaves the line as it was.
    """
    if quantity < line.quantity:
        return _fewer(line, line.quantity - quantity, today)
    return Counted(line.joined, line.ended) if today is None else _more(line, quantity - line.quantity, today)


def resumed(line: Line, was: Line, today: date) -> Counted:
    """Returns how the units of `was` count when a line becomes it again on a later day: what was used since stays, what
    comes back counts from `today`, and the days between are not charged."""
    begun = line.quantity > 0 and line.start_date is not None and line.start_date < today
    units = [each for each in _joining(line, line.quantity) if begun and each.quantity]
    if begun and (end := _paused(line, was, today)):
        return Counted((JoinedUnits(quantity=was.quantity, start_date=today),), _ended(line, units, end))
    later = tuple(each for each in units if each.start_date != was.start_date)
    going_on = replace(line, quantity=sum(each.quantity for each in units), start_date=was.start_date, joined=later)
    return recounted(going_on, was.quantity, today)


def _paused(line: Line, was: Line, today: date) -> date | None:
    """Returns the day on which a line ended, if that was before yesterday, and sooner than it was to."""
    end, wanted = line.end_date, was.end_date
    return end if end and wanted and end < wanted and end < today - timedelta(days=1) else None


def _ended(line: Line, units: Iterable[JoinedUnits], end: date) -> tuple[EndedUnits, ...]:
    """Returns the units that have left the line, and these with it, on its last day."""
    gone = [
        EndedUnits(quantity=each.quantity, start_date=each.start_date, end_date=end)
        for each in units
        if each.start_date <= end
    ]
    return _together((*line.ended, *gone))


def _more(line: Line, units: int, today: date) -> Counted:
    joined, ended = list(line.joined), list(line.ended)
    while units and ended and ended[-1].end_date == today:
        last = ended.pop()
        back = min(units, last.quantity)
        units -= back
        if last.start_date != line.start_date:
            joined.append(JoinedUnits(quantity=back, start_date=last.start_date))
        if last.quantity > back:
            ended.append(EndedUnits(quantity=last.quantity - back, start_date=last.start_date, end_date=today))
    if units:
        joined.append(JoinedUnits(quantity=units, start_date=today))
    return Counted(_merged(joined), tuple(ended))


def _fewer(line: Line, units: int, today: date | None) -> Counted:
    joined, ended = [], []
    for each in reversed(_joining(line, line.quantity)):
        gone = min(units, each.quantity)
        units -= gone
        if each.quantity > gone and each.start_date != line.start_date:
            joined.append(JoinedUnits(quantity=each.quantity - gone, start_date=each.start_date))
        if gone and today is not None and each.start_date < today:
            ended.append(EndedUnits(quantity=gone, start_date=each.start_date, end_date=today))
    return Counted(tuple(reversed(joined)), _together((*line.ended, *ended)))


def _joining(line: Line, units: int) -> list[JoinedUnits]:
    """Lists the units by the day from which they count; those of no later day count from the line's start."""
    start = line.start_date or date.min
    later = sum(each.quantity for each in line.joined)
    return [JoinedUnits(quantity=max(0, max(units, line.quantity) - later), start_date=start), *line.joined]


def _merged(joined: Iterable[JoinedUnits]) -> tuple[JoinedUnits, ...]:
    """Returns the units in the order of their days, those of one day together."""
    by_day = groupby(sorted(joined, key=_day), key=_day)
    return tuple(JoinedUnits(quantity=sum(each.quantity for each in some), start_date=day) for day, some in by_day)


def _together(ended: Iterable[EndedUnits]) -> tuple[EndedUnits, ...]:
    """Returns units of one term that left one after the other as one."""
    by_term = groupby(ended, key=_span)
    return tuple(
        EndedUnits(quantity=sum(each.quantity for each in some), start_date=start, end_date=end)
        for (start, end), some in by_term
    )


def _day(joined: JoinedUnits) -> date:
    return joined.start_date


def _span(ended: EndedUnits) -> tuple[date, date]:
    return ended.start_date, ended.end_date


# ------------------------------------------------------------------------------------------------- since an agreement


class Units(NamedTuple):
    """So many units, those that count from a later day among them, and those that have left besides."""

    quantity: int
    joined: tuple[JoinedUnits, ...]
    ended: tuple[EndedUnits, ...]


def without_later(now: Units, then: Units, start: date | None, back: tuple[JoinedUnits, ...] = ()) -> Units:
    """Returns the units of a line, which counts from `start`, without those that have joined it in mid-term since
    `then`, those that came `back` not among them. Of the units of one day the last that joined have left first."""
    if now.joined == then.joined and now.ended == then.ended:
        return now
    known = _by_day(then) + _by_day(Units(0, back, ()))
    later = {day: count - known[day] for day, count in _by_day(now).items() if start is not None and day > start}
    ended = _without(now.ended, later, then.ended)
    joined = _without(now.joined, later)
    gone = _count(now.joined) - _count(joined)
    return Units(now.quantity - gone, joined, ended)


_Row = TypeVar("_Row", JoinedUnits, EndedUnits)


def _without(rows: Sequence[_Row], later: dict[date, int], known: Sequence[_Row] = ()) -> tuple[_Row, ...]:
    """Takes as many units off the rows as have joined later, by day, but for those of `known` rows; takes them off
    `later` as well."""
    kept = []
    for row in rows:
        stays = sum(each.quantity for each in known if replace(each, quantity=row.quantity) == row)
        off = max(0, min(row.quantity - stays, later.get(row.start_date, 0)))
        if off:
            later[row.start_date] -= off
        if row.quantity > off:
            kept.append(replace(row, quantity=row.quantity - off) if off else row)
    return tuple(kept)


def _by_day(units: Units) -> Counter[date]:
    """Counts the units that have ever joined by their day."""
    rows: list[JoinedUnits | EndedUnits] = [*units.joined, *units.ended]
    found: Counter[date] = Counter()
    for each in rows:
        found[each.start_date] += each.quantity
    return found


def _count(rows: Iterable[JoinedUnits]) -> int:
    return sum(each.quantity for each in rows)
