"""The samples of the docs are what a run prints, ids and times apart: a page that shows other things is stale."""

from pathlib import Path

import pytest

from tests.e2e.documents import as_told, printed, samples
from tests.e2e.service import ROOT, running

PAGES = ("README.md", "docs/portal.md")
"""In the order in which somebody reads them, for their stock is one."""


def test_a_page_shows_what_its_commands_print(tmp_path: Path, subtests: pytest.Subtests) -> None:
    with running() as service:
        for page in PAGES:
            found = list(samples(ROOT / page))
            for sample, output in zip(found, printed(service, found, tmp_path), strict=True):
                if sample.told is not None:
                    with subtests.test(f"{page}:{sample.line}"):
                        told, shown = (as_told(each, racing=sample.racing) for each in (sample.told, output))
                        assert shown == told
