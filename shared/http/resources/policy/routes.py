"""Lists the routes of policy documents: operators read them, propose versions, and decide on each other's."""

from shared.http.door.route import OPERATORS, Method, Route


def _policy(path: str, method: Method = "GET") -> Route:
    return Route(method, f"/policies{path}", "policies", roles=OPERATORS)


LIST = _policy("")
SHOW = _policy("/{name}")
PROPOSE = _policy("/{name}", "PUT")
VERSIONS = _policy("/{name}/versions")
VERSION = _policy("/{name}/versions/{version}")
DECIDE = _policy("/{name}/versions/{version}/decisions", "POST")

ROUTES = (LIST, SHOW, PROPOSE, VERSIONS, VERSION, DECIDE)
