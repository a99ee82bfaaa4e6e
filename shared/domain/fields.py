"""Reads what the domain's types declare of their fields, so that digest, log, undo and erasure are derived from it.

A field that no table names counts: it is among the others of its type, under its own name.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from operator import attrgetter
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_type_hints

from shared.domain.canonical import canonical, personal

_ERASED_AS = "erased_as"
Row = TypeVar("Row")


def erased_as(value: object) -> Mapping[str, object]:
    """Returns the metadata of a personal field: an erasure puts `value` in its place, and log and digest hash it."""
    return {_ERASED_AS: value}


def erased_values(kind: type[Any]) -> dict[str, object]:
    """Returns the value that an erasure puts in the place of each personal field of `kind`."""
    return {each.name: each.metadata[_ERASED_AS] for each in fields(kind) if _ERASED_AS in each.metadata}


def fields_without(kind: type[Any], named: Iterable[str]) -> tuple[str, ...]:
    """Returns the fields of `kind` that `named` leaves, in their order.

    Raises:
        ValueError: `named` has a name that is no field, so it is out of date.
    """
    left = set(named)
    if unknown := left - {each.name for each in fields(kind)}:
        raise ValueError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}")
    return tuple(each.name for each in fields(kind) if each.name not in left)


def values_of(names: Iterable[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Returns a getter of these fields, made once, because it is called for a thousand lines."""
    wanted = tuple(names)
    if not wanted:
        return lambda _: ()
    get = attrgetter(*wanted)
    return get if len(wanted) > 1 else lambda value: (get(value),)


def changed(value: Row, /, **changes: object) -> Row:
    """Returns a copy of a frozen dataclass with slots, with some fields changed: `dataclasses.replace` in half its
    time, for what is made once or more for each of a thousand lines. No `__post_init__` of it runs.

    Raises:
        AttributeError: it has no such field.
    """
    kind = type(value)
    names, values = _read_by(cast(Hashable, kind))
    copy, put = object.__new__(kind), object.__setattr__
    for name, each in zip(names, values(value), strict=True):
        put(copy, name, each)
    for name, each in changes.items():
        put(copy, name, each)
    return copy


@cache
def _read_by(kind: type[Any]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names = fields_without(kind, ())
    return names, values_of(names)


class Others:
    """Tells the fields of a type that are not named: those that somebody added and nobody has decided on."""

    __slots__ = ("_defaults", "_fields", "_values", "none")

    def __init__(self, kind: type[Any], named: Iterable[str]) -> None:
        names = fields_without(kind, named)
        self._fields: tuple[Field[Any], ...] = tuple(each for each in fields(kind) if each.name in names)
        self._values = values_of(names)
        self._defaults = tuple(_default(each) for each in self._fields)
        self.none = not self._fields

    def of(self, value: object, key: str) -> dict[str, object]:
        """Returns their values by name, leaving out those equal to the default; personal ones are hashed with `key`.

        So a field that is new and not used leaves the digests of all orders as they were.
        """
        found = self._values(value)
        if found == self._defaults:
            return {}
        told = zip(self._fields, found, self._defaults, strict=True)
        return {field.name: _shown(field, now, key) for field, now, default in told if now != default}


def _default(field: Field[Any]) -> object:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _shown(field: Field[Any], value: object, key: str) -> object:
    return personal(canonical(plain(value, key)), key) if _ERASED_AS in field.metadata else plain(value, key)


def plain(value: object, key: str) -> object:
    """Returns a value as JSON can hold it: other types as objects of their fields, anything about a person as one keyed
    hash."""
    if is_dataclass(value) and not isinstance(value, type):
        shown = Others(type(value), ()).of(value, key)
        return personal(canonical(shown), key) if stays(type(value)) else shown
    if isinstance(value, tuple | list):
        return [plain(each, key) for each in value]
    if isinstance(value, Mapping):
        return {str(name): plain(each, key) for name, each in value.items()}
    return value


def stays(kind: type[Any]) -> Mapping[str, str]:
    """Returns what an erasure leaves of a type that is about a person, each with its reason; empty for every other
    type."""
    staying: Mapping[str, str] = getattr(kind, "STAYS", {})
    return staying


def without_personal(value: object) -> object:
    """A value as JSON can hold it, without the fields that say who somebody is."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: without_personal(getattr(value, name)) for name in impersonal_fields(type(value))}
    if isinstance(value, tuple | list):
        return [without_personal(each) for each in value]
    if isinstance(value, Mapping):
        return {str(name): without_personal(each) for name, each in value.items()}
    return value


@cache
def impersonal_fields(kind: type[Any]) -> tuple[str, ...]:
    """The fields of `kind` that may hold something else than what is about a person; of an address there are none."""
    if stays(kind):
        return ()
    hints = get_type_hints(kind)
    plain_ones = [each.name for each in fields(kind) if _ERASED_AS not in each.metadata]
    return tuple(name for name in plain_ones if not _is_personal(hints[name]))


def _is_personal(hint: object) -> bool:
    """Tells if all that a field of this type can hold is about a person."""
    if is_dataclass(hint):
        return not impersonal_fields(cast(type, hint))
    held = [each for each in get_args(hint) if each not in (NoneType, Ellipsis)]
    return bool(held) and all(_is_personal(each) for each in held)
