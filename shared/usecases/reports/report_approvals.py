"""How approvals went in a period: how many changes went through without one, and how long the others waited."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import ChangeKind
from shared.domain.period import Period
from shared.domain.policy.subjects import Approver
from shared.domain.replay.false_rejects import committed_at
from shared.ports.paging import Filter
from shared.ports.services import Services
from shared.ports.stores import Changes

PAGE = 100
PAGES = 5
"""Of each status: a report reads 12 × 5 × 100 changes at most, in 120 calls."""

LOOKED_AT = tuple(status for status in ChangeStatus if status is not ChangeStatus.DRAFT)
"""A draft has asked for nothing yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Seconds until an approval was given, from when it was first asked for; `role` is the one that gave it."""

    role: Approver
    count: int
    p50: int
    p90: int
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Changes of one channel and kind (None: of all). `expired` are those that nobody decided in time."""

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
        """Of those committed, which part needed nobody's approval; None where there are none."""
        return round(self.auto_approved / self.committed, 4) if self.committed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalsReport:
    """`counted_from` is later than the period's start where there were more changes than a report reads: whatever was
    created since then is counted, whatever its status, and nothing older."""

    period: Period
    counted_from: datetime
    all: Group
    groups: Sequence[Group]

    @property
    def truncated(self) -> bool:
        return self.counted_from > self.period.since


def report_approvals(services: Services, period: Period) -> ApprovalsReport:
    changes, counted_from = _created(services.changes, period)
    keys = sorted({(change.channel, change.kind) for change in changes})
    return ApprovalsReport(
        period=period,
        counted_from=counted_from,
        all=_group(changes),
        groups=[
            _group([each for each in changes if (each.channel, each.kind) == key], channel=key[0], kind=key[1])
            for key in keys
        ],
    )


def expired_unanswered(change: Change) -> bool:
    before = change.timeline[-2:-1]
    return change.status is ChangeStatus.EXPIRED and any(
        entry.status is ChangeStatus.PENDING_APPROVAL for entry in before
    )


def _created(changes: Changes, period: Period) -> tuple[Sequence[Change], datetime]:
    """The newest of each status; from the oldest moment on since which none of any status is missing."""
    found: list[Change] = []
    since = period.since
    for status in LOOKED_AT:
        read, complete = _of_status(changes, status, period)
        found += read
        since = since if complete else max(since, read[-1].created_at)
    return [change for change in found if change.created_at >= since], since


def _of_status(changes: Changes, status: ChangeStatus, period: Period) -> tuple[Sequence[Change], bool]:
    """Newest first, and whether these are all."""
    found: list[Change] = []
    cursor: str | None = None
    for _ in range(PAGES):
        wanted = Filter(
            values={"status": status.value}, since=period.since, until=period.until, limit=PAGE, cursor=cursor
        )
        page = changes.list(wanted)
        found, cursor = [*found, *page.items], page.cursor
        if cursor is None:
            return found, True
    return found, not found


def _group(changes: Sequence[Change], channel: str | None = None, kind: ChangeKind | None = None) -> Group:
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


def _waits(changes: Iterable[Change]) -> Sequence[Waits]:
    seconds: dict[Approver, list[int]] = {}
    for change in changes:
        for given in change.approvals:
            seconds.setdefault(given.role, []).append(given.waited_seconds)
    return [_waited(role, sorted(each)) for role, each in sorted(seconds.items())]


def _waited(role: Approver, seconds: Sequence[int]) -> Waits:
    return Waits(role=role, count=len(seconds), p50=_rank(seconds, 0.5), p90=_rank(seconds, 0.9), longest=seconds[-1])


def _rank(ordered: Sequence[int], share: float) -> int:
    """The nearest rank: the smallest value that this share does not exceed."""
    return ordered[ceil(share * len(ordered)) - 1]
