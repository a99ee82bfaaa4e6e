"""Lists the routes of products: the stock system sets them, staff and services read them."""

from shared.http.door.route import Route
from shared.usecases.core.access import STAFF

PUT = Route("PUT", "/products/{sku}", "catalogue", scope="stock")
SHOW = Route("GET", "/products/{sku}", "catalogue", roles=STAFF, scope="stock")

ROUTES = (PUT, SHOW)
