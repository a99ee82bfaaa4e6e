"""Brings a stored value from the shape in which it was written to the shape that is written today."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from shared.adapters.dynamodb.stored.upcasters import NUMBER, STEPS, Record, Upcaster

Type = list[Any]
"""The alternatives of a described type: a scalar's name, or `{"record": name}`, `{"list": type}`, `{"map": type}`,
`{"one of": values}`."""


@cache
def described(number: int) -> dict[str, Any]:
    """Returns the description of the shape of this number: `kinds` with their types, `records` with their fields."""
    text = resources.files(__package__).joinpath(f"shapes/{number}.json").read_text(encoding="utf-8")
    shape: dict[str, Any] = json.loads(text)
    return shape


@cache
def due(kind: str, number: int) -> tuple[int, ...]:
    """The shapes after this number that changed the kind itself, or a record which it can hold."""
    later = range(number + 1, NUMBER + 1)
    return tuple(each for each in later if STEPS[each].keys() & {kind, *held(described(each - 1), kind)})


def held(shape: Mapping[str, Any], kind: str) -> set[str]:
    """The names of all records that a value of this kind can hold."""
    found: set[str] = set()
    left = list(_records(shape["kinds"][kind]))
    while left:
        if (name := left.pop()) not in found:
            found.add(name)
            left += [each for field in shape["records"][name].values() for each in _records(field["type"])]
    return found


def upcast(kind: str, value: Any, number: int) -> Any:
    """The plain JSON value of a kind as the current shape has it."""
    for each in due(kind, number):
        shape = described(each - 1)
        value = stepped(value, shape["kinds"][kind], shape["records"], STEPS[each])
        value = STEPS[each][kind](value) if kind in STEPS[each] else value
    return value


def stepped(value: Any, type_: Type, records: Mapping[str, Any], steps: Mapping[str, Upcaster]) -> Any:
    """The value of a described type, with `steps` taken by the records in it, the innermost first."""
    if isinstance(value, list):
        return [stepped(each, _inner(type_, "list"), records, steps) for each in value]
    if not isinstance(value, dict):
        return value
    name = _name(value, list(_own(type_, "record")), records)
    if name is None:
        return {key: stepped(each, _inner(type_, "map"), records, steps) for key, each in value.items()}
    fields = records[name]
    record = {key: stepped(each, fields[key]["type"], records, steps) for key, each in value.items() if key in fields}
    return steps[name](record) if name in steps else record


def _name(value: Record, names: Sequence[str], records: Mapping[str, Any]) -> str | None:
    """Returns the name of the record that the value is; None if it can be none of these: then it is a map."""
    return names[0] if len(names) == 1 else next((name for name in names if _is(value, records[name])), None)


def _is(value: Record, fields: Mapping[str, Any]) -> bool:
    """Tells if the value has what such a record must have, and the values of its tags, such as the `op` of an edit."""
    needed = all(name in value or "default" in field for name, field in fields.items())
    tags = {name: next(_own(field["type"], "one of"), None) for name, field in fields.items()}
    return needed and all(value[name] in allowed for name, allowed in tags.items() if allowed and name in value)


def _records(type_: Type) -> Iterable[str]:
    yield from _own(type_, "record")
    for form in ("list", "map"):
        if inner := _inner(type_, form):
            yield from _records(inner)


def _inner(type_: Type, form: str) -> Type:
    return [each for inner in _own(type_, form) for each in inner]


def _own(type_: Type, form: str) -> Any:
    return (each[form] for each in type_ if isinstance(each, dict) and form in each)
