"""What the OpenAPI document says of reports: how approvals went, and what was refused wrongly."""

from infra.openapi.operation import Operation, ok
from shared.http.resources.report.reply import ApprovalsReportReply, FalseRejectsReply
from shared.http.resources.report.request import ReportQuery

_REFUSES = ("malformed-time", "end-before-start", "out-of-range")

REPORTS: dict[tuple[str, str], Operation] = {
    ("GET", "/reports/approvals"): Operation(
        id="reportApprovals",
        summary="How many changes went through without an approval, and how long the others waited for theirs",
        query=ReportQuery,
        replies=ok(ApprovalsReportReply, "Of changes created in the period, up to 92 days."),
        refuses=_REFUSES,
    ),
    ("GET", "/reports/false-rejects"): Operation(
        id="reportFalseRejects",
        summary="Refused changes that were made after all within 7 days: by a higher role, or in another way",
        query=ReportQuery,
        replies=ok(FalseRejectsReply, "Of changes refused in the period, up to 92 days."),
        refuses=_REFUSES,
    ),
}
