"""Tell work that goes on by itself when its time is nearly up, so that it ends by itself and the next call goes on."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Tells the seconds that are left, of which the last `kept` are not to be used."""

    seconds: Callable[[], float]
    kept: float = 0

    @property
    def is_up(self) -> bool:
        return self.seconds() <= self.kept

    def share_of(self, parts: int) -> "TimeLeft":
        """Returns the time of the next of `parts` jobs that share what is left now; what it does not use is left to
        those after it."""
        left = max(0.0, self.seconds() - self.kept)
        return TimeLeft(self.seconds, self.kept + left * (parts - 1) / parts)


UNLIMITED = TimeLeft(lambda: 1e9)
"""Thirty years: the time of whoever is not stopped by a clock."""
