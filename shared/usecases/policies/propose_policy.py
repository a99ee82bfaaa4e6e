"""Propose a new version of a policy document: agreed at once, or waiting for a second operator if it needs one."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.policy.documents.registry import SHIPPED, PolicyName, needs_a_second
from shared.domain.policy.versions import PolicyVersion, Register
from shared.domain.policy_making.trial import findings
from shared.domain.refusal import Refusal, Violation
from shared.ports.policies import PolicyHistory, UnreadablePolicy
from shared.ports.services import Services
from shared.usecases.core.etags import stale
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.policies.keeping_policies import keep_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Describes the document that is to be in force from `activates_at` on (None: as soon as it may), as JSON text; or
    an earlier version, which `restores` names."""

    name: PolicyName
    why: str
    by: str
    document: str | None = None
    restores: int | None = None
    activates_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Holds the version that a proposal would make, and what forbids it."""

    version: PolicyVersion
    violations: tuple[Violation, ...]


def propose_policy(
    services: Services,
    history: PolicyHistory,
    request: Request[PolicyVersion],
    proposal: Proposal,
) -> Outcome[PolicyVersion]:
    """Keep the version and return it; a refused proposal leaves no trace.

    Raises:
        Refusal: `stale-version`, `activation-in-the-past`, `unknown-version`, `nothing-changes`, `policy-too-large`,
            what makes no sense in the document (`validation.problems`), `key-reused`, `too-busy`.
    """

    def judge(register: Register) -> tuple[PolicyVersion | None, PolicyVersion]:
        check_policy_etag(register, proposal.name, request.if_match)
        trial = _tried(history, register, proposal, services.clock.now())
        if trial.violations:
            raise Refusal.of(trial.violations)
        return None, trial.version

    return keep_version(services, history, request, judge)


def try_policy(services: Services, history: PolicyHistory, proposal: Proposal) -> Trial:
    """Make the version that the proposal would make, with what forbids it; nothing is kept."""
    return _tried(history, history.register(), proposal, services.clock.now())


def check_policy_etag(register: Register, name: PolicyName, if_match: str | None) -> None:
    """Check the ETag if one was sent: nobody may have proposed since.

    Raises:
        Refusal: `stale-version` (with the fresh ETag), if an ETag was sent and somebody has proposed since.
    """
    etag = etag_of(register.standing(name).latest)
    if if_match is not None and if_match != etag:
        raise stale(etag, if_match, "Somebody proposed another version since.")


def etag_of(latest: int) -> str:
    """Return the ETag of a document: its newest version's number, in force or not."""
    return f'"{latest}"'


def _tried(history: PolicyHistory, register: Register, proposal: Proposal, now: datetime) -> Trial:
    document, missing = _document(history, proposal)
    version = PolicyVersion(
        name=proposal.name,
        version=register.standing(proposal.name).latest + 1,
        document=document,
        status="waiting" if _needs_a_second(history, proposal.name, document) else "agreed",
        why=proposal.why,
        by=proposal.by,
        at=now,
        activates_at=proposal.activates_at or now,
        restores=proposal.restores,
    )
    if version.activates_at < now:
        words = "A version comes in force now or later, never in the past."
        missing += (Violation("activation-in-the-past", words, "/activates_at"),)
    return Trial(version=version, violations=missing or _judged(history, register, version, now))


def _document(history: PolicyHistory, proposal: Proposal) -> tuple[str, tuple[Violation, ...]]:
    """Return the document proposed, and the reasons if there is none: only a version that stands as agreed to is
    restored, and only if it fits."""
    if proposal.document is not None:
        return proposal.document, ()
    past = history.version(proposal.name, proposal.restores or 0)
    if past is None or past.status != "agreed":
        words = f"No version {proposal.restores} of {proposal.name} was in force, or will be."
        return "", (Violation("unknown-version", words, "/restores"),)
    try:
        history.read(past.name, past.document)
    except UnreadablePolicy:
        words = "This version has fields that are no more; send it as a document, in today's form."
        return "", (Violation("version-outgrown", words, "/restores"),)
    return past.document, ()


def _needs_a_second(history: PolicyHistory, name: PolicyName, document: str) -> bool:
    """Return True if a second operator must agree. A document that cannot be read is refused anyway."""
    try:
        return needs_a_second(name, history.read(name, document))
    except UnreadablePolicy:
        return True


def _judged(history: PolicyHistory, register: Register, version: PolicyVersion, now: datetime) -> tuple[Violation, ...]:
    before = register.standing(version.name).at(version.activates_at) or history.version(version.name, SHIPPED)
    if before is not None and json.loads(before.document) == json.loads(version.document):
        where = "/restores" if version.restores else "/document"
        return (Violation("nothing-changes", "The document would be in force as it is anyway.", where),)
    return findings(register, replace(version, status="agreed"), now, history.read)
