"""Lists the routes of reports on how the rules work."""

from shared.http.door.route import REPORTED, Route

APPROVALS = Route("GET", "/reports/approvals", "report", roles=REPORTED)
FALSE_REJECTS = Route("GET", "/reports/false-rejects", "report", roles=REPORTED)

ROUTES = (APPROVALS, FALSE_REJECTS)
