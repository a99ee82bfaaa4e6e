"""The ports, faked in memory: same promises as the adapters, no sockets, time and ids in the test's hands."""

from tests.fakes.builders import an_order
from tests.fakes.world import World, a_world

__all__ = ["World", "a_world", "an_order"]
