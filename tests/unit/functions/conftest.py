"""A world in memory behind the functions that no caller waits for."""

from dataclasses import dataclass, field
from datetime import datetime

import pytest

from shared import bootstrap
from tests.fakes import World, a_world


@dataclass
class Deliveries:
    """What each department has received."""

    kept: dict[tuple[str, str], str] = field(default_factory=dict)

    def seen(self, department: str, event_id: str) -> bool:
        return (department, event_id) in self.kept

    def keep(self, department: str, event_id: str, event: str, order_id: str, sequence: int, now: datetime) -> None:
        self.kept[department, event_id] = event


@pytest.fixture
def deliveries() -> Deliveries:
    return Deliveries()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, deliveries: Deliveries) -> World:
    world = a_world()
    monkeypatch.setattr(bootstrap, "services", lambda: world.services)
    monkeypatch.setattr(bootstrap, "bus", lambda: world.bus)
    monkeypatch.setattr(bootstrap, "workflows", lambda: world.workflows)
    monkeypatch.setattr(bootstrap, "mail", lambda: world.mail)
    monkeypatch.setattr(bootstrap, "links", lambda: world.links)
    monkeypatch.setattr(bootstrap, "portal_url", lambda: "https://portal.example")
    monkeypatch.setattr(bootstrap, "gateways", lambda: world.gateways)
    monkeypatch.setattr(bootstrap, "deliveries", lambda: deliveries)
    return world
