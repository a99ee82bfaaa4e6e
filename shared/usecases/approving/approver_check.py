"""Check that somebody may approve a change: in the role that is asked, or as its stand-in, and each person once."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.change.change import Change
from shared.domain.change.delegation import Delegation, in_place_of
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.access import STAFF, Principal
from shared.usecases.core.step_check import check_step


def approver(services: Services, change: Change, principal: Principal) -> Delegation | None:
    """Return the delegation by which the principal decides in another's place; None where it is in their own.

    Raises:
        Refusal: `wrong-role`, `own-change`, `decided-already`, `deadline-passed`.
    """
    now = services.clock.now()
    role = str(change.waiting_for)
    in_person = role in principal.roles
    may_stand_in = not in_person and bool(principal.roles & STAFF)
    given = services.delegations.to(principal.id) if may_stand_in else ()
    if not in_person and in_place_of(given, role, now, ()) is None:
        raise Refusal("wrong-role", f"This change waits for a {role}.")
    check_step("decide", change, principal, asked=True)
    if principal.id in change.deciders:
        raise Refusal("decided-already", "You have approved this already; somebody else must give the other approval.")
    if change.asked is not None and now >= change.asked.deadline:
        raise Refusal("deadline-passed", f"The time of a {change.asked.role} to decide is over; the next is asked.")
    return None if in_person else _standing_in(given, change, role, now)


def _standing_in(given: Sequence[Delegation], change: Change, role: str, now: datetime) -> Delegation:
    """Return the delegation to act on: never that of a person who asked for the change, or has approved it before."""
    standing_in = in_place_of(given, role, now, (*change.askers, *change.deciders))
    if standing_in is None:
        raise Refusal("wrong-role", f"Nobody stands in for the {role} who asked for this, or has approved it.")
    return standing_in
