"""Lists the routes of the service itself: its OpenAPI document, and a sign of life."""

from shared.http.door.route import Route

DOCUMENT = Route("GET", "/openapi.json", "docs", public=True)
HEALTH = Route("GET", "/health", "docs", public=True)

ROUTES = (DOCUMENT, HEALTH)
