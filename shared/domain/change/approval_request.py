"""Holds the request for an approval: the role that is asked now, its deadline, its reminder, and the escalation to the
next role when nobody answers."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.policy.documents.approvals import Approvals
from shared.domain.policy.subjects import Approver


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The approval that a change waits for: the `step`-th that its plan needs (from 0). After an escalation `role` is
    another than the plan names. `remind_at` is None once the role was reminded, and where policy wants no reminder."""

    step: int
    role: Approver
    since: datetime
    deadline: datetime
    remind_at: datetime | None = None
    passed_over: tuple[Approver, ...] = ()
    """Those who did not answer in time."""

    @property
    def due_at(self) -> datetime:
        """Returns the next time at which the clock acts on the request: the reminder if one is due, else the
        deadline."""
        return min(self.deadline, self.remind_at) if self.remind_at else self.deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """An approval that somebody gave: in `role`, for the plan with this `digest`. `on_behalf_of` is set when a stand-in
    gave it; `waited_seconds` count from the first request."""

    role: Approver
    by: str
    at: datetime
    digest: str
    policy_version: str
    on_behalf_of: str | None = None
    waited_seconds: int = 0


Lapse = Literal["remind", "escalate", "expire"]


def asked(approvals: Approvals, role: Approver, step: int, now: datetime) -> Asked:
    level = approvals.level(role)
    reminder = level.remind_after_seconds
    return Asked(
        step=step,
        role=role,
        since=now,
        deadline=now + timedelta(seconds=level.deadline_seconds),
        remind_at=now + timedelta(seconds=reminder) if reminder is not None else None,
    )


def lapse_of(approvals: Approvals, current: Asked, now: datetime) -> Lapse | None:
    """Returns what the clock must do by `now` (remind, escalate, expire), or None if nothing is due yet."""
    if now >= current.deadline:
        return "expire" if _next(approvals, current) is None else "escalate"
    return "remind" if current.remind_at is not None and now >= current.remind_at else None


def reminded(current: Asked) -> Asked:
    return replace(current, remind_at=None)


def escalated(approvals: Approvals, current: Asked, now: datetime) -> Asked:
    """Returns the same approval, asked of the next level of policy; `since` stays.

    Raises:
        ValueError: no level comes after this one.
    """
    role = _next(approvals, current)
    if role is None:
        raise ValueError(f"nobody is asked after {current.role}")
    fresh = asked(approvals, role, current.step, now)
    return replace(fresh, since=current.since, passed_over=(*current.passed_over, current.role))


def _next(approvals: Approvals, current: Asked) -> Approver | None:
    """Returns the next role. If policy no longer has the current level, this is the first role of `approvals.asked`,
    unless that one was asked before."""
    level = next((level for level in approvals.levels if level.role == current.role), None)
    if level is not None:
        return level.escalates_to
    instead = approvals.asked[0]
    return None if instead in (current.role, *current.passed_over) else instead
