"""Lists the routes of an order's past: its versions, and the log, which is for staff alone."""

from shared.http.door.route import READERS, Route
from shared.http.parts.audience import page_of
from shared.http.resources.history.audience import VERSION as ONE
from shared.http.resources.history.audience import VERSION_IN_LIST
from shared.usecases.core.access import STAFF

_PATH = "/orders/{order_id}/versions"

VERSIONS = Route("GET", _PATH, "read", roles=READERS, owned=True, shows=page_of(VERSION_IN_LIST))
VERSION = Route("GET", f"{_PATH}/{{version}}", "read", roles=READERS, owned=True, shows=(ONE,))
LOG = Route("GET", "/orders/{order_id}/log", "read", roles=STAFF)

ROUTES = (VERSIONS, VERSION, LOG)
