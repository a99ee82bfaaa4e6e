"""Waits longer and longer, with jitter, for a table that has no room now (DynamoDB API reference, BatchGetItem)."""

from collections.abc import Callable

from shared.adapters.system import RandomIds, SystemClock
from shared.ports.stores import Conflict

WAITS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between the attempts, before jitter: together well below what a caller waits for."""


_PAUSE = SystemClock().pause


class Patience:
    """Belongs to one call; `pause` takes seconds."""

    def __init__(self, pause: Callable[[float], None] = _PAUSE) -> None:
        self._waits = iter(WAITS)
        self._pause = pause

    def wait(self) -> None:
        """Waits before the next attempt.

        Raises:
            Conflict: the last attempt is over; whoever asked may ask again.
        """
        seconds = next(self._waits, None)
        if seconds is None:
            raise Conflict("UnprocessedKeys")
        self._pause(seconds * (0.5 + RandomIds().jitter() / 2))
