"""Python values as DynamoDB attribute values, and back: only the few types that our rows use."""

from collections.abc import Mapping
from typing import Any

Item = dict[str, Any]
"""An item in the wire format of the low-level client: `{"name": {"S": "text"}}`."""

_READ = {"S": str, "N": int, "B": bytes}


def item(values: Mapping[str, Any]) -> Item:
    """Attribute values of the given values; None is left out."""
    return {name: value(given) for name, given in values.items() if given is not None}


def value(given: Any) -> dict[str, Any]:
    if isinstance(given, bytes):
        return {"B": given}
    if isinstance(given, int):
        return {"N": str(given)}
    if isinstance(given, Mapping):
        return {"M": item(given)}
    if isinstance(given, list | tuple):
        return {"L": [value(each) for each in given]}
    return {"S": str(given)}


def values(stored: Item) -> dict[str, Any]:
    """The scalar values of an item; maps and others are not read back."""
    read = {}
    for name, typed in stored.items():
        kind, raw = next(iter(typed.items()))
        if kind in _READ:
            read[name] = _READ[kind](raw)
    return read
