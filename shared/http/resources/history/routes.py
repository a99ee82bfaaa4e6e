"""Lists the routes of an order's past: its versions, and the log, which is for staff alone."""

from shared.http.door.route import READERS, Route
from shared.usecases.core.access import STAFF

VERSIONS = Route("GET", "/orders/{order_id}/versions", "read", roles=READERS, owned=True)
VERSION = Route("GET", "/orders/{order_id}/versions/{version}", "read", roles=READERS, owned=True)
LOG = Route("GET", "/orders/{order_id}/log", "read", roles=STAFF)

ROUTES = (VERSIONS, VERSION, LOG)
