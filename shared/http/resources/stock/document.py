"""Documents the routes of stock levels."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import Operation, ok
from shared.http.resources.stock import routes
from shared.http.resources.stock.reply import StockReply
from shared.http.resources.stock.request import StockBody

OPERATIONS: Mapping[Route, Operation] = {
    routes.PUT: Operation(
        id="putStock",
        summary="Set how many units are on hand",
        body=StockBody,
        replies=ok(StockReply, "The stock level."),
        refuses=("stock-below-committed", "quantity-not-whole", "quantity-negative", "quantity-too-large"),
    ),
    routes.SHOW: Operation(
        id="getStock", summary="A stock level", replies=ok(StockReply, "The level."), refuses=("stock-not-found",)
    ),
}
