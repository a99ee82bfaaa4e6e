"""Every route and who may use it: the one table that the 403 check, the OpenAPI document and the tests are made from.

Whose orders somebody may reach is decided where data is read (`shared.usecases.core.access`).
"""

from dataclasses import dataclass
from typing import Literal

from shared.domain.policy.subjects import Role
from shared.domain.refusal import Refusal
from shared.usecases.core.access import STAFF

Method = Literal["GET", "POST", "PUT"]
Scope = Literal["channels", "stock", "fulfilment", "payments", "acknowledgements"]

NOBODY: frozenset[Role] = frozenset()
READERS: frozenset[Role] = STAFF | {"customer"}
AMENDERS: frozenset[Role] = frozenset({"agent", "lead", "manager", "customer"})
ACTIVATORS: frozenset[Role] = frozenset({"agent", "lead", "manager"})
OPERATORS: frozenset[Role] = frozenset({"operator"})
APPROVERS: frozenset[Role] = frozenset({"lead", "manager", "finance"})
REPORTED: frozenset[Role] = frozenset({"operator", "lead", "manager"})
PAYERS: frozenset[Role] = frozenset({"finance", "operator"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route: open to each of `roles`, and to services that hold `scope`; or `public`, without any token."""

    method: Method
    path: str
    roles: frozenset[Role] = NOBODY
    scope: Scope | None = None
    needs_if_match: bool = False
    public: bool = False

    @property
    def mutates(self) -> bool:
        return self.method != "GET"


def _get(path: str, roles: frozenset[Role] = NOBODY, scope: Scope | None = None, *, public: bool = False) -> Route:
    return Route(method="GET", path=path, roles=roles, scope=scope, public=public)


def _put(path: str, scope: Scope | None = None, roles: frozenset[Role] = NOBODY) -> Route:
    return Route(method="PUT", path=path, roles=roles, scope=scope)


def _post(path: str, roles: frozenset[Role] = NOBODY, scope: Scope | None = None, *, public: bool = False) -> Route:
    return Route(method="POST", path=path, roles=roles, scope=scope, public=public)


def _amend(path: str = "", method: Method = "POST") -> Route:
    return Route(method=method, path=f"/orders/{{order_id}}/amendments{path}", roles=AMENDERS, needs_if_match=True)


def _cancel(path: str = "") -> Route:
    path = f"/orders/{{order_id}}/cancellations{path}"
    return Route(method="POST", path=path, roles=AMENDERS, needs_if_match=True)


ROUTES: tuple[Route, ...] = (
    _get("/openapi.json", public=True),
    _get("/health", public=True),
    _put("/products/{sku}", "stock"),
    _get("/products/{sku}", STAFF, "stock"),
    _put("/stock/{sku}", "stock"),
    _get("/stock/{sku}", STAFF, "stock"),
    _post("/orders", scope="channels"),
    _post("/channels/{channel}/orders", scope="channels"),
    _get("/orders", READERS),
    _get("/orders/{order_id}", READERS),
    _get("/orders/{order_id}/versions", READERS),
    _get("/orders/{order_id}/versions/{version}", READERS),
    _get("/orders/{order_id}/log", STAFF),
    _post("/orders/{order_id}/activate", ACTIVATORS),
    _get("/orders/{order_id}/assets", READERS),
    _post("/orders/{order_id}/fulfilments", scope="fulfilment"),
    _post("/orders/{order_id}/payments", scope="payments"),
    _amend(),
    _amend("/{change_id}", "PUT"),
    _amend("/{change_id}/submit"),
    _amend("/{change_id}/accept"),
    _amend("/{change_id}/undo"),
    _cancel(),
    _cancel("/{change_id}/withdraw"),
    _get("/changes", READERS),
    _get("/changes/{change_id}", READERS),
    _post("/changes/{change_id}/decisions", READERS),
    _get("/delegations", STAFF),
    _put("/delegations/{role}", roles=APPROVERS),
    _post("/delegations/{role}/end", APPROVERS),
    _get("/confirmations/{token}", public=True),
    _post("/confirmations/{token}", public=True),
    _post("/changes/{change_id}/acknowledgements", OPERATORS, "acknowledgements"),
    _post("/changes/{change_id}/resolutions", OPERATORS),
    _post("/changes/{change_id}/refunds/{refund_id}/settlements", PAYERS),
    _post("/callbacks/{gateway}", public=True),
    _post("/customers/{customer_id}/erasures", OPERATORS),
    _get("/policies", OPERATORS),
    _get("/policies/{name}", OPERATORS),
    _put("/policies/{name}", roles=OPERATORS),
    _get("/policies/{name}/versions", OPERATORS),
    _get("/policies/{name}/versions/{version}", OPERATORS),
    _post("/policies/{name}/versions/{version}/decisions", OPERATORS),
    _post("/policies/{name}/replay", OPERATORS),
    _get("/reports/approvals", REPORTED),
    _get("/reports/false-rejects", REPORTED),
)

_BY_NAME: dict[tuple[str, str], Route] = {(route.method, route.path): route for route in ROUTES}


def route_of(method: str, path: str) -> Route:
    """The route of a method and a path template such as `/orders/{order_id}`.

    Raises:
        Refusal: `not-found`: what is not listed does not exist.
    """
    route = _BY_NAME.get((method, path))
    if route is None:
        raise Refusal("not-found", "There is nothing under this path and method.")
    return route
