"""Decide once on a version of a policy document that moves money, as another operator than its proposer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.domain.policy.documents.registry import SHIPPED, PolicyName
from shared.domain.policy.versions import PolicyVersion, Register
from shared.domain.policy_making.trial import findings
from shared.domain.refusal import Refusal, Violation
from shared.ports.policies import PolicyHistory, UnreadablePolicy
from shared.ports.services import Services
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.policies.keeping_policies import keep_version
from shared.usecases.policies.read_policies import read_version


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDecision:
    name: PolicyName
    version: int
    decision: Literal["approve", "reject"]
    by: str
    note: str | None = None


def decide_policy(
    services: Services,
    history: PolicyHistory,
    request: Request[PolicyVersion],
    decision: PolicyDecision,
) -> Outcome[PolicyVersion]:
    """Agree to the version, or reject it. Agreed to after its time, it comes in force at once.

    Raises:
        Refusal: `version-not-found`, `not-waiting`, `own-change`, `policy-superseded`, `policy-outdated` with all that
            now forbids it, `key-reused`, `too-busy`.
    """

    def judge(register: Register) -> tuple[PolicyVersion | None, PolicyVersion]:
        version = read_version(history, decision.name, decision.version)
        _check(version, decision)
        now = services.clock.now()
        if decision.decision == "reject":
            return version, version.rejected(decision.by, now, decision.note)
        agreed = version.approved(decision.by, now, decision.note)
        _check_order(register, agreed)
        _check_sense(history, register, agreed, now)
        return version, agreed

    return keep_version(services, history, request, judge)


def _check(version: PolicyVersion, decision: PolicyDecision) -> None:
    if version.status != "waiting":
        raise Refusal("not-waiting", f"Version {version.version} of {version.name} does not wait for a decision.")
    if version.by == decision.by:
        raise Refusal("own-change", "Nobody approves what they asked for themselves.")


def _check_order(register: Register, version: PolicyVersion) -> None:
    """Refuse to roll back by accident: an older version is brought back by restoring it."""
    standing = register.standing(version.name)
    newest = max(
        (each.version for each in standing.agreed if each.activates_at <= version.activates_at), default=SHIPPED
    )
    if newest > version.version:
        words = f"Version {newest} is newer and would be in force by then; to go back, restore what you want."
        raise Refusal("policy-superseded", words)


def _check_sense(history: PolicyHistory, register: Register, version: PolicyVersion, now: datetime) -> None:
    """Judge it again: it may have made sense only when it was proposed, because other documents have new versions
    too."""
    try:
        history.read(version.name, version.document)
        found = findings(register, version, now, history.read)
    except UnreadablePolicy:
        found = (Violation("version-outgrown", "It has fields that are no more.", "/document"),)
    if found:
        words = "What is in force has changed since this was proposed, and the two make no sense together."
        raise Refusal("policy-outdated", words, violations=found)
