"""Answers with a page of a list that stays below 1 MB, whatever is in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from aws_lambda_powertools.event_handler import Response

from shared.http.door.answers import respond
from shared.http.door.call import Call
from shared.http.door.cursors import Key, opened, sealed
from shared.http.door.jsontext import dumps
from shared.http.parts.sizes import how_many_fit
from shared.http.parts.view import Json
from shared.ports.paging import Filter, Page
from shared.ports.requests import Answer

T = TypeVar("T")

MAX_PAGE_BYTES = 1_000_000
"""Bytes of a page. A reply of Lambda's may have six times as many, and a portal should show a page at once."""
AROUND = 4_096
"""Bytes of what stands around the items, the cursor among it."""


def paged(
    call: Call, key: Key, wanted: Filter | None, read: Callable[[Filter], Page[T]], view: Callable[[T], Json]
) -> Response[str]:
    """Returns 200 with a page: as many items as are wanted, or fewer if they would not fit. `wanted` is None where
    nothing is listed; its cursor is the caller's.

    Raises:
        Refusal: `malformed-cursor`.
    """
    if wanted is None:
        return _answer([], None)
    asked = replace(wanted, cursor=opened(call, key, wanted.cursor))
    while True:
        page = read(asked)
        items = [dumps(view(each)) for each in page.items]
        fitting = how_many_fit(items, MAX_PAGE_BYTES - AROUND)
        if fitting == len(items) or asked.limit == 1:
            return _answer(items, sealed(call, key, page.cursor))
        # The store's cursor leads past the whole page: a shorter one is read, up to the last item that fits.
        asked = replace(asked, limit=max(1, min(fitting, asked.limit - 1)))


def sliced(
    call: Call,
    key: Key,
    wanted: Filter,
    found: Sequence[T],
    view: Callable[[T], Json],
    *,
    of: Mapping[str, object] | None = None,
    beside: Json | None = None,
) -> Response[str]:
    """Returns 200 with a page of what is all there already. `of` tells what a cursor leads on in, where the query does
    not say it all; `beside` stands in the reply beside the page.

    Raises:
        Refusal: `malformed-cursor`.
    """
    start = int(opened(call, key, wanted.cursor, of) or 0)
    items = [dumps(view(each)) for each in found[start : start + wanted.limit]]
    items = items[: max(1, how_many_fit(items, MAX_PAGE_BYTES - AROUND))]
    end = start + len(items)
    return _answer(items, sealed(call, key, str(end) if end < len(found) else None, of), beside or {})


def _answer(items: Sequence[str], cursor: str | None, beside: Json | None = None) -> Response[str]:
    rest = dumps({"next_cursor": cursor} | (beside or {}))
    return respond(Answer(status=200, body=f'{{"items":[{",".join(items)}],{rest[1:]}'))
