"""Documents the route that payment gateways call."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import Operation, ok
from shared.http.resources.callback import routes
from shared.http.resources.callback.reply import CallbackReply

OPERATIONS: Mapping[Route, Operation] = {
    routes.TAKE: Operation(
        id="takeCallback",
        summary="A payment gateway reports how refunds ended, or a payment by a link, signed in its own way; again and "
        "again is the same",
        any_body=True,
        replies=ok(CallbackReply, "Taken, now or before. A gateway repeats whatever is not answered so."),
        refuses=(
            *("bad-signature", "unknown-gateway", "refund-not-found", "malformed-json", "malformed-payload"),
            *("order-not-found", "other-currency", "malformed-amount", "payment-claimed", "payment-mismatch"),
            "link-of-another-order",
        ),
    ),
}
