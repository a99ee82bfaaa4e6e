"""One guard of the code, and how it is taken away."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

Edit = Callable[[str], str]
"""From a file's text to the text without the guard."""


@dataclass(frozen=True)
class Guard:
    """`redundant` says why nothing can notice: defence in depth."""

    name: str
    path: str
    edit: Edit
    redundant: str = ""

    def removed(self) -> str:
        """The file's text without the guard."""
        return self.edit((ROOT / self.path).read_text())


class NotThere(Exception):
    """A guard's text does not stand exactly once in its file: the table is out of date."""


def guard(name: str, path: str, text: str, instead: str, *, redundant: str = "") -> Guard:
    """The guard that is gone once `text` is replaced."""

    def edit(source: str) -> str:
        if source.count(text) != 1:
            raise NotThere(f"{name}: stands {source.count(text)} times in {path}: {text!r}")
        return source.replace(text, instead)

    return Guard(name, path, edit, redundant)
