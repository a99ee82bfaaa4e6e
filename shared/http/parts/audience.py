"""Declares for whom each field of a reply is, and makes a customer's view of it.

Each resource declares its fields in `shared/http/resources/<resource>/audience.py`, and the route's row names them. The
door lets through to a customer, or to whoever holds a link, what is declared for them and nothing else. A field that
nobody declared is therefore shown to staff alone, and `tests/unit/http/test_audiences.py` names it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

Audience: TypeAlias = Literal["everyone", "own", "staff"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields of one object of a reply, by whom they are for. `own`: a customer reads them where the object says
    that it is theirs, the field `theirs[0]` being one of `theirs[1]`. `desk` are fields that of staff only those read
    who serve customers (`Route`'s amenders), whoever else reads them. `parts` are for everyone, and hold objects (or
    lists of them) with fields of their own. `mark` is a field by which the object is told from another that the same
    route replies with."""

    everyone: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    staff: frozenset[str] = frozenset()
    parts: Mapping[str, "Fields"] = field(default_factory=dict)
    theirs: tuple[str, frozenset[str]] = ("", frozenset())
    desk: frozenset[str] = frozenset()
    mark: str = ""
    whole: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Returns every field that is declared."""
        return self.everyone | self.own | self.staff | frozenset(self.parts)

    def audience_of(self, name: str) -> Audience:
        return "own" if name in self.own else "staff" if name in self.staff else "everyone"


def fields(
    everyone: str = "",
    *,
    own: str = "",
    staff: str = "",
    theirs: tuple[str, str] = ("", ""),
    desk: str = "",
    mark: str = "",
    parts: Mapping[str, Fields] | None = None,
) -> Fields:
    """Returns fields by their names, which are words of a text; `theirs` is a field and its values."""
    return Fields(
        everyone=frozenset(everyone.split()),
        own=frozenset(own.split()),
        staff=frozenset(staff.split()),
        theirs=(theirs[0], frozenset(theirs[1].split())),
        desk=frozenset(desk.split()),
        mark=mark,
        parts=parts or {},
    )


Shows: TypeAlias = tuple[Fields, ...]
"""A route may reply with these: the first whose mark the reply has."""

WHOLE: Shows = (Fields(whole=True),)
"""For what is published: the OpenAPI document."""

BEFORE_AND_AFTER = "before", "after"


def both(of: Fields) -> Fields:
    """Returns the fields of what was and what becomes."""
    return fields(parts=dict.fromkeys(BEFORE_AND_AFTER, of))


def without(of: Fields, names: str, *, more: str = "", parts: Mapping[str, Fields] | None = None) -> Fields:
    """Returns the fields without some of them, with `more` that are for everyone, and with other `parts`."""
    gone = frozenset(names.split())
    left = {name: each for name, each in of.parts.items() if name not in gone} | dict(parts or {})
    everyone = (of.everyone - gone) | frozenset(more.split())
    return replace(of, everyone=everyone, own=of.own - gone, staff=of.staff - gone, parts=left)


def any_of(some: Iterable[Fields]) -> Fields:
    """Returns the fields of objects that may be any of these: what one of them keeps from some people, all keep."""
    found = list(some)
    kept = frozenset[str]().union(*(each.own | each.staff for each in found))
    everyone = frozenset[str]().union(*(each.everyone for each in found)) - kept
    parts = {name: part for each in found for name, part in each.parts.items() if name not in kept}
    return Fields(everyone=everyone, staff=kept, parts=parts)


def page_of(item: Fields) -> Shows:
    """Returns the fields of a page of such items."""
    return (fields("next_cursor", parts={"items": item}),)


def customers_view(view: Any, shows: Shows) -> Any:
    """Returns what of a reply is for customers."""
    if not isinstance(view, dict):
        return view
    declared = next((each for each in shows if not each.mark or each.mark in view), None)
    return _seen(view, declared) if declared else {}


def back_office_view(view: Any, shows: Shows) -> Any:
    """Returns what of a reply is for staff that serves no customers: all but the fields of the desk."""
    if not isinstance(view, dict):
        return view
    declared = next((each for each in shows if not each.mark or each.mark in view), None)
    return _without_desk(view, declared) if declared else view


def _without_desk(view: Any, declared: Fields) -> Any:
    if isinstance(view, list):
        return [_without_desk(each, declared) for each in view]
    if not isinstance(view, dict):
        return view
    return {
        key: _without_desk(value, declared.parts[key]) if key in declared.parts else value
        for key, value in view.items()
        if key not in declared.desk
    }


def has_desk(shows: Iterable[Fields]) -> bool:
    """Tells if any of these has a field of the desk, at whatever depth."""
    return any(each.desk or has_desk(each.parts.values()) for each in shows)


def _seen(view: Any, declared: Fields) -> Any:
    if declared.whole or view is None:
        return view
    if isinstance(view, list):
        return [_seen(each, declared) for each in view]
    name, values = declared.theirs
    let_in = declared.everyone | (declared.own if view.get(name) in values else frozenset())
    return {
        key: value if key in let_in else _seen(value, declared.parts[key])
        for key, value in view.items()
        if key in let_in or key in declared.parts
    }
