"""Sets up what holds for every tier: tests of code judge by frozen policies, and some tests may run side by side.

Side by side is `pytest -n 2 --dist loadgroup`; without `-n` the groups change nothing.
"""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.policies import freeze

freeze()

settings.register_profile("untimed", deadline=None)  # no test asserts a time: a slow machine is no fault of the code
settings.load_profile("untimed")

ALONE = ("e2e",)
"""Tiers that share what is dear to start, and so stay with one worker."""
APART = ("oracle", "simulation")
"""Tiers whose tests have nothing in common but an engine that each worker has: they go wherever there is time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file together, for the sake of their fixtures."""
    for item in items:
        tier = item.path.relative_to(Path(__file__).parent).parts[0]
        if tier not in APART:
            item.add_marker(pytest.mark.xdist_group(tier if tier in ALONE else item.nodeid.partition("::")[0]))
