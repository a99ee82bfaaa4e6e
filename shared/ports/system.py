"""Declares the port to the machine that use cases run on: the time, and ids that nobody can guess."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Returns the time in UTC."""

    def pause(self, seconds: float) -> None:
        """Waits before trying again."""


class Ids(Protocol):
    def new(self, prefix: str) -> str:
        """Returns a new id such as `chg_…`, never seen before."""

    def secret(self) -> str:
        """Returns a random key of 32 bytes, as text."""

    def jitter(self) -> float:
        """Returns a number in [0, 1)."""
