"""Holds delegations: an approver who is away lets a stand-in decide in their place for a while."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.policy.subjects import Approver


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """A delegation of one role: `to` decides as `role` in the place of `of`, from `since` on and before `until`. Both
    are ids of users."""

    role: Approver
    of: str
    to: str
    since: datetime
    until: datetime

    def holds(self, role: str, now: datetime) -> bool:
        return self.role == role and self.since <= now < self.until


def in_place_of(given: Iterable[Delegation], role: str, now: datetime, but_not: Iterable[str]) -> Delegation | None:
    """Returns a delegation that holds now for `role` and is not given by anybody in `but_not`; None if there is
    none."""
    excluded = frozenset(but_not)
    return next((each for each in given if each.holds(role, now) and each.of not in excluded), None)
