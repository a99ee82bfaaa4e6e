"""Lists the route that judges past changes by a draft of a policy; it keeps nothing."""

from shared.http.door.route import OPERATORS, Route

REPLAY = Route("POST", "/policies/{name}/replay", "policies", roles=OPERATORS)

ROUTES = (REPLAY,)
