"""Documents the routes of reports."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import Operation, ok
from shared.http.resources.report import routes
from shared.http.resources.report.reply import ApprovalsReportReply, FalseRejectsReply
from shared.http.resources.report.request import ReportQuery

_REFUSES = ("malformed-time", "end-before-start", "out-of-range")

OPERATIONS: Mapping[Route, Operation] = {
    routes.APPROVALS: Operation(
        id="reportApprovals",
        summary="How many changes went through without an approval, and how long the others waited for theirs",
        query=ReportQuery,
        replies=ok(ApprovalsReportReply, "Of changes created in the period, up to 92 days."),
        refuses=_REFUSES,
    ),
    routes.FALSE_REJECTS: Operation(
        id="reportFalseRejects",
        summary="Refused changes that were made after all within 7 days: by a higher role, or in another way",
        query=ReportQuery,
        replies=ok(FalseRejectsReply, "Of changes refused in the period, up to 92 days."),
        refuses=_REFUSES,
    ),
}
