"""Lists the route that payment gateways call; a signature stands in for the token."""

from shared.http.door.route import Route
from shared.http.parts.audience import fields

TAKE = Route("POST", "/callbacks/{gateway}", "callback", public=True, shows=(fields("taken"),))

ROUTES = (TAKE,)
