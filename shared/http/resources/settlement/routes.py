"""Lists the route by which a refund is reported that was made by hand."""

from shared.http.door.route import PAYERS, Route

SETTLE = Route("POST", "/changes/{change_id}/refunds/{refund_id}/settlements", "resolve", roles=PAYERS)

ROUTES = (SETTLE,)
