"""Conditions of rules in CEL, the Common Expression Language (github.com/google/cel-spec): compiled once, pure, quick.

A condition compares the variables of its vocabulary and answers true or false. `problems` finds what is wrong with one
before it ever rules: a name or a word that does not exist, other types, and what can never hold.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from types import ModuleType

from shared.domain.cases import Value

# The package imports its own command line, which needs a terminal's libraries; a Lambda has no terminal (ADR 0018).
sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))

import cel  # noqa: E402

MAX_LENGTH = 1000
TRIED = 4000
"""Combinations of values that a condition is tried with."""
OTHER = "(another)"

_LITERAL = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
_NUMBER = re.compile(r"(?<![\w.'\"])\d+(?![\w.])")


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


def holds(source: str, values: Mapping[str, Value]) -> bool:
    """Whether the condition is true of these values; an empty one always is."""
    return not source or compiled(source).execute(context(values)) is True


def context(values: Mapping[str, Value]) -> "cel.Context":
    given = {name: list(each) if isinstance(each, tuple) else each for name, each in values.items()}
    return cel.Context(variables=given)


def problems(source: str, vocabulary: Vocabulary) -> Sequence[str]:
    """What is wrong with a condition, in words; nothing if it is sound."""
    if not source:
        return ()
    if len(source) > MAX_LENGTH:
        return (f"A condition has at most {MAX_LENGTH} characters.",)
    try:
        names = variables(source)
    except ValueError:
        return ("This is no CEL expression.",)
    if unknown := sorted(names - set(vocabulary)):
        return (f"Unknown: {', '.join(unknown)}. A condition here may compare {', '.join(vocabulary)}.",)
    if strange := _strange_words(source, [vocabulary[name] for name in names]):
        return (f"Never the value of anything here: {', '.join(strange)}.",)
    return tuple(_trial(source, vocabulary))


def ever(source: str, vocabulary: Vocabulary, beside: str = "") -> Iterator[dict[str, Value]]:
    """Values of the condition's variables under which it holds, of those that are tried: what it or the condition
    `beside` it names, and what neither does, which is all the same to both."""
    names = sorted(variables(source))
    choices = [_choices(vocabulary[name], f"{source} {beside}") for name in names]
    for values in islice(product(*choices), TRIED):
        tried = dict(zip(names, values, strict=True))
        if holds(source, tried):
            yield tried


def _trial(source: str, vocabulary: Vocabulary) -> Iterator[str]:
    """What fails on any of the combinations that are tried would fail a change some day."""
    try:
        if not list(ever(source, vocabulary)):
            yield "This can never hold, or is neither true nor false."
    except (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0].split(". ")[0]
        yield f"It compares what cannot be compared: {why}."


def _strange_words(source: str, kinds: Sequence[Kind]) -> Sequence[str]:
    """Words in quotes that no variable of the condition ever is, where all of them have a known list."""
    words = [kind for kind in kinds if isinstance(kind, Words)]
    if any(kind.open for kind in words):
        return ()
    known = {word for kind in words for word in kind.known}
    return sorted(_literals(source) - known)


def _choices(kind: Kind, source: str) -> Sequence[Value]:
    if isinstance(kind, Flag):
        return (False, True)
    if isinstance(kind, Number):
        literals = {int(each) for each in _NUMBER.findall(source)}
        return sorted({0, *literals, *(each + 1 for each in literals), *(max(0, each - 1) for each in literals)})
    named = _literals(source)
    unnamed = [word for word in kind.known if word not in named][:2]
    words = sorted({*unnamed, *(named & set(kind.known)), *((*named, OTHER) if kind.open else ())})
    return [(), tuple(words), *((word,) for word in words)] if kind.many else words


def _literals(source: str) -> set[str]:
    return {single or double for single, double in _LITERAL.findall(source)}
