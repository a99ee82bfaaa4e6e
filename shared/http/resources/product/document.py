"""Documents the routes of products."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import MONEY, Operation, ok
from shared.http.resources.product import routes
from shared.http.resources.product.reply import ProductReply
from shared.http.resources.product.request import ProductBody

OPERATIONS: Mapping[Route, Operation] = {
    routes.PUT: Operation(
        id="putProduct",
        summary="Set what is known of a product",
        body=ProductBody,
        replies=ok(ProductReply, "The product."),
        refuses=("duplicate-currency", "duplicate-charge", "missing-period", *MONEY),
    ),
    routes.SHOW: Operation(
        id="getProduct", summary="A product", replies=ok(ProductReply, "The product."), refuses=("product-not-found",)
    ),
}
