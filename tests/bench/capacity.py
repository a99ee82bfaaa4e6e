"""What DynamoDB would charge for a call, computed from item sizes.

moto answers ReturnConsumedCapacity with 1.0 whatever was asked, so this counts instead. The rules are those of the
Amazon DynamoDB developer guide: "DynamoDB item sizes and formats", "DynamoDB read and write operations", and "Using
global secondary indexes" (an entry that appears, disappears or moves is written; one that stays as it is, is not).
"""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

Item = Mapping[str, Mapping[str, Any]]

READ_UNIT, WRITE_UNIT = 4096, 1024
TRANSACTIONAL = 2
"""A transaction prepares and commits: two units for each."""


def item_size(item: Item) -> int:
    """Bytes of an item: names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def read_units(items: Iterable[Item], *, one_by_one: bool) -> int:
    """Units of a strongly consistent read: a query's items together, or each for itself as GetItem and BatchGetItem
    take them. What is not there costs a unit all the same."""
    sizes = [item_size(item) for item in items]
    if one_by_one:
        return sum(max(1, ceil(size / READ_UNIT)) for size in sizes)
    return max(1, ceil(sum(sizes) / READ_UNIT))


def write_units(before: Item, after: Item) -> int:
    """Units of writing one item outside of a transaction: by the larger of what was and what is."""
    return max(1, ceil(max(item_size(before), item_size(after)) / WRITE_UNIT))


def index_units(before: Item, after: Item, indexes: Iterable[tuple[str, ...]], keys: tuple[str, ...]) -> int:
    """Units of keeping KEYS_ONLY indexes: each is given by its key's attributes."""
    return sum(_one_index(before, after, index, keys) for index in indexes)


def _one_index(before: Item, after: Item, index: tuple[str, ...], keys: tuple[str, ...]) -> int:
    was, is_ = (_entry(item, index, keys) for item in (before, after))
    if was == is_:
        return 0
    return sum(max(1, ceil(item_size(entry) / WRITE_UNIT)) for entry in (was, is_) if entry)


def _entry(item: Item, index: tuple[str, ...], keys: tuple[str, ...]) -> Item:
    """What the index shows of an item: nothing unless it has all of the index's key."""
    if not all(name in item for name in index):
        return {}
    return {name: item[name] for name in dict.fromkeys((*index, *keys))}


def _value_size(value: Mapping[str, Any]) -> int:
    kind, raw = next(iter(value.items()))
    if kind == "S":
        return len(raw.encode())
    if kind == "N":
        digits = raw.lstrip("-").replace(".", "").strip("0")
        return ceil(len(digits) / 2) + 1 + raw.startswith("-")
    if kind == "B":
        return len(raw)
    if kind == "M":
        return 3 + sum(len(name.encode()) + _value_size(inner) + 1 for name, inner in raw.items())
    if kind == "L":
        return 3 + sum(_value_size(inner) + 1 for inner in raw)
    return 1
