"""Who is let in where, written by hand from the contract's column "who": nothing here is read from the routes' table.

A new route needs one `Row`: `"METHOD /path"`, whom it lets in, and a request that works for one of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.unit.http.matrix.bodies import (
    AMENDMENT,
    CANCELLATION,
    EXCHANGE,
    NEW_ORDER,
    PAYMENT,
    PRODUCT,
    SETTLEMENT,
    decided,
    digest,
    proposal,
    report,
)
from tests.unit.http.matrix.identities import (
    AGENT,
    FINANCE,
    IDENTITIES,
    LEAD,
    MANAGER,
    NAMELESS,
    NOBODY,
    OPERATOR,
    OWNER,
    SERVICE,
    STRANGER,
)
from tests.unit.http.matrix.stories import Place

Body = Mapping[str, Any] | Callable[[Place], Any] | None
Who = frozenset[str]

EVERYBODY: Who = frozenset(IDENTITIES)
STAFF: Who = frozenset({AGENT, LEAD, MANAGER, FINANCE, OPERATOR})
# "agent" in the contract: whoever serves customers, and those who stand above them.
AGENTS: Who = frozenset({AGENT, LEAD, MANAGER})
OPERATORS: Who = frozenset({OPERATOR})
PAYERS: Who = frozenset({FINANCE, OPERATOR})
OWN: Who = frozenset({OWNER})
OWN_LISTS: Who = frozenset({OWNER, STRANGER})
SERVICES: Who = frozenset({SERVICE})
# Wider than the contract's "service:stock; staff read": a service of any scope reads the catalogue.


@dataclass(frozen=True)
class Row:
    """`owned`: to customers who do not own it, it isn't there. `at`: the place in the world that it is asked about.
    `scope`: the service's that is let in. `keeps`: it leaves a trace, unless it is one that reads."""

    route: str
    who: Who
    body: Body = None
    at: str = "order"
    owned: bool = False
    scope: str | None = None
    keeps: bool = True

    def request(self, place: Place) -> Any:
        """The body, about a place."""
        return self.body(place) if callable(self.body) else self.body

    def with_body(self, **more: Any) -> "Row":
        """The same, its body having more fields."""
        return replace(self, body=lambda place: {**self.request(place), **more})

    def outcome(self, identity: str) -> int | None:
        """The status with which they are kept out; None: let in."""
        if identity in self.who and not (self.owned and identity in (STRANGER, NAMELESS)):
            return None
        if identity == NOBODY:
            return 401
        return 404 if self.owned and identity in (STRANGER, NAMELESS) else 403


