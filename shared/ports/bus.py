"""Declares the port to the event bus."""

from collections.abc import Sequence
from typing import Protocol

from shared.domain.change.events import Event


class Bus(Protocol):
    def publish(self, events: Sequence[Event]) -> None:
        """Puts events on the bus, all of them.

        Raises:
            PublishFailed: some are not on it; publishing all again is safe (same ids).
        """


class PublishFailed(Exception):
    """Says that the bus did not take every event."""
