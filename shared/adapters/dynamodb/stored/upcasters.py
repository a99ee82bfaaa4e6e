"""The steps from each shape of stored values to the next.

Every stored value carries the number of its shape; one without a number is of shape 1. `STEPS` says, for each number
after that, which records differ from the shape before, and how an old one becomes a new one. Records, and kinds of
values as a whole, are called as `shapes/<the number before>.json` calls them. docs/contributor.md says how to add a
step ("a stored field").
"""

from collections.abc import Callable, Mapping
from typing import Any

Record = dict[str, Any]
"""A domain object as plain JSON: its fields by name. Those that hold their default may be missing."""

Upcaster = Callable[[Any], Any]
"""Makes a record (or a kind's whole value) of the next shape of one; pure."""


def renamed(old: str, new: str) -> Upcaster:
    """The field has another name."""
    return lambda record: {new if name == old else name: value for name, value in record.items()}


def explicit(name: str, default: Any) -> Upcaster:
    """The field has another default, or none: a record without the field means the old one."""
    return lambda record: {name: default, **record}


def _shipping_with_taxes(record: Record) -> Record:
    """Tax on shipping was an amount without a rate, kept with the price while shipping was free."""
    kept = {name: value for name, value in record.items() if name not in ("tax", "basis")}
    kept |= {"unrated": record["tax"]} if "tax" in record else {}
    if basis := record.get("basis"):
        kept["basis"] = {"price": basis[0], "unrated": basis[1]}
    return kept


STEPS: Mapping[int, Mapping[str, Upcaster]] = {2: {"Shipping": _shipping_with_taxes, "Order": explicit("shipping", {})}}

NUMBER = max(STEPS, default=1)
"""The shape that is written."""
