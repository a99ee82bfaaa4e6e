"""Lists the route by which payments, captures and voids are reported."""

from shared.http.door.route import Route

RECORD = Route("POST", "/orders/{order_id}/payments", "fulfilments", scope="payments")

ROUTES = (RECORD,)
