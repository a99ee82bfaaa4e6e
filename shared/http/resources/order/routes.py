"""Lists the routes of orders: channels bring them, staff and their own customers read them."""

from shared.http.door.route import READERS, Route
from shared.http.parts.audience import page_of
from shared.http.resources.order.audience import ORDER, ORDER_IN_LIST

TAKE = Route("POST", "/orders", "intake", scope="channels")
TAKE_FROM_CHANNEL = Route("POST", "/channels/{channel}/orders", "intake", scope="channels")
LIST = Route("GET", "/orders", "read", roles=READERS, shows=page_of(ORDER_IN_LIST))
SHOW = Route("GET", "/orders/{order_id}", "read", roles=READERS, owned=True, shows=(ORDER,))

ROUTES = (TAKE, TAKE_FROM_CHANNEL, LIST, SHOW)
