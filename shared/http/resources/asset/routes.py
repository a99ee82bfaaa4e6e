"""Lists the routes of assets: those who serve customers activate an order, its owner reads its assets."""

from shared.http.door.route import ACTIVATORS, READERS, Route
from shared.http.parts.audience import page_of
from shared.http.resources.asset.audience import ASSET

ACTIVATE = Route("POST", "/orders/{order_id}/activate", "activate", roles=ACTIVATORS)
LIST = Route("GET", "/orders/{order_id}/assets", "read", roles=READERS, owned=True, shows=page_of(ASSET))

ROUTES = (ACTIVATE, LIST)
