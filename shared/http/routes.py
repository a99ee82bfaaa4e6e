"""Joins the routes of all resources into the one table of who may use what; the OpenAPI document keeps its order.

To add a route:
1. Add its row to `shared/http/resources/<resource>/routes.py`.
2. Say what callers have to know of it in `document.py` beside that: words, models, refusals.
3. Write the handler in `functions/<function>/handler.py`, and its event in the template.
4. Add one line by hand to the control in `tests/unit/http/matrix/rows.py`.

A new resource is one more line below. Tests name whatever is missing.
"""

from shared.domain.refusal import Refusal
from shared.http.door.route import Route
from shared.http.resources.acknowledgement import routes as acknowledgement
from shared.http.resources.amendment import routes as amendment
from shared.http.resources.asset import routes as asset
from shared.http.resources.callback import routes as callback
from shared.http.resources.cancellation import routes as cancellation
from shared.http.resources.change import routes as change
from shared.http.resources.confirmation import routes as confirmation
from shared.http.resources.decision import routes as decision
from shared.http.resources.delegation import routes as delegation
from shared.http.resources.erasure import routes as erasure
from shared.http.resources.exchange import routes as exchange
from shared.http.resources.fulfilment import routes as fulfilment
from shared.http.resources.history import routes as history
from shared.http.resources.order import routes as order
from shared.http.resources.overpayment import routes as overpayment
from shared.http.resources.payment import routes as payment
from shared.http.resources.policy import routes as policy
from shared.http.resources.product import routes as product
from shared.http.resources.replay import routes as replay
from shared.http.resources.report import routes as report
from shared.http.resources.resolution import routes as resolution
from shared.http.resources.service import routes as service
from shared.http.resources.settlement import routes as settlement
from shared.http.resources.stock import routes as stock

ROUTES: tuple[Route, ...] = (
    *service.ROUTES,
    *product.ROUTES,
    *stock.ROUTES,
    *order.ROUTES,
    *history.ROUTES,
    *asset.ROUTES,
    *fulfilment.ROUTES,
    *payment.ROUTES,
    *amendment.ROUTES,
    *cancellation.ROUTES,
    *exchange.ROUTES,
    *overpayment.ROUTES,
    *change.ROUTES,
    *decision.ROUTES,
    *delegation.ROUTES,
    *confirmation.ROUTES,
    *acknowledgement.ROUTES,
    *resolution.ROUTES,
    *settlement.ROUTES,
    *callback.ROUTES,
    *erasure.ROUTES,
    *policy.ROUTES,
    *replay.ROUTES,
    *report.ROUTES,
)

BY_NAME: dict[str, Route] = {route.name: route for route in ROUTES}


def route_of(method: str, path: str) -> Route:
    """Returns the route of a method and a path template such as `/orders/{order_id}`.

    Raises:
        Refusal: `not-found`: what is not listed does not exist.
    """
    route = BY_NAME.get(f"{method} {path}")
    if route is None:
        raise Refusal("not-found", "There is nothing under this path and method.")
    return route
