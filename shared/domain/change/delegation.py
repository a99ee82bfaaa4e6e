"""Standing in: an approver who is away lets somebody else decide in their place, for a while."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.policy.subjects import Approver


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """`to` decides as `role` in the place of `of`, from `since` on and before `until`. All are ids of users."""

    role: Approver
    of: str
    to: str
    since: datetime
    until: datetime

    def holds(self, role: str, now: datetime) -> bool:
        return self.role == role and self.since <= now < self.until


def in_place_of(given: Iterable[Delegation], role: str, now: datetime, but_not: Iterable[str]) -> Delegation | None:
    """A delegation by which somebody may decide as `role` now, in the place of nobody whom `but_not` lists."""
    excluded = frozenset(but_not)
    return next((each for each in given if each.holds(role, now) and each.of not in excluded), None)
