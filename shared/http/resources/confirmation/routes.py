"""Lists the routes behind a confirmation link, whose holder needs no token but the one in the path."""

from shared.http.door.route import Route
from shared.http.resources.confirmation.audience import CONFIRMATION

SHOW = Route("GET", "/confirmations/{token}", "confirm", public=True, shows=(CONFIRMATION,))
ANSWER = Route("POST", "/confirmations/{token}", "confirm", public=True, shows=(CONFIRMATION,))

ROUTES = (SHOW, ANSWER)
