"""The routes of assets: whoever serves customers activates an order, its owner reads what they have from it."""

from shared.http.door.route import ACTIVATORS, READERS, Route

ACTIVATE = Route("POST", "/orders/{order_id}/activate", "activate", roles=ACTIVATORS)
LIST = Route("GET", "/orders/{order_id}/assets", "read", roles=READERS, owned=True)

ROUTES = (ACTIVATE, LIST)
