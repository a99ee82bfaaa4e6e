"""Work out the figures of approvals of a group of changes: how many needed none, and how long the others waited."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import ChangeKind
from shared.domain.policy.subjects import Approver
from shared.domain.replay.false_rejects import committed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Counts the seconds until an approval was given, from when it was first asked for; `role` is the one that gave
    it."""

    role: Approver
    count: int
    p50: int
    p90: int
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Counts changes of one channel and kind (None: of all). `expired` are those that nobody decided in time."""

    channel: str | None = None
    kind: ChangeKind | None = None
    changes: int
    committed: int
    auto_approved: int
    escalated: int
    expired: int
    waits: Sequence[Waits]

    @property
    def rate(self) -> float | None:
        """Return the fraction of the committed changes that needed nobody's approval; None where there are none."""
        return round(self.auto_approved / self.committed, 4) if self.committed else None


def group_of(changes: Sequence[Change], channel: str | None = None, kind: ChangeKind | None = None) -> Group:
    """Return the figures of these changes, under the channel and kind that they have in common."""
    committed = [change for change in changes if committed_at(change)]
    return Group(
        channel=channel,
        kind=kind,
        changes=len(changes),
        committed=len(committed),
        auto_approved=sum(not change.approvals for change in committed),
        escalated=sum(bool(change.escalations) for change in changes),
        expired=sum(expired_unanswered(change) for change in changes),
        waits=_waits(changes),
    )


def expired_unanswered(change: Change) -> bool:
    """Return True if nobody decided on the change in time."""
    before = change.timeline[-2:-1]
    return change.status is ChangeStatus.EXPIRED and any(
        entry.status is ChangeStatus.PENDING_APPROVAL for entry in before
    )


def _waits(changes: Iterable[Change]) -> Sequence[Waits]:
    seconds: dict[Approver, list[int]] = {}
    for change in changes:
        for given in change.approvals:
            seconds.setdefault(given.role, []).append(given.waited_seconds)
    return [_waited(role, sorted(each)) for role, each in sorted(seconds.items())]


def _waited(role: Approver, seconds: Sequence[int]) -> Waits:
    return Waits(role=role, count=len(seconds), p50=_rank(seconds, 0.5), p90=_rank(seconds, 0.9), longest=seconds[-1])


def _rank(ordered: Sequence[int], share: float) -> int:
    """Return the nearest rank: the smallest value that this share does not exceed."""
    return ordered[ceil(share * len(ordered)) - 1]
