"""Records the versions of policy documents: who proposed and agreed to each and why, and which is in force at a
time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from shared.domain.policy.documents.registry import SHIPPED, PolicyName

Status = Literal["waiting", "agreed", "rejected", "withdrawn"]
"""A version is `waiting` for a second operator. A decision is final, but an agreed version may be `withdrawn` before it
begins."""

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""The start of version 1, which is in force if nothing else is."""

SKEW = timedelta(hours=1)
"""A clock may be so far behind ours and still find the version that is in force by its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """One version of a document, kept for good. `document` is JSON text, so that it can be shown even if today's types
    would refuse it; `restores` is the number of the version that it brings back. `decided_by` never equals `by`, but
    `withdrawn_by` may."""

    name: PolicyName
    version: int
    document: str
    status: Status
    why: str
    by: str
    at: datetime
    activates_at: datetime
    restores: int | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    note: str | None = None

    @property
    def written_at(self) -> datetime:
        """Returns the time of the last write to this version."""
        return self.withdrawn_at or self.decided_at or self.at

    def approved(self, by: str, at: datetime, note: str | None) -> "PolicyVersion":
        """Returns the version, agreed to: it comes in force at the planned time, or now if that has passed."""
        activates_at = max(self.activates_at, at)
        return replace(self._decided("agreed", by, at, note), activates_at=activates_at)

    def rejected(self, by: str, at: datetime, note: str | None) -> "PolicyVersion":
        return self._decided("rejected", by, at, note)

    def withdrawn(self, by: str, at: datetime, note: str | None) -> "PolicyVersion":
        return replace(self, status="withdrawn", withdrawn_by=by, withdrawn_at=at, note=note or self.note)

    def _decided(self, status: Status, by: str, at: datetime, note: str | None) -> "PolicyVersion":
        return replace(self, status=status, decided_by=by, decided_at=at, note=note)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A version that is in force, or will be, from `activates_at` on."""

    version: int
    activates_at: datetime
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The state of one document: its newest number, the versions that wait, and the agreed ones that still matter."""

    latest: int = SHIPPED
    waiting: tuple[int, ...] = ()
    agreed: tuple[Agreed, ...] = ()

    def at(self, moment: datetime) -> Agreed | None:
        """Returns the version in force at `moment`: the one that began last, the newest of equals; None means as
        shipped."""
        begun = [each for each in self.agreed if each.activates_at <= moment]
        return max(begun, key=lambda each: (each.activates_at, each.version), default=None)

    def after(self, moment: datetime) -> Sequence[Agreed]:
        """Returns the agreed versions that begin after `moment`, soonest first."""
        coming = (each for each in self.agreed if each.activates_at > moment)
        return sorted(coming, key=lambda each: (each.activates_at, each.version))

    def including(self, version: PolicyVersion, now: datetime) -> "Standing":
        """Returns the state with this version as it is now, without versions that even a slow clock no longer finds in
        force."""
        waiting = tuple(each for each in self.waiting if each != version.version)
        agreed = tuple(each for each in self.agreed if each.version != version.version)
        if version.status == "waiting":
            waiting = (*waiting, version.version)
        if version.status == "agreed":
            new = Agreed(version=version.version, activates_at=version.activates_at, document=version.document)
            agreed = (*agreed, new)
        past = self.at(now - SKEW)
        kept = tuple(each for each in agreed if past is None or _begins(each) >= _begins(past))
        return Standing(latest=max(self.latest, version.version), waiting=waiting, agreed=kept)


def _begins(agreed: Agreed) -> tuple[datetime, int]:
    return agreed.activates_at, agreed.version


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The state of all documents; one that is not named is as it was shipped. `revision` rises with each write."""

    revision: int = 0
    standings: Mapping[PolicyName, Standing] = field(default_factory=dict)

    def standing(self, name: PolicyName) -> Standing:
        return self.standings.get(name, Standing())

    def in_force(self, moment: datetime) -> dict[PolicyName, Agreed]:
        """Returns the versions in force of the documents that differ from the shipped ones."""
        found = ((name, standing.at(moment)) for name, standing in self.standings.items())
        return {name: agreed for name, agreed in found if agreed is not None}

    def changes_after(self, moment: datetime) -> Sequence[datetime]:
        """Returns the times after `moment` at which an agreed version comes in force, soonest first."""
        return sorted({each.activates_at for one in self.standings.values() for each in one.after(moment)})

    def including(self, version: PolicyVersion, now: datetime) -> "Register":
        """Returns the next revision, with this version as it is now."""
        standing = self.standing(version.name).including(version, now)
        return Register(revision=self.revision + 1, standings={**self.standings, version.name: standing})
