"""Lists the routes of orders: channels bring them, staff and their own customers read them."""

from shared.http.door.route import READERS, Route

TAKE = Route("POST", "/orders", "intake", scope="channels")
TAKE_FROM_CHANNEL = Route("POST", "/channels/{channel}/orders", "intake", scope="channels")
LIST = Route("GET", "/orders", "read", roles=READERS)
SHOW = Route("GET", "/orders/{order_id}", "read", roles=READERS, owned=True)

ROUTES = (TAKE, TAKE_FROM_CHANNEL, LIST, SHOW)
