"""Lists the route by which an operator ends a fallout."""

from shared.http.door.route import OPERATORS, Route

RESOLVE = Route("POST", "/changes/{change_id}/resolutions", "resolve", roles=OPERATORS)

ROUTES = (RESOLVE,)
