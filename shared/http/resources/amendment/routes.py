"""Lists the routes of an amendment, from its preview to its commit, or its undoing."""

from shared.http.door.route import AMENDERS, Method, Route
from shared.http.resources.change.audience import CHANGE_OR_PLAN


def _amend(path: str = "", method: Method = "POST") -> Route:
    path = f"/orders/{{order_id}}/amendments{path}"
    return Route(method, path, "amend", roles=AMENDERS, owned=True, needs_if_match=True, shows=CHANGE_OR_PLAN)


START = _amend()
REPLACE = _amend("/{change_id}", "PUT")
SUBMIT = _amend("/{change_id}/submit")
ACCEPT = _amend("/{change_id}/accept")
UNDO = _amend("/{change_id}/undo")

ROUTES = (START, REPLACE, SUBMIT, ACCEPT, UNDO)
