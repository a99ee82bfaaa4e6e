"""The ports, faked in memory: same promises as the adapters, no sockets, time and ids in the test's hands.

Every world judges by the frozen policies, whoever makes it: a test, a benchmark, or a simulation.
"""

from tests.policies import freeze

freeze()

from tests.fakes.builders import an_order  # noqa: E402 (policy is read when they are imported)
from tests.fakes.world import World, a_world  # noqa: E402

__all__ = ["World", "a_world", "an_order"]
