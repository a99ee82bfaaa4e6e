"""Compiles and evaluates conditions of rules in CEL, the Common Expression Language (github.com/google/cel-spec).

A condition compares the variables of its vocabulary and answers true or false. `validation.try_conditions` finds
mistakes in it before it comes in force. A condition that still fails at evaluation gets the stricter answer, so that no
plan stops because of it.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from shared.domain.policy.subjects import Value

# The package imports its own command line, whose terminal libraries a Lambda does not have (ADR 0018).
sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))

import cel  # noqa: E402


@dataclass(frozen=True, slots=True)
class Words:
    """The texts that a variable may have: exactly `known`, or any if `open`. With `many` the variable is a list of
    them."""

    known: tuple[str, ...] = ()
    open: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A variable that is a whole number, 0 or more."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A variable that is true or false."""


Kind = Words | Number | Flag
Vocabulary = Mapping[str, Kind]

FAILURES = (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError)
"""The exceptions that the library raises if an expression has no value."""


@cache
def compiled(source: str) -> "cel.Program":
    """Returns the compiled expression.

    Raises:
        ValueError: `source` is no expression.
    """
    return cel.compile(source)


@cache
def variables(source: str) -> frozenset[str]:
    """Returns the names that a condition compares; none for an empty one."""
    return frozenset(compiled(source).variables()) if source else frozenset()


def holds(source: str, values: Mapping[str, Value], *, unanswered: bool = True) -> bool:
    """Tells if the condition is true of these values; an empty one always is. `unanswered` is the same as for
    `true_in`."""
    return not source or true_in(source, context(values), unanswered=unanswered)


def true_in(source: str, given: "cel.Context", *, unanswered: bool) -> bool:
    """Tells if the condition is true in this context. A condition that fails, or that is neither true nor false, counts
    as `unanswered`: True where a rule that holds is the stricter side, False where it allows something or has a
    price."""
    try:
        said = answer(source, given)
    except FAILURES:
        return unanswered
    return unanswered if said is None else said


def answer(source: str, given: "cel.Context") -> bool | None:
    """Returns the answer of a condition; None if it is neither true nor false.

    Raises:
        one of FAILURES: it divides by zero, reads a number from something else, or looks up a key that is missing.
    """
    said = compiled(source).execute(given)
    return said if isinstance(said, bool) else None


def context(values: Mapping[str, Value]) -> "cel.Context":
    given = {name: list(each) if isinstance(each, tuple) else each for name, each in values.items()}
    return cel.Context(variables=given)
