"""Describes the live status of a change: what it waits for, and the progress of each department."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.domain.change.awaited import awaited, entered_at
from shared.domain.change.change import Change
from shared.domain.change.refund import Refund
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import display
from shared.domain.order.payment import BY_PEOPLE
from shared.domain.planning.departments import Department

_S = ChangeStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Somebody or something outside that must act next: since when, until when, and what they must do."""

    party: str
    words: str
    since: datetime
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentStep:
    """The step of one department: `not_told` before the commit and for changes that ended without one; then `waiting`,
    `done` or `failed`."""

    department: Department
    status: Literal["not_told", "waiting", "done", "failed"]
    at: datetime | None = None
    note: str | None = None
    tracking: str | None = None


def waits_of(change: Change) -> tuple[Wait, ...]:
    """Returns everything that the change waits for now; nothing for a change that has ended."""
    if (waiting := awaited(change)) is not None:
        return (Wait(party=waiting.party, words=_asked(change), since=waiting.since, deadline=waiting.until),)
    since = entered_at(change, change.status)
    if change.has_taken_effect and change.status is not _S.COMPLETED:
        committed = entered_at(change, _S.COMMITTED)
        return (*_outside(change, committed), *_overpaid(change, committed), *_operator(change, since))
    if change.status is _S.FALLOUT:
        return (*_surplus(change, since), *_operator(change, since))
    return ()


def department_steps(change: Change) -> tuple[DepartmentStep, ...]:
    """Returns one step for each department that the change concerns, in their fixed order."""
    return tuple(_step(change, department) for department in change.plan.departments)


def _asked(change: Change) -> str:
    """Returns what the party that an open change waits for must do."""
    if change.status is _S.DRAFT:
        return "submit it"
    if change.status is _S.APPROVED:
        return "accept it"
    if change.status is _S.PENDING_CONFIRMATION:
        return "stop the parcel" if change.awaited == "carrier" else "agree to the terms"
    return _payment(change) if change.status is _S.PENDING_PAYMENT else _approval(change)


def _approval(change: Change) -> str:
    needed = change.plan.approvals
    return needed[len(change.approvals)].because if len(change.approvals) < len(needed) else "approve it"


def _payment(change: Change) -> str:
    """Returns what is left to be paid: what has come by the link already is not asked for again."""
    wanted = change.collection
    if wanted is None:
        return "pay"
    return f"pay {display(max(0, wanted.amount - wanted.collected), change.plan.currency)} by the payment link"


def _outside(change: Change, since: datetime) -> tuple[Wait, ...]:
    departments = [
        Wait(party=department, words="acknowledge that it has done its part", since=since)
        for department in change.unacknowledged
    ]
    refunds = [
        Wait(party=_payer(refund), words=_refund_words(refund), since=since)
        for refund in change.refunds
        if refund.status in ("requested", "pending")
    ]
    unknown = [
        Wait(party="operator", words=_unknown_words(refund), since=since)
        for refund in change.refunds
        if refund.status == "unknown"
    ]
    return (*departments, *refunds, *unknown)


def _overpaid(change: Change, since: datetime) -> tuple[Wait, ...]:
    """Returns the wait for a settlement, where the change left the order overpaid."""
    over = -change.plan.totals_after.balance_due
    return _settlement(change, over, since) if over > 0 else _surplus(change, since)


def _surplus(change: Change, since: datetime) -> tuple[Wait, ...]:
    """Returns the wait for a settlement of what came by the change's payment link for nothing."""
    return _settlement(change, change.surplus, since) if change.surplus else ()


def _settlement(change: Change, over: int, since: datetime) -> tuple[Wait, ...]:
    words = f"give {display(over, change.plan.currency)} back by a settlement: that much is overpaid"
    return (Wait(party="agent", words=words, since=since),)


def _operator(change: Change, since: datetime) -> tuple[Wait, ...]:
    if change.status is not _S.FALLOUT:
        return ()
    note = next((entry.note for entry in reversed(change.timeline) if entry.status is _S.FALLOUT and entry.note), None)
    return (Wait(party="operator", words=note or "resolve what failed", since=since),)


def _payer(refund: Refund) -> str:
    return "finance" if refund.gateway in BY_PEOPLE else "payment gateway"


def _refund_words(refund: Refund) -> str:
    what = "settle refund" if refund.kind == "refund" else "reduce the authorisation:"
    if refund.gateway in BY_PEOPLE:
        what = "transfer refund"
    return f"{what} {refund.refund_id} on payment {refund.payment_id}"


def _unknown_words(refund: Refund) -> str:
    done = "paid" if refund.kind == "refund" else "released"
    words = f"look at the gateway: {refund.kind} {refund.refund_id} on payment {refund.payment_id} may have been {done}"
    return f"{words}; then settle it or resolve the change"


def _step(change: Change, department: Department) -> DepartmentStep:
    given = change.acknowledgements.get(department)
    if given is not None:
        return DepartmentStep(
            department=department, status=given.outcome, at=given.at, note=given.note, tracking=given.tracking
        )
    told = change.committed_version is not None
    return DepartmentStep(department=department, status="waiting" if told else "not_told")
