"""Delegate a role while away, end that early, and see who stands in for whom.

Only a person who holds a role in their token delegates it; a delegated role cannot be passed on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import get_args

from shared.domain.change.delegation import Delegation
from shared.domain.policy.subjects import Approver
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.access import Principal
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.transact import Decided, transact

LONGEST = timedelta(days=31)
BUSY = "Your delegations are being written; try again in a moment."


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """Names the person who is to decide, from when (None: from now) until when."""

    to: str
    until: datetime
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegated:
    """Lists the delegations that hold now or will: those that somebody has given, and those that they have received."""

    given: Sequence[Delegation]
    received: Sequence[Delegation]


def held_role(principal: Principal, name: str) -> Approver:
    """Return the role of this name, which the principal holds themselves.

    Raises:
        Refusal: `not-found` (nobody approves in such a role), `role-not-held`.
    """
    role: Approver | None = next((each for each in get_args(Approver) if each == name), None)
    if role is None:
        raise Refusal("not-found", f"Nobody approves as {name}: {', '.join(get_args(Approver))} do.")
    if role not in principal.roles:
        raise Refusal("role-not-held", f"Only who is a {role} can let somebody else decide as one.")
    return role


def delegate_role(
    services: Services, request: Request[Delegation], role: Approver, stand_in: StandIn
) -> Outcome[Delegation]:
    """Keep the delegation, in the place of the one that there was of this role.

    Raises:
        Refusal: `delegated-to-oneself`, `end-before-start`, `out-of-range`, `key-reused`, `too-busy`.
    """

    def decide() -> Decided[Delegation]:
        now = services.clock.now()
        since = stand_in.since or now
        of = request.principal.id
        delegation = Delegation(role=role, of=of, to=stand_in.to, since=since, until=stand_in.until)
        _check(delegation, now)
        return Decided(delegation, partial(services.delegations.put, delegation))

    return transact(services, request, decide, busy=BUSY)


def end_delegation(services: Services, request: Request[Delegated], role: Approver) -> Outcome[Delegated]:
    """End the delegation of this role, if there is one; return those that are left.

    Raises:
        Refusal: `key-reused`, `too-busy`.
    """

    def decide() -> Decided[Delegated]:
        left = read_delegations(services, request.principal)
        given = [each for each in left.given if each.role != role]
        remove = partial(services.delegations.remove, request.principal.id, role)
        return Decided(Delegated(given=given, received=left.received), remove)

    return transact(services, request, decide, busy=BUSY)


def read_delegations(services: Services, principal: Principal) -> Delegated:
    now, kept = services.clock.now(), services.delegations
    return Delegated(
        given=[each for each in kept.of(principal.id) if now < each.until],
        received=[each for each in kept.to(principal.id) if now < each.until],
    )


def _check(delegation: Delegation, now: datetime) -> None:
    if delegation.to == delegation.of:
        raise Refusal("delegated-to-oneself", "Name somebody else to decide in your place.", pointer="/to")
    if delegation.until <= max(delegation.since, now):
        raise Refusal("end-before-start", "It ends after it starts, and after now.", pointer="/until")
    if delegation.until - delegation.since > LONGEST:
        raise Refusal("out-of-range", f"Nobody stands in for longer than {LONGEST.days} days.", pointer="/until")
