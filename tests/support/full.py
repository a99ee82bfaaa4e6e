"""Makes values of any type of the domain with every part that they may have, so that tests can walk what there is."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLAIN: Mapping[type, object] = {
    int: 1, bool: True, float: 1.0, Decimal: Decimal(1), date: AT.date(), datetime: AT, type(None): None,
}  # fmt: skip
NOTHING: Mapping[str, object] = {}


def full(kind: Any, name: str = "", given: Mapping[str, object] = NOTHING) -> Any:
    """A value of this type with every part that it may have, and in every text its own name.

    `given` says what some fields hold instead, by `Class.field`.
    """
    if name in given:
        return given[name]
    if kind is str:
        return f"<{name}>"
    if kind in PLAIN:
        return PLAIN[kind]
    if is_dataclass(kind):
        hints, own = get_type_hints(kind), kind.__name__  # type: ignore[union-attr]
        return kind(**{each.name: full(hints[each.name], f"{own}.{each.name}", given) for each in fields(kind)})  # type: ignore[operator]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    return _of_several(get_origin(kind), get_args(kind), name, given)


def _of_several(origin: Any, args: tuple[Any, ...], name: str, given: Mapping[str, object]) -> Any:
    if origin is Literal:
        return args[0]
    if origin in (Union, UnionType):
        return full(args[0], name, given)
    if origin is dict:
        return {full(args[0], f"{name} key", given): full(args[1], name, given)}
    if len(args) == 2 and args[1] is Ellipsis:
        each = get_args(args[0]) if get_origin(args[0]) in (Union, UnionType) else args[:1]
        return tuple(full(variant, name, given) for variant in each)
    return tuple(full(each, name, given) for each in args)
