"""Documents the routes of assets."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import ORDER_ETAG, Operation, ok
from shared.http.parts.listing import EntriesQuery
from shared.http.parts.reply import PageOf, WholeOf
from shared.http.resources.asset import routes
from shared.http.resources.asset.reply import AssetReply

OPERATIONS: Mapping[Route, Operation] = {
    routes.ACTIVATE: Operation(
        id="activateOrder",
        etag=ORDER_ETAG,
        summary="Make assets of the lines that have any",
        replies=ok(WholeOf[AssetReply], "All assets of the order."),
        refuses=("nothing-to-activate", "change-open"),
    ),
    routes.LIST: Operation(
        id="listAssets",
        summary="What the customer has from this order, with its history",
        query=EntriesQuery,
        replies=ok(PageOf[AssetReply], "A page of the order's assets."),
        refuses=("malformed-cursor", "out-of-range"),
    ),
}
