"""Declares the port to a department's memory of the events that it has dealt with."""

from datetime import datetime
from typing import Protocol


class Deliveries(Protocol):
    def seen(self, department: str, event_id: str) -> bool:
        """Returns True if this event has been dealt with before."""

    def keep(self, department: str, event_id: str, event: str, order_id: str, sequence: int, now: datetime) -> None:
        """Remembers that the department has dealt with the event; `event` is its JSON text."""
