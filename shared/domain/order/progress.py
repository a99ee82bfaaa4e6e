"""Describes how far the units of a line have come on their way."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class FulfilmentEvent(StrEnum):
    PICKED = "picked"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counts the units of a line that came so far: cumulative counts, never lowered. `intercepted` units were stopped
    on their way by a cancellation; `returning` ones were delivered and then cancelled, and the customer sends them
    back."""

    picked: int = 0
    packed: int = 0
    shipped: int = 0
    delivered: int = 0
    returned: int = 0
    intercepted: int = 0
    returning: int = 0
    delivered_on: date | None = None
    tracking: tuple[str, ...] = ()

    @property
    def recalled(self) -> int:
        """Returns the number of shipped units that the order stands for no more."""
        return self.intercepted + self.returning

    @property
    def out(self) -> int:
        """Returns the number of shipped units that the order still stands for."""
        return self.shipped - self.recalled

    @property
    def arrived(self) -> int:
        """Returns the number of delivered units that the order still stands for."""
        return self.delivered - self.returning


NO_PROGRESS = Progress()
