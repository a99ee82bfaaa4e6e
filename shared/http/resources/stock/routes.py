"""Lists the routes of stock levels: the stock system sets them, staff and services read them."""

from shared.http.door.route import Route
from shared.usecases.core.access import STAFF

PUT = Route("PUT", "/stock/{sku}", "catalogue", scope="stock")
SHOW = Route("GET", "/stock/{sku}", "catalogue", roles=STAFF, scope="stock")

ROUTES = (PUT, SHOW)
