"""Reports on the rules: how approvals went, and which requests were refused wrongly. It only reads."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.domain.period import Period
from shared.http.door.answers import shown
from shared.http.door.resolver import current, resolver, serve
from shared.http.resources.report.request import ReportQuery
from shared.http.resources.report.view import approvals_view, false_rejects_view
from shared.usecases.reports.report_approvals import report_approvals
from shared.usecases.reports.report_false_rejects import report_false_rejects

app = resolver()


@app.get("/reports/approvals")
def approvals() -> Response[str]:
    return shown(approvals_view(report_approvals(bootstrap.services(), _period())))


@app.get("/reports/false-rejects")
def false_rejects() -> Response[str]:
    return shown(false_rejects_view(report_false_rejects(bootstrap.services(), _period())))


def _period() -> Period:
    return current(app).parameters(ReportQuery).to_period(bootstrap.services().clock.now())


handler = serve(app)
