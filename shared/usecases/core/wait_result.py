"""Hold the result that an execution gets when it looks after a change that waits."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """Says that this round waits no more, and how it ended, in the words that executions know."""

    decision: str


def seconds_until(until: datetime, now: datetime) -> int:
    """Return whole seconds, and at least one: a wait that ends too early would look again at once."""
    return max(1, ceil((until - now).total_seconds()))
