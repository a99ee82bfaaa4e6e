"""Decides if policies allow what a call needs, and notes what allowed it.

Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: condition operators". Refuses to judge
by an operator that it does not know.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tests.support.permissions.needs import Need

Statement = Mapping[str, Any]


@dataclass(frozen=True, order=True)
class Grant:
    """One action on one resource that a policy allows."""

    policy: str
    action: str
    resource: str


@dataclass(frozen=True)
class Policy:
    """A named policy: a role's own, one of several roles, or a table's."""

    name: str
    statements: tuple[Statement, ...]

    @property
    def grants(self) -> set[Grant]:
        """Returns all that it allows."""
        allowing = [each for each in self.statements if each["Effect"] == "Allow"]
        return {Grant(self.name, action, place) for each in allowing for action, place in _pairs(each)}


def judge(need: Need, policies: Iterable[Policy]) -> set[Grant]:
    """Returns the grants that allow it: none if nothing does, or if a statement refuses it."""
    found: set[Grant] = set()
    for policy in policies:
        for statement in policy.statements:
            fitting = [(action, place) for action, place in _pairs(statement) if _fits(need, action, place)]
            if fitting and _holds(statement.get("Condition", {}), need):
                if statement["Effect"] == "Deny":
                    return set()
                found |= {Grant(policy.name, action, place) for action, place in fitting}
    return found


def _pairs(statement: Statement) -> Iterator[tuple[str, str]]:
    for action in as_list(statement["Action"]):
        for place in as_list(statement["Resource"]):
            yield action, place


def as_list(value: Any) -> list[Any]:
    """Returns a list: policies write one value without its brackets."""
    return value if isinstance(value, list) else [value]


def _fits(need: Need, action: str, place: str) -> bool:
    if action != need.action:
        return False
    if need.resource is None or place == "*":
        return True
    return any(fnmatchcase(need.resource, pattern) for pattern in (place, place.split(":", 5)[-1]))


def _holds(condition: Mapping[str, Mapping[str, Any]], need: Need) -> bool:
    return all(
        _OPERATORS[operator](need.context.get(key), as_list(wanted))
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def _all_like(found: tuple[str, ...] | None, wanted: list[str]) -> bool:
    """Holds for a call without the key, as IAM's ForAllValues does."""
    return all(any(fnmatchcase(value, pattern) for pattern in wanted) for value in found or ())


def _is_absent(found: tuple[str, ...] | None, wanted: list[str]) -> bool:
    return (found is None) == (wanted == ["true"])


def _differs(found: tuple[str, ...] | None, wanted: list[str]) -> bool:
    """Holds for a call without the key, as IAM's negated operators do."""
    return not set(found or ()) & set(wanted)


def _is_one_of(found: tuple[str, ...] | None, wanted: list[str]) -> bool:
    return bool(set(found or ()) & set(wanted))


def _is_like_none(found: tuple[str, ...] | None, wanted: list[str]) -> bool:
    return not any(fnmatchcase(value, pattern) for value in found or () for pattern in wanted)


_OPERATORS = {
    "ForAllValues:StringLike": _all_like,
    "ForAnyValue:StringEquals": _is_one_of,
    "Null": _is_absent,
    "StringNotEquals": _differs,
    "ArnNotEquals": _differs,
    "ArnNotLike": _is_like_none,
    "Bool": lambda found, wanted: tuple(wanted) == (found or ("true",)),
}
"""The only key that Bool asks for is aws:SecureTransport, and every SDK connects by TLS."""
