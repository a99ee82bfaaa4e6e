"""Shows reports in replies."""

from collections.abc import Iterable

from shared.domain.period import Period
from shared.http.parts.view import Json, present, time
from shared.usecases.reports.approval_figures import Group, Waits
from shared.usecases.reports.report_approvals import ApprovalsReport
from shared.usecases.reports.report_false_rejects import FalseRejects, Rejects


def approvals_view(report: ApprovalsReport) -> Json:
    return {
        "period": _period(report.period),
        "truncated": report.truncated,
        "counted_from": time(report.counted_from),
        "all": _group(report.all),
        "groups": [_group(each) for each in report.groups],
    }


def false_rejects_view(report: FalseRejects) -> Json:
    return {
        "period": _period(report.period),
        "truncated": report.truncated,
        "counted_until": time(report.counted_until),
        "all": _rejects(report.all),
        "by_channel": _named("channel", report.by_channel),
        "by_account": _named("account", report.by_account),
        "by_rule": _named("rule", report.by_rule),
        "by_code": _named("code", report.by_code),
    }


def _period(period: Period) -> Json:
    return {"from": time(period.since), "to": time(period.until)}


def _group(group: Group) -> Json:
    return present(
        {
            "channel": group.channel,
            "kind": group.kind,
            "changes": group.changes,
            "committed": group.committed,
            "auto_approved": group.auto_approved,
            "auto_approval_rate": group.rate,
            "escalated": group.escalated,
            "expired": group.expired,
            "waits": [_waits(each) for each in group.waits],
        }
    )


def _waits(waits: Waits) -> Json:
    return {
        "role": waits.role,
        "count": waits.count,
        "p50_seconds": waits.p50,
        "p90_seconds": waits.p90,
        "max_seconds": waits.longest,
    }


def _named(field: str, rows: Iterable[Rejects]) -> list[Json]:
    return [{field: row.name, **_rejects(row)} for row in rows]


def _rejects(row: Rejects) -> Json:
    return present({"refused": row.refused, "forced": row.forced, "resubmitted": row.resubmitted, "rate": row.rate})
