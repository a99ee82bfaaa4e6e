"""Lists the routes of the service itself: its OpenAPI document, and a sign of life."""

from shared.http.door.route import Route
from shared.http.parts.audience import WHOLE, fields

DOCUMENT = Route("GET", "/openapi.json", "docs", public=True, shows=WHOLE)
HEALTH = Route("GET", "/health", "docs", public=True, shows=(fields("status"),))

ROUTES = (DOCUMENT, HEALTH)
