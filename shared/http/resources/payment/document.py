"""Documents the route of payments."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import MONEY, ORDER_ETAG, Operation, ok
from shared.http.resources.order.reply import OrderReply
from shared.http.resources.payment import routes
from shared.http.resources.payment.request import PaymentBody

OPERATIONS: Mapping[Route, Operation] = {
    routes.RECORD: Operation(
        id="recordPayment",
        etag=ORDER_ETAG,
        summary="A payment, a capture or a void happened",
        body=PaymentBody,
        replies=ok(OrderReply, "The order with this payment."),
        refuses=(
            *("other-currency", "captured-falls", "payment-mismatch", "payment-claimed"),
            "link-of-another-order",
            *("malformed-time", "out-of-range", *MONEY),
        ),
    ),
}
