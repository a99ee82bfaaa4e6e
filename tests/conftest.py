"""Sets up what holds for every tier: tests of code judge by frozen policies, and some tests may run side by side.

Side by side is `pytest -n 2 --dist loadgroup`; without `-n` the groups change nothing.
"""

import time
from pathlib import Path

import pytest
from hypothesis import settings

from tests.policies import freeze

freeze()

settings.register_profile("untimed", deadline=None)  # no test asserts a time: a slow machine is no fault of the code
settings.load_profile("untimed")

ALONE = ("e2e",)
"""Tiers that share what is dear to start, and so stay with one worker."""
BEGAN = time.time()
PERMISSIONS = Path(__file__).parents[1] / ".local/permissions.txt"
"""The end-to-end tier writes the functions' AWS calls here (tests/e2e/conftest.py)."""
APART = ("oracle", "simulation")
"""Tiers whose tests have nothing in common but an engine that each worker has: they go wherever there is time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file together, for the sake of their fixtures."""
    for item in items:
        tier = item.path.relative_to(Path(__file__).parent).parts[0]
        if tier not in APART:
            item.add_marker(pytest.mark.xdist_group(tier if tier in ALONE else item.nodeid.partition("::")[0]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how the functions' AWS calls fit their roles, if end-to-end tests ran."""
    if PERMISSIONS.exists() and PERMISSIONS.stat().st_mtime > BEGAN:
        last = PERMISSIONS.read_text().splitlines()[-1]
        terminalreporter.write_line(f"permissions: {last} (.local/permissions.txt)")
