"""Withdraw a version of a policy document before it begins: one that waits, or one agreed to for later.

Two operators agreed to the version that then stays in force, so one is enough; but its proposer is not, because it may
have been meant for a while only.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.policy.documents.registry import PolicyName, needs_a_second
from shared.domain.policy.versions import PolicyVersion, Register
from shared.domain.policy_making.trial import findings_without
from shared.domain.refusal import Refusal, Violation
from shared.ports.policies import PolicyHistory
from shared.ports.services import Services
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.policies.keeping_policies import keep_version
from shared.usecases.policies.read_policies import read_version

NOTICE = timedelta(minutes=1)
"""A process may rule by what it knows for so long: a version that begins sooner would begin here and there anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    name: PolicyName
    version: int
    by: str
    note: str | None = None


def withdraw_policy(
    services: Services,
    history: PolicyHistory,
    request: Request[PolicyVersion],
    wanted: Withdrawal,
) -> Outcome[PolicyVersion]:
    """Withdraw the version and return it.

    Raises:
        Refusal: `version-not-found`, `not-waiting`, `version-begun`, `own-change`, `policy-outdated` with what leans on
            it, `key-reused`, `too-busy`.
    """

    def judge(register: Register) -> tuple[PolicyVersion | None, PolicyVersion]:
        version, now = read_version(history, wanted.name, wanted.version), services.clock.now()
        _check(version, now)
        withdrawn = version.withdrawn(wanted.by, now, wanted.note)
        if version.status == "agreed" and (missed := _missed(history, register, withdrawn)):
            words = "What comes in force later needs this version; withdraw or change that first."
            raise Refusal("policy-outdated", words, violations=missed)
        if version.status == "agreed" and needs_a_second(version.name, history.read(version.name, version.document)):
            _check_whose(history, register, withdrawn)
        return version, withdrawn

    return keep_version(services, history, request, judge)


def _check(version: PolicyVersion, now: datetime) -> None:
    if version.status not in ("waiting", "agreed"):
        raise Refusal("not-waiting", f"Version {version.version} of {version.name} is {version.status}.")
    if version.status == "agreed" and version.activates_at - now < NOTICE:
        words = f"It is in force, was, or will be within {NOTICE.seconds} seconds; to go back, restore what you want."
        raise Refusal("version-begun", words)


def _check_whose(history: PolicyHistory, register: Register, withdrawn: PolicyVersion) -> None:
    stays = register.including(withdrawn, withdrawn.written_at).standing(withdrawn.name).at(withdrawn.activates_at)
    if stays and read_version(history, withdrawn.name, stays.version).by == withdrawn.withdrawn_by:
        words = f"Version {stays.version}, which you proposed, would stay in force; somebody else must withdraw this."
        raise Refusal("own-change", words)


def _missed(history: PolicyHistory, register: Register, withdrawn: PolicyVersion) -> tuple[Violation, ...]:
    try:
        return findings_without(register, withdrawn, history.read)
    except ValueError as error:
        words = f"A document in force then cannot be read any more; propose a new version of it first. {error}"
        return (Violation("version-outgrown", words, ""),)
