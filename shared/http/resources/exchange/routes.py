"""Lists the routes of an exchange, which are those of an amendment."""

from shared.http.door.route import AMENDERS, Method, Route
from shared.http.resources.change.audience import CHANGE_OR_PLAN


def _exchange(path: str = "", method: Method = "POST") -> Route:
    path = f"/orders/{{order_id}}/exchanges{path}"
    return Route(method, path, "amend", roles=AMENDERS, owned=True, needs_if_match=True, shows=CHANGE_OR_PLAN)


START = _exchange()
REPLACE = _exchange("/{change_id}", "PUT")
SUBMIT = _exchange("/{change_id}/submit")
ACCEPT = _exchange("/{change_id}/accept")
UNDO = _exchange("/{change_id}/undo")

ROUTES = (START, REPLACE, SUBMIT, ACCEPT, UNDO)
