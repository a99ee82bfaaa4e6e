"""Moves the units of a running subscription: they count from the day they join to the day they leave."""

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
    """Returns a line as it was before a change of an earlier day: what was used since stays, and what comes back counts
    from today. A subscription that stopped yesterday goes on as if it had not."""
    if not line.charges or line.start is None or line.start >= today:
        return was
    if line.stopped and not was.stopped and line.end == today - timedelta(days=1):
        return was
    if line.stopped and not was.stopped and line.end is not None:
        gone = [Seats(line.quantity - line.joined, line.start, line.end, 0)]
        gone += [each if each.end else replace(each, end=line.end) for each in line.seats]
        line = replace(line, quantity=0, seats=tuple(each for each in gone if each.units))
    kept = replace(was, quantity=line.quantity, seats=line.seats)
    return with_quantity(kept, was.quantity, today)
