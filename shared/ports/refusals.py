"""Declares the port to the store of refused changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shared.domain.replay.false_rejects import Refused


class Refusals(Protocol):
    def keep(self, refused: Refused) -> None: ...

    def within(self, since: datetime, until: datetime, limit: int) -> Sequence[Refused]:
        """Returns those from `since` on and before `until`, oldest first, `limit` at most."""


class NoRefusals:
    """Keeps nothing, for functions that start no changes."""

    def keep(self, refused: Refused) -> None:
        return None

    def within(self, since: datetime, until: datetime, limit: int) -> Sequence[Refused]:
        return ()
