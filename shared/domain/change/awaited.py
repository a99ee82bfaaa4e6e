"""Says whom an open change waits for, since when and until when: in its order, in lists and in its own waits."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus

_S = ChangeStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Names the party that an open change waits for."""

    party: str
    since: datetime
    until: datetime | None = None


def awaited(change: Change) -> Awaited | None:
    """Returns the party that must act next before the change can be committed; None once it is, or has ended."""
    since = entered_at(change, change.status)
    if change.status in (_S.DRAFT, _S.APPROVED):
        return Awaited(party="requester", since=since, until=change.expires_at)
    if change.status is _S.PENDING_APPROVAL:
        return _approver(change, since)
    if change.status is _S.PENDING_CONFIRMATION:
        return Awaited(party=change.awaited or "customer", since=since, until=change.expires_at)
    if change.status is _S.PENDING_PAYMENT:
        return Awaited(party="customer", since=since, until=change.expires_at)
    return None


def entered_at(change: Change, status: ChangeStatus) -> datetime:
    """Returns the time at which the change entered this status; later entries of the same status don't count."""
    return next((entry.at for entry in change.timeline if entry.status is status), change.updated_at)


def _approver(change: Change, since: datetime) -> Awaited:
    request = change.asked
    deadlines = [at for at in (request.deadline if request else None, change.expires_at) if at]
    return Awaited(
        party=str(change.waiting_for),
        since=request.since if request else since,
        until=min(deadlines, default=None),
    )
