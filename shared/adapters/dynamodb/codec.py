"""Values that must fit into items: an order's header, packs of its lines, what is packed whole; and times in keys."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from shared.adapters.dynamodb.stored.kind import Kind
from shared.adapters.dynamodb.stored.kinds import LINES, ORDER
from shared.domain.order.line import Line
from shared.domain.order.order import Asset, Order
from shared.domain.order.progress import Progress
from shared.domain.refusal import Refusal

T = TypeVar("T")

ITEM_LIMIT = 350_000
"""Bytes of one packed attribute: an item may hold 400 KB, names and the rest included."""


def packed_whole(kind: Kind[T], value: T) -> bytes:
    """The whole value for one item of its own.

    Raises:
        Refusal: `change-too-large`, if no item can hold it.
    """
    data = kind.pack(value)
    if len(data) > ITEM_LIMIT:
        raise Refusal("change-too-large", "This changes too much at once; split it into several changes.")
    return data


def packs_of(lines: Sequence[Line]) -> Iterable[bytes]:
    """The lines in as few packs as fit into items."""
    pack = LINES.pack(tuple(lines))
    if len(pack) <= ITEM_LIMIT or len(lines) == 1:
        return [pack]
    middle = len(lines) // 2
    return [*packs_of(lines[:middle]), *packs_of(lines[middle:])]


def header(order: Order) -> str:
    """The order without its lines, progress and assets, which have rows of their own."""
    return ORDER.text(order, {"lines", "progress", "assets"})


def joined(head: str, lines: Iterable[Line], progress: Mapping[str, Progress], assets: tuple[Asset, ...] = ()) -> Order:
    """The order of its header and of what has rows of its own.

    Raises:
        Unreadable
    """
    return ORDER.valid({**ORDER.plain(head), "lines": tuple(lines), "progress": progress, "assets": assets})


def stamp(at: datetime) -> str:
    """A time as sort keys use it: fixed width, so that text order is time order."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
