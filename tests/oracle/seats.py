"""Moves the units of a running subscription: they count from the day they join to the day they leave."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from tests.oracle.book import Line, Seats


def runs(line: Line, today: date) -> bool:
    """Tells if a subscription has begun and goes on."""
    return line.start is not None and line.end is not None and line.start < today and not has_ended(line, today)


def has_ended(line: Line, today: date) -> bool:
    """Tells if all of a subscription is used."""
    return line.stopped or (line.end is not None and line.end < today)


def with_quantity(line: Line, units: int, today: date) -> Line:
    """Returns the line with so many units; of a running subscription they join or leave today."""
    if units == line.quantity:
        return line
    if not line.charges or not runs(line, today):
        return replace(line, quantity=units)
    if not units:
        return replace(line, end=today, stopped=True)
    if units > line.quantity:
        return _grown(line, units - line.quantity, today)
    return _shrunk(line, line.quantity - units, today)


def _grown(line: Line, more: int, today: date) -> Line:
    """Takes back the units that left today first, the last of them first; the others join today."""
    left_today = [each for each in line.seats if each.end == today]
    if not left_today:
        return replace(line, quantity=line.quantity + more, seats=(*line.seats, joining(line, more, today)))
    last = left_today[-1]
    back = min(more, last.units)
    seats = [each for each in line.seats if each is not last]
    if last.units > back:
        seats.append(replace(last, units=last.units - back))
    if last.number:
        seats.append(replace(last, units=back, end=None))
    line = replace(line, quantity=line.quantity + back, seats=tuple(seats))
    return _grown(line, more - back, today) if more > back else line


def joining(line: Line, units: int, today: date) -> Seats:
    """Returns units that join today."""
    return Seats(units, today, None, line.last_seats + 1)


def _shrunk(line: Line, fewer: int, today: date) -> Line:
    """Lets units leave, those that joined last first; those that joined today were never there."""
    joined = [each for each in line.seats if each.end is None]
    line = replace(line, quantity=line.quantity - fewer)
    if not joined:
        return replace(line, seats=(*line.seats, Seats(fewer, line.start or today, today, 0)))
    last = joined[-1]
    going = min(fewer, last.units)
    seats = [each for each in line.seats if each is not last]
    if last.units > going:
        seats.append(replace(last, units=last.units - going))
    if last.start < today:
        seats.append(replace(last, units=going, end=today))
    line = replace(line, quantity=line.quantity + fewer - going, seats=tuple(seats))
    return _shrunk(line, fewer - going, today) if fewer > going else line


def put_back(line: Line, was: Line, today: date) -> Line:
    """Returns a line as it was before a change of an earlier day: what was used since stays, what comes back counts
    from today, and days on which it did not run are not charged. One that stopped yesterday goes on as ever."""
    if not line.charges or line.start is None or was.start is None or was.start >= today:
        return was
    if not line.quantity or line.start >= today:
        return _back_today(was, [each for each in line.seats if each.end], today)
    base = Seats(line.quantity - line.joined, line.start, None, 0)
    seats = [base, *line.seats] if base.units and (was.start < line.start or _paused(line, was, today)) else line.seats
    if _paused(line, was, today):
        return _back_today(was, [each if each.end else replace(each, end=line.end) for each in seats], today)
    kept = replace(was, quantity=line.quantity, seats=tuple(seats), used=line.used)
    if was.quantity > line.quantity and not any(each.end == today for each in seats):
        return _come_back(kept, was, today)
    return with_quantity(kept, was.quantity, today) if was.quantity != line.quantity else kept


def _paused(line: Line, was: Line, today: date) -> bool:
    """Tells if a line ended before yesterday that was to go on."""
    return line.end is not None and was.end is not None and line.end < min(was.end, today - timedelta(days=1))


def _back_today(was: Line, gone: Sequence[Seats], today: date) -> Line:
    """Returns a line whose units all come back today. They are those for which it was agreed what it costs."""
    return replace(was, seats=(*gone, *(replace(each, start=today) for each in open_seats(was))))


def open_seats(line: Line) -> list[Seats]:
    """Returns the units that are there, those from the start with the number 0 first."""
    base = Seats(line.quantity - line.joined, line.start or date.min, None, 0)
    return [each for each in (base, *line.seats) if each.units and not each.end]


def _come_back(line: Line, was: Line, today: date) -> Line:
    """Returns the line with the units that it had and has no more, each with the number that it had."""
    missing, seats = was.quantity - line.quantity, []
    for each in reversed(open_seats(was)):
        units = min(missing, each.units)
        missing -= units
        if units:
            seats.append(Seats(units, today, None, each.number))
    return replace(line, quantity=was.quantity, seats=(*line.seats, *reversed(seats)))
