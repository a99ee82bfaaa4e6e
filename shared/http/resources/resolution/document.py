"""Documents the route that ends a fallout."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import ORDER_ETAG, Operation, ok
from shared.http.resources.change.reply import ChangeReply
from shared.http.resources.resolution import routes
from shared.http.resources.resolution.request import ResolutionBody

OPERATIONS: Mapping[Route, Operation] = {
    routes.RESOLVE: Operation(
        id="resolveFallout",
        etag=ORDER_ETAG,
        summary="End a fallout: what failed was done by hand, or is given up",
        body=ResolutionBody,
        replies=ok(ChangeReply, "The change, completed or failed."),
        refuses=("not-fallen-out", "refund-under-way", "unknown-refund", "gateway-reference", "gateway-says-twice"),
    ),
}
