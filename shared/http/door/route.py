"""Defines a route's row: where it stands, which function answers, and who may use it.

Each resource lists its rows in `shared/http/resources/<resource>/routes.py`; `shared/http/routes.py` joins them. The
403 check reads a row at run time. What only the OpenAPI document needs stands beside it, in `document.py`, which no
function loads.
"""

from dataclasses import KW_ONLY, dataclass, field
from typing import Literal

from shared.domain.policy.subjects import Role
from shared.http.parts.audience import Shows
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


@dataclass(frozen=True, slots=True)
class Route:
    """Describes one route: open to each of `roles`, and to services that hold `scope`; or `public`, without any token.

    `path` is the template of API Gateway, such as `/orders/{order_id}`; `function` is the folder under `functions/`
    whose handler answers. `owned`: to a customer it is not there unless it is theirs, which is decided where data is
    read (`shared.usecases.core.access`). `shows` declares which fields of its replies are for customers, and for those
    without a token: none unless it says so.
    """

    method: Method
    path: str
    function: str
    _: KW_ONLY
    roles: frozenset[Role] = NOBODY
    scope: Scope | None = None
    owned: bool = False
    needs_if_match: bool = False
    public: bool = False
    shows: Shows = field(default=(), compare=False)

    @property
    def mutates(self) -> bool:
        """Returns True if a request can change anything."""
        return self.method != "GET"

    @property
    def name(self) -> str:
        """Returns the route's name for people and tests: `GET /orders/{order_id}`."""
        return f"{self.method} {self.path}"
