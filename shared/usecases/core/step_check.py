"""Check that a principal may take a step of a change: every use case asks the table of `step_rights` here, and no
other."""

from collections.abc import Sequence

from shared.domain.change.change import Change
from shared.domain.change.step_rights import STEP_RIGHTS, AskedBy, StepName, Who
from shared.domain.order.order import Order
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.access import STAFF, Principal
from shared.usecases.core.planning import ReasonedEdits

_STAFF_ROLES: tuple[Who, ...] = ("manager", "lead", "finance", "operator", "agent")


def check_step(step: StepName, change: Change, principal: Principal, *, asked: bool = False) -> None:
    """Check that the principal may take this step of the change. `asked`: they hold the role whose approval it waits
    for, or stand in for it.

    Raises:
        Refusal: as the table says: `change-of-another`, `own-change`, `wrong-role`, `not-waiting`, `forbidden`, …
    """
    _check(step, asked_by(change), parts_of(principal, change, asked=asked))


def check_start(services: Services, principal: Principal, order: Order, wanted: ReasonedEdits) -> None:
    """Check that the principal may start (or, with other edits, ask for) a change for this reason.

    Raises:
        Refusal: `unknown-reason` for a customer who gives a reason that only staff gives.
    """
    staff = _roles_of(principal)
    owner: Who = "owner" if principal.owns(order.customer.customer_id) else "other_customer"
    guarded = services.policies.current().reasons.guards(wanted.reason_code)
    _check("start", "guarded" if guarded else "staff" if staff else "customer", staff or (owner,))


def asked_by(change: Change) -> AskedBy:
    """Return who asked for the change, as the table tells them apart."""
    if change.guarded:
        return "guarded"
    if change.requested_by.role == "customer":
        return "customer"
    return "taken_over" if change.taken_over else "staff"


def parts_of(principal: Principal, change: Change, *, asked: bool = False) -> tuple[Who, ...]:
    """Return all that the principal is to the change: of staff every role, for each may let them in. Whoever had a part
    in asking is never `asked` to approve; a customer is the owner by whichever of their logins."""
    if not principal.roles & STAFF:
        owner: Who = "owner" if principal.owns(change.customer_id) else "other_customer"
        return ("service",) if "service" in principal.roles else (owner,)
    if principal.id in change.askers:
        return ("author", *_roles_of(principal))
    return (*(("asked",) if asked else ()), *_roles_of(principal))


def _roles_of(principal: Principal) -> tuple[Who, ...]:
    return tuple(role for role in _STAFF_ROLES if role in principal.roles)


def _check(step: StepName, asked_by: AskedBy, parts: Sequence[Who]) -> None:
    """Let them in if one of their parts is; else refuse them in the words for the first."""
    answers = [STEP_RIGHTS[step].answer(asked_by, who) for who in parts]
    first = answers[0]
    if first is not None and None not in answers:
        pointer = "/reason_code" if first.code == "unknown-reason" else ""
        raise Refusal(first.code, first.words, pointer=pointer)
