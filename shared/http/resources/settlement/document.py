"""Documents the route of refunds made by hand."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import ORDER_ETAG, Operation, ok
from shared.http.resources.change.reply import ChangeReply
from shared.http.resources.settlement import routes
from shared.http.resources.settlement.request import SettlementBody

OPERATIONS: Mapping[Route, Operation] = {
    routes.SETTLE: Operation(
        id="settleRefund",
        etag=ORDER_ETAG,
        summary="A refund was made by hand: a bank transfer, or one that its gateway could not make",
        body=SettlementBody,
        replies=ok(ChangeReply, "The change with the refund settled."),
        refuses=("refund-not-found", "refund-settled", "refund-under-way", "illegal-transition"),
    ),
}
