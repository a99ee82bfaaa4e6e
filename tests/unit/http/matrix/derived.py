"""Works out from the routes' rows whom each lets in, to hold what is written by hand against it.

The control in `rows.py` is written from the contract and tested against the handlers; here it is compared with the
declarations. Where a use case lets in fewer than the row does, `NARROWER` says so, and why.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from shared.domain.refusal import Refusal
from shared.http.door.route import Route
from shared.http.identity.principal import principal_of
from tests.unit.http.matrix.identities import (
    AGENT,
    FINANCE,
    IDENTITIES,
    LEAD,
    NAMELESS,
    NOBODY,
    OPERATOR,
    OWNER,
    STRANGER,
    context_for,
)
from tests.unit.http.matrix.rows import BY_NAME


class Narrower(NamedTuple):
    """Identities whom the row lets in and the use case keeps out, and why it does."""

    identities: frozenset[str]
    because: str


_NAMELESS = Narrower(frozenset({NAMELESS}), "a customer without an id has nothing to list")
_OTHER_APPROVERS = Narrower(
    frozenset({LEAD, FINANCE}), "each delegates the role that they hold; the path names another"
)

_NOT_THE_OWNER = Narrower(frozenset({OWNER}), "an agent asked for the change, so its owner does not go on with it")
_OF_AN_AGENT = (
    *(f"PUT /orders/{{order_id}}/{kind}/{{change_id}}" for kind in ("amendments", "exchanges")),
    *(
        f"POST /orders/{{order_id}}/{kind}/{{change_id}}/{step}"
        for kind in ("amendments", "exchanges")
        for step in ("submit", "accept", "undo")
    ),
    *(f"POST /orders/{{order_id}}/{kind}/{{change_id}}/withdraw" for kind in ("cancellations", "settlements")),
)

NARROWER: Mapping[str, Narrower] = {
    "GET /orders": _NAMELESS,
    "GET /changes": _NAMELESS,
    **dict.fromkeys(_OF_AN_AGENT, _NOT_THE_OWNER),
    "POST /changes/{change_id}/decisions": Narrower(
        frozenset({AGENT, LEAD, FINANCE, OPERATOR, OWNER}), "the change waits for a manager"
    ),
    "PUT /delegations/{role}": _OTHER_APPROVERS,
    "POST /delegations/{role}/end": _OTHER_APPROVERS,
}


def unlisted(routes: Iterable[Route]) -> tuple[set[str], set[str]]:
    """Routes without a line written by hand, and such lines without a route."""
    names = {route.name for route in routes}
    return names - set(BY_NAME), set(BY_NAME) - names


def expected(route: Route, identity: str) -> int | None:
    """The status with which the row keeps somebody out; None: let in."""
    if route.public:
        return None
    if identity == NOBODY:
        return 401
    try:
        principal = principal_of(context_for(identity, route.scope))
    except Refusal:
        return 401
    if not principal.may(route.roles, route.scope):
        return 403
    return 404 if route.owned and identity in (STRANGER, NAMELESS) else None


def disagreements(routes: Iterable[Route]) -> dict[str, set[str]]:
    """Route → the identities of whom the row and the hand say different things."""
    found = {
        route.name: {each for each in IDENTITIES if expected(route, each) != BY_NAME[route.name].outcome(each)}
        for route in routes
    }
    return {name: identities for name, identities in found.items() if identities}
