"""A world in memory behind the handlers, and clients of those who use it."""

from pathlib import Path

import pytest

from shared import bootstrap
from tests.fakes import World, a_world
from tests.fakes.builders import AGENT
from tests.unit.http.client import Client

EXAMPLES = Path(__file__).parent / "examples"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = a_world()
    monkeypatch.setattr(bootstrap, "services", lambda: world.services)
    monkeypatch.setattr(bootstrap, "bus", lambda: world.bus)
    monkeypatch.setattr(bootstrap, "workflows", lambda: world.workflows)
    monkeypatch.setattr(bootstrap, "gateways", lambda: world.gateways)
    return world


@pytest.fixture
def agent(world: World) -> Client:
    return Client(AGENT)
