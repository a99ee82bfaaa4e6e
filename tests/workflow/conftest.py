"""A cloud of its own for each test."""

from collections.abc import Iterator

import pytest

from tests.support.cloud import Cloud, a_cloud


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with a_cloud() as cloud:
        yield cloud
