"""Holds docstrings to sentences: none opens with a question word, so each begins with a subject or a verb."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("shared", "functions", "infra")
OPENINGS = frozenset({"What", "Who", "How", "Whether", "Where", "When", "Which", "Whose", "That", "As"})
NOT_YET = ("infra/events", "shared/http/resources")
"""Folders with docstrings that are published, in openapi.json and in event schemas; they change when those do. The list
only shrinks."""

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def test_no_docstring_opens_with_a_question_word() -> None:
    found = [words for path in _modules(*FOLDERS) if not _is_in(path, NOT_YET) for words in _questions(path)]
    assert found == []


@pytest.mark.parametrize("place", NOT_YET)
def test_a_place_without_question_words_is_off_the_list(place: str) -> None:
    assert any(words for path in _modules(place) for words in _questions(path)), f"take {place} off the list"


@pytest.mark.parametrize("text", ['"""What is owed."""', "def owed():\n    '''Whether it is.'''"])
def test_a_question_word_is_found_in_a_module_and_in_a_function(text: str) -> None:
    assert len(list(_opened(text))) == 1


def _modules(*places: str) -> Iterator[Path]:
    return (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")) if _is_in(path, places))


def _is_in(path: Path, places: tuple[str, ...]) -> bool:
    return any(path.is_relative_to(ROOT / place) for place in places)


def _questions(path: Path) -> Iterator[str]:
    return (f"{path.relative_to(ROOT)}: {words}" for words in _opened(path.read_text(encoding="utf-8")))


def _opened(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Documented):
            opening = (ast.get_docstring(node) or "").splitlines()[:1]
            if opening and opening[0].split()[0].strip(",.:;") in OPENINGS:
                yield opening[0]
