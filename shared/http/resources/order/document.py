"""Documents the routes of orders, and what an order can be refused for."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import FIELDS, MONEY, ORDER_ETAG, PLACE, UNITS, Operation, Replies, ok
from shared.http.parts.reply import PageOf
from shared.http.resources.order import routes
from shared.http.resources.order.reply import OrderInList, OrderReply
from shared.http.resources.order.request import NewOrderBody, OrdersQuery

ORDER = (
    *(
        "no-lines",
        "too-many-lines",
        "order-too-large",
        "duplicate-line",
        "unknown-parent",
        "duplicate-payment",
        *("payment-claimed", "malformed-email"),
    ),
    *("discount-over-price", "negative-total", "total-mismatch", "overpaid-refund", "other-currency"),
    *("other-bundle", "parent-cycle", "end-before-start", "exempt-order-taxed", *PLACE),
)

FIELDS_OF_ORDER = (
    *("missing-price", "missing-amount", "missing-period", "missing-dates"),
    *("charges-unknown", "duplicate-charge", "term-out-of-bounds"),
    *("malformed-time", "malformed-date", "out-of-range", "malformed-percent", "malformed-rate", "tax-given-twice"),
)

_TAKEN: Replies = {
    201: ((OrderReply,), "The order is new."),
    200: ((OrderReply,), "The channel sent this order before; here it is."),
}

OPERATIONS: Mapping[Route, Operation] = {
    routes.TAKE: Operation(
        id="createOrder",
        etag=ORDER_ETAG,
        summary="Take an order in our own shape, once",
        body=NewOrderBody,
        replies=_TAKEN,
        refuses=(*ORDER, *FIELDS_OF_ORDER, *UNITS, *MONEY, "tax-of-other-sign"),
        examples=("order-direct", "order-subscription"),
    ),
    routes.TAKE_FROM_CHANNEL: Operation(
        id="createChannelOrder",
        etag=ORDER_ETAG,
        summary="Take an order in a channel's own shape, once",
        any_body=True,
        replies=_TAKEN,
        refuses=(
            *(
                "unknown-channel",
                "malformed-payload",
                "fractional-quantity",
                "malformed-field",
                "missing-field",
                "not-an-order",
            ),
            *("not-placed-yet", "already-ended", "foreign-payment", "unmatched-transaction", "unmatched-refund"),
            *("malformed-json", "unsupported-media-type", *FIELDS, *FIELDS_OF_ORDER, *UNITS),
            *ORDER,
            *MONEY,
        ),
    ),
    routes.LIST: Operation(
        id="listOrders",
        summary="Orders, without their lines; a customer's own",
        notes=(
            "By `q`, `customer_id`, `status` or `channel` newest placed first; without any of these in no order. "
            "With `q` the other filters narrow what is found, so that a page may be short."
        ),
        query=OrdersQuery,
        replies=ok(PageOf[OrderInList], "A page of orders."),
        refuses=("malformed-cursor", "malformed-query", "out-of-range"),
    ),
    routes.SHOW: Operation(
        id="getOrder",
        etag=ORDER_ETAG,
        summary="The live order, with its ETag",
        replies=ok(OrderReply, "The live version."),
    ),
}
