"""Read policy documents as they stand: the version in force and since when, the one that waits, those to come, and
every version."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from shared.domain.policy.documents.registry import SHIPPED, PolicyName
from shared.domain.policy.versions import Agreed, PolicyVersion, Standing
from shared.domain.refusal import Refusal
from shared.ports.paging import Page
from shared.ports.policies import PolicyHistory
from shared.ports.system import Clock

NAMES: tuple[PolicyName, ...] = get_args(PolicyName)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Shows a document as it stands now; `since` is None for one that is as it was shipped."""

    name: PolicyName
    standing: Standing
    in_force: Agreed | None
    coming: Sequence[Agreed]

    @property
    def version(self) -> int:
        return self.in_force.version if self.in_force else SHIPPED


def policy_name(name: str) -> PolicyName:
    """Return the document's name, if it is one.

    Raises:
        Refusal: `policy-not-found`.
    """
    found = next((each for each in NAMES if each == name), None)
    if found is None:
        raise Refusal("policy-not-found", f"There is no such policy document; there are {', '.join(NAMES)}.")
    return found


def read_policies(history: PolicyHistory, clock: Clock) -> Sequence[Overview]:
    """Return all documents, in one read."""
    register = history.register()
    return [_overview(name, register.standing(name), clock) for name in NAMES]


def read_policy(history: PolicyHistory, clock: Clock, name: PolicyName) -> tuple[Overview, PolicyVersion]:
    """Return a document, and the version of it that is in force."""
    overview = _overview(name, history.register().standing(name), clock)
    return overview, read_version(history, name, overview.version)


def read_version(history: PolicyHistory, name: PolicyName, version: int) -> PolicyVersion:
    """Return one version.

    Raises:
        Refusal: `version-not-found`.
    """
    found = history.version(name, version) if version >= SHIPPED else None
    if found is None:
        raise Refusal("version-not-found", f"There is no version {version} of {name}.")
    return found


def list_versions(history: PolicyHistory, name: PolicyName, limit: int, cursor: str | None) -> Page[PolicyVersion]:
    """Return a page of versions, newest first; numbers are dense, so the last one shown says where to go on.

    Raises:
        Refusal: `malformed-cursor`.
    """
    if cursor is not None and not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= 8):
        raise Refusal("malformed-cursor", "This cursor belongs to another list, or to none.", pointer="/cursor")
    found = tuple(history.versions(name, int(cursor) if cursor else None, limit))
    last = found[-1].version if found else SHIPPED
    return Page(items=found, cursor=str(last) if last > SHIPPED else None)


def _overview(name: PolicyName, standing: Standing, clock: Clock) -> Overview:
    now = clock.now()
    return Overview(name=name, standing=standing, in_force=standing.at(now), coming=standing.after(now))
