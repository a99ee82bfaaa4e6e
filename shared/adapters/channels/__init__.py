"""Reads orders from sales channels: each reader turns the bytes of a channel into one `NewOrder`, or refuses them.

A reader is pure. It takes the channel's own shape and amounts and checks that they add up. Duplicates, stock and policy
are checked later.

A channel is one folder here, named as in the address `/channels/<name>/orders`. Its `reader.py` has
`read(raw: bytes) -> NewOrder`, and is imported when the first order of the channel comes. An order in our own shape, of
the channel `direct`, has no folder: `shared/http/resources/order/request.py` reads it.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path

from shared.domain.intake.new_order import NewOrder
from shared.domain.refusal import Refusal

Reader = Callable[[bytes], NewOrder]


def read(channel: str, raw: bytes) -> NewOrder:
    """Returns the order in `raw`, the body exactly as the channel sent it.

    Raises:
        Refusal: `unknown-channel`, or the mistake that the channel's reader finds.
    """
    if channel not in names():
        raise Refusal("unknown-channel", f"There is no channel '{channel[:40]}'; known are {', '.join(names())}.")
    return reader_of(channel)(raw)


@cache
def names() -> tuple[str, ...]:
    """Returns the channels that have a reader, by name: the folders of this package that hold a `reader.py`."""
    return tuple(sorted(each.parent.name for place in __path__ for each in Path(place).glob("*/reader.py")))


def reader_of(channel: str) -> Reader:
    """Returns the reader of one of `names()`."""
    reader: Reader = import_module(f"{__name__}.{channel}.reader").read
    return reader
