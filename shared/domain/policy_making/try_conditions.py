"""Tries conditions before they rule: with the words and numbers they name, and with some odd ones that nobody names.

`problems` finds what is wrong with one: a name or a word that does not exist, other types, what fails with some values,
and what can never hold.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice, product

from shared.domain.policy.conditions import (
    FAILURES,
    Flag,
    Kind,
    Number,
    Vocabulary,
    Words,
    answer,
    context,
    holds,
    variables,
)
from shared.domain.policy.subjects import Value

MAX_LENGTH = 1000
TRIED = 4000
"""Combinations of values that a condition is tried with."""
TRIED_ODD = 100
"""Combinations that an odd word is tried with, in each place."""
OTHER = "(another)"
ODD = ("", "(another, longer than most: Größe 42) ")
"""Odd words that open lists may hold as well: an empty one, and one longer than expected."""

_LITERAL = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
_NUMBER = re.compile(r"(?<![\w.'\"])\d+(?![\w.])")
Choices = Sequence[Value]


def problems(source: str, vocabulary: Vocabulary) -> Sequence[str]:
    """Returns the mistakes of a condition, in words; nothing if it is sound."""
    return _problems(source, tuple(vocabulary.items())) if source else ()


def ever(source: str, vocabulary: Vocabulary, beside: str = "") -> Iterator[dict[str, Value]]:
    """Yields those of the tried values under which the condition holds. The values are named by it or by the condition
    `beside` it, or by neither, which is all the same to both."""
    return (tried for tried in _tried(source, vocabulary, beside) if holds(source, tried, unanswered=False))


@lru_cache(maxsize=2000)
def _problems(source: str, known: tuple[tuple[str, Kind], ...]) -> Sequence[str]:
    """Returns the mistakes from a cache, because a document is looked at several times before it is kept."""
    vocabulary = dict(known)
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


def _trial(source: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Yields failures on any of the combinations that are tried: such a condition would fail a change some day."""
    try:
        answers = {answer(source, context(tried)) for tried in _tried(source, vocabulary)}
    except FAILURES as error:
        why = (str(error).splitlines() or [type(error).__name__])[0].split(". ")[0]
        yield f"It compares what cannot be compared: {why}."
        return
    if None in answers or True not in answers:
        yield "This can never hold, or is neither true nor false."


def _tried(source: str, vocabulary: Vocabulary, beside: str = "") -> Iterator[dict[str, Value]]:
    """Yields combinations of the values that are named; then those in which one open variable, or all, have an odd
    word."""
    names = sorted(variables(source))
    kinds = [vocabulary[name] for name in names]
    choices = [_choices(kind, f"{source} {beside}") for kind in kinds]
    combined = islice(product(*choices), TRIED)
    odd = chain.from_iterable(islice(product(*each), TRIED_ODD) for each in _odd(kinds, choices, source))
    return (dict(zip(names, values, strict=True)) for values in chain(combined, odd))


def _odd(kinds: Sequence[Kind], choices: Sequence[Choices], source: str) -> Iterator[Sequence[Choices]]:
    numbers = [int(each) for each in _NUMBER.findall(source) if len(each) < len(str(MAX_LENGTH))]
    places = [place for place, kind in enumerate(kinds) if isinstance(kind, Words) and kind.open]
    for word in (ODD[0], ODD[1].ljust(max(numbers, default=0) + 1, "x")):
        for odd in [*([place] for place in places), *([places] if len(places) > 1 else [])]:
            yield [_one(word, kinds[place]) if place in odd else each for place, each in enumerate(choices)]


def _one(word: str, kind: Kind) -> Choices:
    return ((word,),) if isinstance(kind, Words) and kind.many else (word,)


def _strange_words(source: str, kinds: Sequence[Kind]) -> Sequence[str]:
    """Returns the words in quotes that no variable of the condition ever is, where all of them have a known list."""
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
