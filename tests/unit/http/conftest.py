"""A world in memory behind the handlers, and clients of those who use it."""

import pytest

from shared import bootstrap
from shared.usecases.core.access import Principal
from tests.fakes import World, a_world
from tests.fakes.builders import AGENT, CUSTOMER, CUSTOMER_2, MANAGER, SERVICE
from tests.fakes.histories import Histories
from tests.unit.http.client import Client, example
from tests.unit.http.documented import documented

__all__ = ["documented"]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = a_world()
    monkeypatch.setattr(bootstrap, "services", lambda: world.services)
    monkeypatch.setattr(bootstrap, "bus", lambda: world.bus)
    monkeypatch.setattr(bootstrap, "workflows", lambda: world.workflows)
    monkeypatch.setattr(bootstrap, "gateways", lambda: world.gateways)
    monkeypatch.setattr(bootstrap, "links", lambda: world.links)
    monkeypatch.setattr(bootstrap, "policy_history", lambda: world.policy_history)
    monkeypatch.setattr(bootstrap, "histories", lambda: Histories(world.memory))
    return world


@pytest.fixture
def agent(world: World) -> Client:
    return Client(AGENT)


@pytest.fixture
def manager(world: World) -> Client:
    return Client(MANAGER)


@pytest.fixture
def customer(world: World) -> Client:
    """Customer cus-1."""
    return Client(CUSTOMER)


@pytest.fixture
def customer_2(world: World) -> Client:
    return Client(CUSTOMER_2)


@pytest.fixture
def service(world: World) -> Client:
    return Client(SERVICE)


@pytest.fixture
def operator(world: World) -> Client:
    return Client(Principal(id="usr-operator", roles=frozenset({"operator"})))


@pytest.fixture
def operator_2(world: World) -> Client:
    return Client(Principal(id="usr-operator-2", roles=frozenset({"operator"})))


@pytest.fixture
def finance(world: World) -> Client:
    return Client(Principal(id="usr-finance", roles=frozenset({"finance"})))


@pytest.fixture
def order_id(service: Client) -> str:
    """The order of the examples, just taken: 3 mugs of 10.00 USD, 10 % off, paid."""
    return str(service.post("/orders", example("order-direct")).body["order_id"])
