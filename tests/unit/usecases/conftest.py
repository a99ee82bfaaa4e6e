import pytest

from tests.fakes import World, a_world


@pytest.fixture
def world() -> World:
    """A world with ten mugs in stock."""
    world = a_world()
    world.stock("MUG", 10)
    return world
