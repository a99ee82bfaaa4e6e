"""Compares two descriptions of stored shapes: what of the earlier one could not be read, or would mean another thing.

A field may be added if it has a default, and a list of values or of alternatives may grow: rows without them read as
before. Everything else takes a new number and an upcaster.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from infra.shapes.describe import Description


@dataclass(frozen=True, slots=True)
class Drift:
    """A difference that old rows do not survive: in which record (or kind) of the earlier shape, and in words."""

    record: str
    words: str


def drifts(before: Description, after: Description) -> list[Drift]:
    """Returns each difference once, in the order of the earlier kinds. The name of a class makes none."""
    compared = _Compared(before, after)
    for kind, type_ in before["kinds"].items():
        if kind not in after["kinds"]:
            compared.found.append(Drift(kind, f"the kind {kind!r} is gone"))
        else:
            compared.types(kind, f"kind {kind!r}", type_, after["kinds"][kind])
    return compared.found


class _Compared:
    def __init__(self, before: Description, after: Description) -> None:
        self.before, self.after = before["records"], after["records"]
        self.found: list[Drift] = []
        self._seen: set[tuple[str, str]] = set()

    def types(self, record: str, place: str, before: list[object], after: list[object]) -> None:
        for each in before:
            if not any(self._same(record, place, each, other) for other in self._candidates(each, after)):
                self.found.append(Drift(record, f"{place} can be {_said(each)} no more"))

    def _same(self, record: str, place: str, before: object, after: object) -> bool:
        """Tells if one alternative answers to another; it finds the differences within them on the way."""
        if not isinstance(before, dict) or not isinstance(after, dict):
            return before == after or (after == "str" and isinstance(before, dict) and "one of" in before)
        (form, inner), (found, other) = *before.items(), *after.items()
        if form != found:
            return False
        if form == "one of":
            return set(inner) <= set(other)
        if form == "record":
            self._records(inner, other)
        else:
            self.types(record, place, inner, other)
        return True

    def _records(self, before: str, after: str) -> None:
        if (before, after) in self._seen:
            return
        self._seen.add((before, after))
        was, is_ = self.before[before], self.after[after]
        for name, field in was.items():
            place = f"{before}.{name}"
            if name not in is_:
                self.found.append(Drift(before, f"{place} is gone"))
                continue
            if "default" in field and not _holds(is_[name].get("default", ...), field["default"]):
                self.found.append(Drift(before, f"{place} has another default, or none: it was {field['default']!r}"))
            self.types(before, place, field["type"], is_[name]["type"])
        for name in is_.keys() - was.keys():
            if "default" not in is_[name]:
                self.found.append(Drift(before, f"{before}.{name} is new and has no default"))

    def _candidates(self, type_: object, after: list[object]) -> Iterator[object]:
        """The alternatives that may answer to this one; of several records, those that have its tags."""
        if not isinstance(type_, dict) or "one of" in type_:
            yield from after
            return
        form = next(iter(type_))
        same = [each for each in after if isinstance(each, dict) and form in each]
        if form == "record" and len(same) > 1:
            tags = _tags(self.before[type_[form]])
            same = [each for each in same if _tags(self.after[each[form]]) == tags]
        yield from same


def _tags(fields: Description) -> Description:
    """Fields of one possible value, as the `op` of an edit: they tell records from one another."""
    alone = {name: field["type"][0] for name, field in fields.items() if len(field["type"]) == 1}
    return {name: one["one of"] for name, one in alone.items() if "one of" in one and len(one["one of"]) == 1}


def _said(type_: object) -> object:
    return next(iter(type_.values())) if isinstance(type_, dict) else type_


def _holds(found: object, default: object) -> bool:
    """Tells if a default is still the same. A record may have gained fields, whose own defaults are looked at there."""
    if isinstance(default, dict) and isinstance(found, dict):
        return all(name in found and _holds(found[name], each) for name, each in default.items())
    return found == default
