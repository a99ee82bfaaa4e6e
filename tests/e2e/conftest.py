"""One local run for all end-to-end tests, those who call it, and a subscriber that hears everything."""

from collections.abc import Iterator

import pytest

from tests.e2e import callbacks
from tests.e2e.hurry import hurry
from tests.e2e.portal import Portal
from tests.e2e.service import ROOT, VERDICTS, Service, running
from tests.e2e.subscriber import Subscriber
from tests.support.permissions.verdict import Verdict


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    with running() as service:
        yield service


@pytest.fixture(scope="session")
def portal(service: Service) -> Portal:
    return Portal(service)


@pytest.fixture(scope="session")
def hasty() -> Iterator[Service]:
    """A second run beside the first, in which some accounts are in a hurry."""
    with running(SandboxCallbackSecret=callbacks.SECRET) as service:
        hurry(service)
        yield service


@pytest.fixture(scope="session")
def hasty_portal(hasty: Service) -> Portal:
    return Portal(hasty)


@pytest.fixture(scope="session")
def subscriber(service: Service) -> Subscriber:
    """Somebody outside, with a rule and a queue of their own on the bus."""
    return Subscriber.of_everything(service, "somebody-outside")


def pytest_sessionfinish() -> None:
    """Keep the table of what functions called, what was denied and what no run used (tests/conftest.py tells of it)."""
    if VERDICTS:
        (ROOT / ".local/permissions.txt").write_text(sum(VERDICTS, Verdict()).table())
