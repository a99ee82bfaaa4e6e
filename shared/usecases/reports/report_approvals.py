"""Report how approvals went in a period: how many changes needed none, and how long the others waited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.period import Period
from shared.ports.paging import Filter
from shared.ports.services import Services
from shared.ports.stores import Changes
from shared.usecases.reports.approval_figures import Group, group_of

PAGE = 100
PAGES = 5
"""Pages of each status: a report reads 12 × 5 × 100 changes at most, in 120 calls."""

LOOKED_AT = tuple(status for status in ChangeStatus if status is not ChangeStatus.DRAFT)
"""A draft has asked for nothing yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalsReport:
    """Holds the figures. `counted_from` is later than the period's start where there were more changes than a report
    reads: every change created since then is counted, whatever its status, and nothing older."""

    period: Period
    counted_from: datetime
    all: Group
    groups: Sequence[Group]

    @property
    def truncated(self) -> bool:
        return self.counted_from > self.period.since


def report_approvals(services: Services, period: Period) -> ApprovalsReport:
    """Report all changes that were created in the period, and the same by channel and kind."""
    changes, counted_from = _created(services.changes, period)
    keys = sorted({(change.channel, change.kind) for change in changes})
    return ApprovalsReport(
        period=period,
        counted_from=counted_from,
        all=group_of(changes),
        groups=[
            group_of([each for each in changes if (each.channel, each.kind) == key], channel=key[0], kind=key[1])
            for key in keys
        ],
    )


def _created(changes: Changes, period: Period) -> tuple[Sequence[Change], datetime]:
    """Return the newest of each status, and the oldest moment since which none of any status is missing."""
    found: list[Change] = []
    since = period.since
    for status in LOOKED_AT:
        read, complete = _of_status(changes, status, period)
        found += read
        since = since if complete else max(since, read[-1].created_at)
    return [change for change in found if change.created_at >= since], since


def _of_status(changes: Changes, status: ChangeStatus, period: Period) -> tuple[Sequence[Change], bool]:
    """Return the newest of one status first, and True if these are all."""
    found: list[Change] = []
    cursor: str | None = None
    for _ in range(PAGES):
        wanted = Filter(
            values={"status": status.value}, since=period.since, until=period.until, limit=PAGE, cursor=cursor
        )
        page = changes.summaries(wanted)
        found, cursor = [*found, *(each.head for each in page.items)], page.cursor
        if cursor is None:
            return found, True
    return found, not found
