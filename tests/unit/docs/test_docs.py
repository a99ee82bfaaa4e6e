"""Holds the docs to the code: every file that they name is there, and every decision has a date and a status."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs/adr").glob("*.md"))
_NAMED = re.compile(r"`((?:shared|functions|infra|tests|docs|requirements)/[\w./-]+)`")
_LINKED = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = {name for name in _NAMED.findall(text) if not (ROOT / name).exists()}
    linked = {name for name in _LINKED.findall(text) if not (page.parent / name).exists()}
    assert (named, linked) == (set(), set())


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_every_decision_says_its_number_its_date_and_its_status(page: Path) -> None:
    title, empty, standing = page.read_text(encoding="utf-8").splitlines()[:3]
    assert title.startswith(f"# {page.stem[:4]} ")
    assert empty == ""
    assert re.fullmatch(r"Date: \d{4}-\d{2}-\d{2}\. Status: (accepted|superseded by \d{4})\.", standing)


def test_no_two_decisions_have_one_number() -> None:
    numbers = [page.stem[:4] for page in DECISIONS]
    assert sorted(set(numbers)) == numbers
