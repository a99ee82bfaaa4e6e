"""Lists the routes behind a confirmation link, whose holder needs no token but the one in the path."""

from shared.http.door.route import Route

SHOW = Route("GET", "/confirmations/{token}", "confirm", public=True)
ANSWER = Route("POST", "/confirmations/{token}", "confirm", public=True)

ROUTES = (SHOW, ANSWER)