ROWS: tuple[Row, ...] = (
    Row("GET /openapi.json", EVERYBODY),
    Row("GET /health", EVERYBODY),
    Row("PUT /products/{sku}", SERVICES, PRODUCT, scope="stock"),
    Row("GET /products/{sku}", STAFF | SERVICES, scope="stock"),
    Row("PUT /stock/{sku}", SERVICES, {"on_hand": 90}, scope="stock"),
    Row("GET /stock/{sku}", STAFF | SERVICES, scope="stock"),
    Row("POST /orders", SERVICES, NEW_ORDER, scope="channels"),
    Row("POST /channels/{channel}/orders", SERVICES, NEW_ORDER, scope="channels"),
    Row("GET /orders", STAFF | OWN_LISTS),
    Row("GET /orders/{order_id}", STAFF | OWN, owned=True),
    Row("GET /orders/{order_id}/versions", STAFF | OWN, owned=True),
    Row("GET /orders/{order_id}/versions/{version}", STAFF | OWN, owned=True),
    Row("GET /orders/{order_id}/log", STAFF),
    Row("POST /orders/{order_id}/activate", AGENTS, at="subscription"),
    Row("GET /orders/{order_id}/assets", STAFF | OWN, at="subscription", owned=True),
    Row(
        "POST /orders/{order_id}/fulfilments",
        SERVICES,
        {"line_id": "l1", "quantity": 1, "event": "shipped"},
        scope="fulfilment",
    ),
    Row("POST /orders/{order_id}/payments", SERVICES, PAYMENT, scope="payments"),
    Row("POST /orders/{order_id}/amendments", AGENTS | OWN, AMENDMENT, owned=True),
    # What an agent has asked for is not its owner's to go on with, or to end; what they ask for is (test_steps.py).
    Row("PUT /orders/{order_id}/amendments/{change_id}", AGENTS, AMENDMENT, "draft", owned=True),
    Row("POST /orders/{order_id}/amendments/{change_id}/submit", AGENTS, digest, "draft", owned=True),
    Row("POST /orders/{order_id}/amendments/{change_id}/accept", AGENTS, digest, "approved", owned=True),
    Row("POST /orders/{order_id}/amendments/{change_id}/undo", AGENTS, {}, "draft", owned=True),
    Row("POST /orders/{order_id}/exchanges", AGENTS | OWN, EXCHANGE, owned=True),
    Row("PUT /orders/{order_id}/exchanges/{change_id}", AGENTS, EXCHANGE, "exchange", owned=True),
    Row("POST /orders/{order_id}/exchanges/{change_id}/submit", AGENTS, digest, "exchange", owned=True),
    Row("POST /orders/{order_id}/exchanges/{change_id}/accept", AGENTS, digest, "exchanging", owned=True),
    Row("POST /orders/{order_id}/exchanges/{change_id}/undo", AGENTS, {}, "exchange", owned=True),
    Row("POST /orders/{order_id}/cancellations", AGENTS | OWN, CANCELLATION, owned=True),
    Row("POST /orders/{order_id}/cancellations/{change_id}/withdraw", AGENTS, {}, "confirming", owned=True),
    Row("POST /orders/{order_id}/settlements", AGENTS | OWN, SETTLEMENT, "overpaid", owned=True),
    Row("POST /orders/{order_id}/settlements/{change_id}/withdraw", AGENTS, {}, "settling", owned=True),
    Row("GET /changes", STAFF | OWN_LISTS),
    Row("GET /changes/{change_id}", STAFF | OWN, at="draft", owned=True),
    Row("GET /changes/{change_id}/plan/{part}", STAFF | OWN, at="draft", owned=True),
    # The role that it waits for; its owner may know of it, others may not.
    Row("POST /changes/{change_id}/decisions", frozenset({MANAGER}), decided("approve"), "waiting", owned=True),
    Row("GET /delegations", STAFF),
    # Each delegates the role that they hold; the path names the manager's.
    Row("PUT /delegations/{role}", frozenset({MANAGER}), {"to": "usr-lead", "until": "2026-12-01T00:00:00Z"}),
    Row("POST /delegations/{role}/end", frozenset({MANAGER}), {}, "delegated"),
    Row("GET /reports/approvals", AGENTS - {AGENT} | OPERATORS),
    Row("GET /reports/false-rejects", AGENTS - {AGENT} | OPERATORS),
    Row("GET /confirmations/{token}", EVERYBODY, at="confirming"),
    Row("POST /confirmations/{token}", EVERYBODY, {"decision": "confirm"}, "confirming"),
    Row(
        "POST /changes/{change_id}/acknowledgements",
        SERVICES | OPERATORS,
        {"department": "billing", "outcome": "done"},
        "committed",
        scope="acknowledgements",
    ),
    Row("POST /changes/{change_id}/resolutions", OPERATORS, {"outcome": "completed", "note": "paid"}, "fallen"),
    Row("POST /changes/{change_id}/refunds/{refund_id}/settlements", PAYERS, {"reference": "SEPA-1"}, "fallen"),
    Row("GET /policies", OPERATORS),
    Row("GET /policies/{name}", OPERATORS, at="policy"),
    Row("PUT /policies/{name}", OPERATORS, proposal, "policy"),
    Row("GET /policies/{name}/versions", OPERATORS, at="policy"),
    Row("GET /policies/{name}/versions/{version}", OPERATORS, at="policy"),
    Row("POST /policies/{name}/versions/{version}/decisions", OPERATORS, {"decision": "approve"}, "proposed"),
    Row("POST /policies/{name}/replay", OPERATORS, {"version": 1}, "policy", keeps=False),
    Row("POST /customers/{customer_id}/erasures", OPERATORS, {"reason": "asked for it"}, "shipped"),
    Row("POST /callbacks/{gateway}", EVERYBODY, report, "committed"),
)

BY_NAME: Mapping[str, Row] = {row.route: row for row in ROWS}
