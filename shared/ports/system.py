"""The port to the machine that use cases run on: the time, and ids that nobody can guess."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The time in UTC."""

    def pause(self, seconds: float) -> None:
        """Wait before trying again."""


class Ids(Protocol):
    def new(self, prefix: str) -> str:
        """A new id such as `chg_…`, never seen before."""

    def secret(self) -> str:
        """A random key of 32 bytes, as text."""

    def jitter(self) -> float:
        """A number in [0, 1)."""
