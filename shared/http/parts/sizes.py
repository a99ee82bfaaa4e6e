"""Keeps replies small: measures JSON text, and cuts lists that would make a reply too large."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from shared.http.parts.view import Json

FEW = 20
"""Entries that are not worth measuring: none is larger than some 100 kB."""


def text_of(value: Any) -> str:
    """Returns compact JSON text, as replies have it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def size_of(value: Any) -> int:
    """Returns the bytes of a value in a reply."""
    return len(text_of(value).encode())


def how_many_fit(items: Sequence[str], most: int) -> int:
    """Returns how many of these JSON texts, from the first on, have `most` bytes together at most."""
    size = 0
    for number, item in enumerate(items):
        size += len(item.encode()) + 1
        if size > most:
            return number
    return len(items)


def within(view: Json, lists: Sequence[str], most: int) -> Json:
    """Returns the view with `most` bytes at most: the longest of the named `lists` are cut, and `left_out` says so. A
    list that would not be the longest stays whole."""
    held = {name: view[name] for name in lists if view.get(name)}
    if sum(map(len, held.values())) <= FEW:
        return view
    sizes = {name: size_of(items) for name, items in held.items()}
    room = most - (size_of({name: value for name, value in view.items() if name not in held}))
    if sum(sizes.values()) <= room:
        return view
    kept = _cut(held, sizes, room)
    left_out = [
        {"part": name, "shown": len(kept[name]), "of": len(items)}
        for name, items in held.items()
        if len(kept[name]) < len(items)
    ]
    return view | kept | {"left_out": left_out}


def _cut(held: Mapping[str, Sequence[Any]], sizes: Mapping[str, int], room: int) -> dict[str, list[Any]]:
    """Shares the room out, the shortest list first: what one does not need is left to the longer ones."""
    kept = dict[str, list[Any]]()
    for number, name in enumerate(sorted(held, key=lambda name: sizes[name])):
        share = max(0, room) // (len(held) - number)
        texts = [text_of(each) for each in held[name]]
        kept[name] = list(held[name][: how_many_fit(texts, share)])
        room -= size_of(kept[name])
    return kept
