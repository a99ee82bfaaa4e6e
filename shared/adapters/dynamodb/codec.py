"""Domain values to stored bytes and back: JSON by the domain's own types, compressed where many stand together."""

import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from shared.domain.audit.log import LogEntry
from shared.domain.change.change import Change
from shared.domain.change.events import Event
from shared.domain.order.line import Line, Progress
from shared.domain.order.order import Asset, Order
from shared.domain.refusal import Refusal

ORDER = TypeAdapter(Order)
LINE = TypeAdapter(Line)
LINES = TypeAdapter(tuple[Line, ...])
ASSETS = TypeAdapter(tuple[Asset, ...])
PROGRESS = TypeAdapter(dict[str, Progress])
CHANGE = TypeAdapter(Change)
ENTRY = TypeAdapter(LogEntry)
EVENTS = TypeAdapter(tuple[Event, ...])

ITEM_LIMIT = 350_000
"""Bytes of one packed attribute: an item may hold 400 KB, names and the rest included."""


def dumps(adapter: TypeAdapter[Any], value: Any, exclude: set[str] | None = None) -> bytes:
    """JSON without what is as by default. Not for changes: an edit's `op` is a default that tells it from others."""
    return adapter.dump_json(value, exclude=exclude, exclude_defaults=True)


def packed(adapter: TypeAdapter[Any], value: Any) -> bytes:
    """The whole value, compressed."""
    return zlib.compress(adapter.dump_json(value), 6)


class Unreadable(ValueError):
    """A stored value does not fit its type (any more). Says where, never what: the value may be personal."""


def unpacked(adapter: TypeAdapter[Any], data: bytes) -> Any:
    """Raises:
    Unreadable, zlib.error
    """
    return loads(adapter, zlib.decompress(data))


def loads(adapter: TypeAdapter[Any], text: str | bytes) -> Any:
    """The value of a JSON text.

    Raises:
        Unreadable
    """
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        raise _unreadable(error) from None


def _unreadable(error: ValidationError) -> Unreadable:
    """Pydantic's own words quote what they found."""
    places = ["/".join(map(str, each["loc"])) + f": {each['type']}" for each in error.errors(include_input=False)[:10]]
    return Unreadable(f"{error.title} {', '.join(places)}")


def packed_whole(adapter: TypeAdapter[Any], value: Any) -> bytes:
    """The whole value for one item of its own.

    Raises:
        Refusal: `change-too-large`, if no item can hold it.
    """
    data = packed(adapter, value)
    if len(data) > ITEM_LIMIT:
        raise Refusal("change-too-large", "This changes too much at once; split it into several changes.")
    return data


def packs_of(lines: Sequence[Line]) -> Iterable[bytes]:
    """The lines in as few packs as fit into items."""
    pack = packed(LINES, tuple(lines))
    if len(pack) <= ITEM_LIMIT or len(lines) == 1:
        return [pack]
    middle = len(lines) // 2
    return [*packs_of(lines[:middle]), *packs_of(lines[middle:])]


def header(order: Order) -> bytes:
    """The order without its lines, progress and assets, which have rows of their own."""
    return dumps(ORDER, order, {"lines", "progress", "assets"})


def joined(head: str, lines: Iterable[Line], progress: dict[str, Progress], assets: tuple[Asset, ...] = ()) -> Order:
    beside = {"lines": tuple(lines), "progress": progress, "assets": assets}
    try:
        order: Order = ORDER.validate_python({**json.loads(head), **beside})
    except ValidationError as error:
        raise _unreadable(error) from None
    return order


def stamp(at: datetime) -> str:
    """A time as sort keys use it: fixed width, so that text order is time order."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
