"""Documents the route of fulfilments."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import ORDER_ETAG, UNITS, Operation, ok
from shared.http.resources.fulfilment import routes
from shared.http.resources.fulfilment.request import FulfilmentBody
from shared.http.resources.order.reply import OrderReply

OPERATIONS: Mapping[Route, Operation] = {
    routes.RECORD: Operation(
        id="recordFulfilment",
        etag=ORDER_ETAG,
        summary="Units were picked, packed, shipped, delivered or returned",
        body=FulfilmentBody,
        replies=ok(OrderReply, "The order with this progress."),
        refuses=("unknown-line", "beyond-quantity", *UNITS),
    ),
}
