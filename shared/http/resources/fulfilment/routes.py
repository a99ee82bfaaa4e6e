"""Lists the route by which the warehouse and carriers report how far units have come."""

from shared.http.door.route import Route

RECORD = Route("POST", "/orders/{order_id}/fulfilments", "fulfilments", scope="fulfilment")

ROUTES = (RECORD,)
