"""Lists the routes of a cancellation: asked for in one call, withdrawn while it waits."""

from shared.http.door.route import AMENDERS, Route


def _cancel(path: str = "") -> Route:
    path = f"/orders/{{order_id}}/cancellations{path}"
    return Route("POST", path, "cancel", roles=AMENDERS, owned=True, needs_if_match=True)


START = _cancel()
WITHDRAW = _cancel("/{change_id}/withdraw")

ROUTES = (START, WITHDRAW)
