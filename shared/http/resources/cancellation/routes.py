"""Lists the routes of a cancellation: asked for in one call, withdrawn while it waits."""

from shared.http.door.route import AMENDERS, Route
from shared.http.resources.change.audience import CHANGE_OR_PLAN


def _cancel(path: str = "") -> Route:
    path = f"/orders/{{order_id}}/cancellations{path}"
    return Route("POST", path, "cancel", roles=AMENDERS, owned=True, needs_if_match=True, shows=CHANGE_OR_PLAN)


START = _cancel()
WITHDRAW = _cancel("/{change_id}/withdraw")

ROUTES = (START, WITHDRAW)
