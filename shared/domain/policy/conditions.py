"""Conditions of rules in CEL, the Common Expression Language (github.com/google/cel-spec): compiled once, pure, quick.

A condition compares the variables of its vocabulary and answers true or false. `trying.problems` finds what is wrong
with one before it ever rules; what slips through, and fails when it rules, counts as the strict side and stops no plan.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from shared.domain.policy.subjects import Value

# The package imports its own command line, which needs a terminal's libraries; a Lambda has no terminal (ADR 0018).
sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))

import cel  # noqa: E402


@dataclass(frozen=True, slots=True)
class Words:
    """A variable's values: `known` are all there are, unless it is `open`; `many`: a list of them."""

    known: tuple[str, ...] = ()
    open: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number from 0 on."""


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


Kind = Words | Number | Flag
Vocabulary = Mapping[str, Kind]

FAILURES = (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError)
"""What the library raises where an expression comes to nothing."""


@cache
def compiled(source: str) -> "cel.Program":
    """Raises:
    ValueError: it is no expression.
    """
    return cel.compile(source)


@cache
def variables(source: str) -> frozenset[str]:
    """The names that a condition compares; none for an empty one."""
    return frozenset(compiled(source).variables()) if source else frozenset()


def holds(source: str, values: Mapping[str, Value], *, unanswered: bool = True) -> bool:
    """Whether the condition is true of these values; an empty one always is. `unanswered` as for `true_in`."""
    return not source or true_in(source, context(values), unanswered=unanswered)


def true_in(source: str, given: "cel.Context", *, unanswered: bool) -> bool:
    """Whether it is true there. `unanswered` stands for the answer of a condition that fails, or that says neither true
    nor false: True where a rule that holds is the strict side, False where it allows something or has its price."""
    try:
        said = answer(source, given)
    except FAILURES:
        return unanswered
    return unanswered if said is None else said


def answer(source: str, given: "cel.Context") -> bool | None:
    """None from what is neither true nor false.

    Raises:
        one of FAILURES: it divides by nothing, reads as a number what is none, looks for what is not there.
    """
    said = compiled(source).execute(given)
    return said if isinstance(said, bool) else None


def context(values: Mapping[str, Value]) -> "cel.Context":
    given = {name: list(each) if isinstance(each, tuple) else each for name, each in values.items()}
    return cel.Context(variables=given)
