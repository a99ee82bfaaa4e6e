"""Who is asked for an approval now, until when, and who is asked when nobody answers: reminders and escalation."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.policy.documents.approvals import Approvals
from shared.domain.policy.subjects import Approver


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The approval that is waited for: the `step`-th that the plan needs, of `role`, which after an escalation is not
    the role that the plan names. `remind_at` is None once it was reminded, or never will be."""

    step: int
    role: Approver
    since: datetime
    deadline: datetime
    remind_at: datetime | None = None
    passed_over: tuple[Approver, ...] = ()
    """Those who did not answer in time."""

    @property
    def due_at(self) -> datetime:
        """When time itself does something next."""
        return min(self.deadline, self.remind_at) if self.remind_at else self.deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """An approval that was given: in which role, by whom (in whose place, if they stood in), of which plan."""

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
    """What time asks for by now; None if there is nothing to do yet."""
    if now >= current.deadline:
        return "expire" if _next(approvals, current) is None else "escalate"
    return "remind" if current.remind_at is not None and now >= current.remind_at else None


def reminded(current: Asked) -> Asked:
    return replace(current, remind_at=None)


def escalated(approvals: Approvals, current: Asked, now: datetime) -> Asked:
    """The same approval, asked of the next level.

    Raises:
        ValueError: there is none.
    """
    role = _next(approvals, current)
    if role is None:
        raise ValueError(f"nobody is asked after {current.role}")
    fresh = asked(approvals, role, current.step, now)
    return replace(fresh, since=current.since, passed_over=(*current.passed_over, current.role))


def _next(approvals: Approvals, current: Asked) -> Approver | None:
    """Policy may have lost the level that is asked: then it is whom policy asks now, unless they were asked before."""
    level = next((level for level in approvals.levels if level.role == current.role), None)
    if level is not None:
        return level.escalates_to
    instead = approvals.asked[0]
    return None if instead in (current.role, *current.passed_over) else instead
