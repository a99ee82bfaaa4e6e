"""Read past changes of every status together, newest first, page by page as far as they are wanted."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.refusal import Refusal
from shared.ports.paging import Filter
from shared.ports.stores import Changes

PAGE = 50
"""Changes of each status that one call reads; so many of each, at most, are read beyond those wanted."""

LAST_YEAR = 2999
"""The last year of a period, far from the calendar's end, as in requests."""

Place = tuple[datetime, str]
"""Pairs a change's creation time with its id: an order in which no two are alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Bounds the changes from `since` on and before `until`, as far as either is given, and behind the place
    `after`."""

    since: datetime | None = None
    until: datetime | None = None
    after: Place | None = None


def newest_first(changes: Changes, span: Span) -> Iterator[Change]:
    """Yield each change once, newest first, though it may move to another status meanwhile."""
    last = span.after
    for change in heapq.merge(*(_of_status(changes, status, span) for status in ChangeStatus), key=place, reverse=True):
        if last is None or place(change) < last:
            last = place(change)
            yield change


def place(change: Change) -> Place:
    return change.created_at, change.change_id


def cursor_at(change: Change) -> str:
    """Return the cursor that leads to older changes."""
    return f"{change.created_at.isoformat()}~{change.change_id}"


def place_of(cursor: str) -> Place:
    """Return the place that a cursor leads to.

    Raises:
        Refusal: `malformed-cursor`.
    """
    at, _, change_id = cursor.partition("~")
    try:
        created_at = datetime.fromisoformat(at)
    except ValueError:
        raise _malformed() from None
    if created_at.utcoffset() != timedelta() or created_at.year > LAST_YEAR or not change_id:
        raise _malformed()
    return created_at, change_id


def _malformed() -> Refusal:
    return Refusal("malformed-cursor", "This cursor belongs to another list, or to none.", pointer="/cursor")


def _of_status(changes: Changes, status: ChangeStatus, span: Span) -> Iterator[Change]:
    """Yield the changes of one status; of those created at once, the index tells no order."""
    for _, same in groupby(_pages(changes, status, span), key=attrgetter("created_at")):
        yield from sorted(same, key=place, reverse=True)


def _pages(changes: Changes, status: ChangeStatus, span: Span) -> Iterator[Change]:
    until, cursor = span.until, None
    if span.after:
        behind = span.after[0] + timedelta(microseconds=1)
        until = min(until, behind) if until else behind
    while True:
        wanted = Filter(values={"status": status.value}, since=span.since, until=until, limit=PAGE, cursor=cursor)
        page = changes.list(wanted)
        yield from page.items
        if (cursor := page.cursor) is None:
            return
