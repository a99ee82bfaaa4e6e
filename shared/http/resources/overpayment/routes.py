"""Lists the routes of a settlement: asked for in one call, withdrawn while it waits."""

from shared.http.door.route import AMENDERS, Route
from shared.http.resources.change.audience import CHANGE_OR_PLAN


def _settle(path: str = "") -> Route:
    path = f"/orders/{{order_id}}/settlements{path}"
    return Route("POST", path, "cancel", roles=AMENDERS, owned=True, needs_if_match=True, shows=CHANGE_OR_PLAN)


START = _settle()
WITHDRAW = _settle("/{change_id}/withdraw")

ROUTES = (START, WITHDRAW)
