"""Lists the route that payment gateways call; a signature stands in for the token."""

from shared.http.door.route import Route

TAKE = Route("POST", "/callbacks/{gateway}", "callback", public=True)

ROUTES = (TAKE,)
