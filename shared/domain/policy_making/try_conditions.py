"""Tries conditions before they come in force, with the words and numbers that they name and with unusual ones.

`problems` finds names or words that do not exist, wrong types, values that make the condition fail, and conditions that
can never hold.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
"""Combinations that an unusual word is tried with, in each place."""
UNNAMED = 2
"""Words of a known list that a condition is tried with although it does not name them. One that holds with none of its
words is tried with all of the list, so that no verdict depends on the order of the list."""
OTHER = "(another)"
ODD = ("", "(another, longer than most: Größe 42) ")
"""Unusual words that open lists may hold as well: an empty one and a long one."""

_LITERAL = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
_NUMBER = re.compile(r"(?<![\w.'\"])\d+(?![\w.])")
Choices = Sequence[Value]


def problems(source: str, vocabulary: Vocabulary) -> Sequence[str]:
    """Returns the problems of a condition, in words; none if it is sound."""
    return _problems(source, tuple(vocabulary.items())) if source else ()


def ever(source: str, vocabulary: Vocabulary, beside: str = "") -> Iterator[dict[str, Value]]:
    """Yields the tried values of the condition's variables under which it holds. They include values that it or the
    condition `beside` it names, and some that neither names."""
    return (tried for tried in _tried(source, vocabulary, beside) if holds(source, tried, unanswered=False))


@lru_cache(maxsize=2000)
def _problems(source: str, known: tuple[tuple[str, Kind], ...]) -> Sequence[str]:
    """Returns the problems; cached, because a document is checked several times before it is kept."""
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
    """Yields the failures of a condition on any of the tried combinations, because a change could fail on them too."""
    try:
        answers = _answers(_tried(source, vocabulary), source)
        if True not in answers:
            answers |= _answers(_tried(source, vocabulary, words=TRIED), source)
    except FAILURES:
        yield "It compares what cannot be compared, such as a number with a text."
        return
    if None in answers or True not in answers:
        yield "This can never hold, or is neither true nor false."


def _answers(tried: Iterable[Mapping[str, Value]], source: str) -> set[bool | None]:
    return {answer(source, context(values)) for values in tried}


def _tried(source: str, vocabulary: Vocabulary, beside: str = "", words: int = UNNAMED) -> Iterator[dict[str, Value]]:
    """Yields combinations of the named values and of so many `words` that are not named; then those in which one open
    variable, or all, have an unusual word."""
    names = sorted(variables(source))
    kinds = [vocabulary[name] for name in names]
    choices = [_choices(kind, f"{source} {beside}", words) for kind in kinds]
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
    """Returns the words in quotes that no variable of the condition can have, if all its variables have a known
    list."""
    words = [kind for kind in kinds if isinstance(kind, Words)]
    if any(kind.open for kind in words):
        return ()
    known = {word for kind in words for word in kind.known}
    return sorted(_literals(source) - known)


def _choices(kind: Kind, source: str, unnamed_words: int) -> Sequence[Value]:
    if isinstance(kind, Flag):
        return (False, True)
    if isinstance(kind, Number):
        literals = {int(each) for each in _NUMBER.findall(source)}
        return sorted({0, *literals, *(each + 1 for each in literals), *(max(0, each - 1) for each in literals)})
    named = _literals(source)
    unnamed = sorted(set(kind.known) - named)[:unnamed_words]
    words = sorted({*unnamed, *(named & set(kind.known)), *((*named, OTHER) if kind.open else ())})
    return [(), tuple(words), *((word,) for word in words)] if kind.many else words


def _literals(source: str) -> set[str]:
    return {single or double for single, double in _LITERAL.findall(source)}
