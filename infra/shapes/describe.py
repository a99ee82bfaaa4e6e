"""Describes what is stored as the domain's types have it now: kinds, their records, fields with types and defaults."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic_core import to_jsonable_python

Description = dict[str, Any]


def description(kinds: Mapping[str, Any]) -> Description:
    """Of kinds by name, each a type: `kinds` with their types, `records` with the fields of each class they hold."""
    records: dict[str, type] = {}
    described = {name: _type(type_, records) for name, type_ in kinds.items()}
    fields_of = dict[str, Any]()
    while left := [name for name in records if name not in fields_of]:
        for name in left:
            fields_of[name] = _fields(records[name], records)
    return {"kinds": described, "records": dict(sorted(fields_of.items()))}


def _fields(class_: type, records: dict[str, type]) -> Description:
    hints = get_type_hints(class_)
    return {field.name: {"type": _type(hints[field.name], records)} | _default(field) for field in fields(class_)}


def _default(field: "Field[Any]") -> Description:
    if field.default is not MISSING:
        return {"default": to_jsonable_python(field.default)}
    return {} if field.default_factory is MISSING else {"default": to_jsonable_python(field.default_factory())}


def _type(type_: Any, records: dict[str, type]) -> list[Any]:
    """The alternatives of a type, as `shared/adapters/dynamodb/stored/upcast.py` reads them."""
    origin, inner = get_origin(type_), get_args(type_)
    if origin in (Union, UnionType):
        return _distinct(each for one in inner for each in _type(one, records))
    if origin is Literal:
        return [{"one of": [str(each) if isinstance(each, str) else each for each in inner]}]
    if origin in (tuple, list, set, frozenset):
        return [{"list": _distinct(each for one in inner if one is not ... for each in _type(one, records))}]
    if origin is not None and issubclass(origin, Mapping):
        return [{"map": _type(inner[1], records)}]
    return [_plain(type_, records)]


def _plain(type_: Any, records: dict[str, type]) -> Any:
    """A class that is no container.

    Raises:
        ValueError: two classes of one name are stored; rename one of them.
    """
    if is_dataclass(type_) and isinstance(type_, type):
        if records.setdefault(type_.__name__, type_) is not type_:
            raise ValueError(f"two stored classes are called {type_.__name__}")
        return {"record": type_.__name__}
    if isinstance(type_, type) and issubclass(type_, Enum):
        return {"one of": [each.value for each in type_]}
    return "null" if type_ in (None, NoneType) else getattr(type_, "__name__", "Any")


def _distinct(types: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for each in types:
        found += [] if each in found else [each]
    return found
