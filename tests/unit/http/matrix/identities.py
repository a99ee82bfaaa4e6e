"""Everybody who may knock: people and services by what the authorizer says of them."""

from collections.abc import Mapping
from typing import get_args

from shared.http.door.route import Scope

SCOPES: frozenset[str] = frozenset(get_args(Scope))

NOBODY, OWNER, STRANGER, NAMELESS = "nobody", "owner", "another customer", "a customer without an id"
AGENT, LEAD, MANAGER, FINANCE, OPERATOR = "agent", "lead", "manager", "finance", "operator"
SERVICE, OTHER_SERVICE = "the scope's service", "a service with every other scope"
ROLELESS, UNKNOWN = "scopes without a role", "roles that we do not know"

_CONTEXTS: Mapping[str, Mapping[str, str] | None] = {
    NOBODY: None,
    OWNER: {"roles": "customer", "customer_id": "cus-1"},
    STRANGER: {"roles": "customer", "customer_id": "cus-2"},
    NAMELESS: {"roles": "customer"},
    **{role: {"roles": role} for role in (AGENT, LEAD, MANAGER, FINANCE, OPERATOR)},
    SERVICE: {"roles": "service"},
    OTHER_SERVICE: {"roles": "service"},
    ROLELESS: {"roles": "", "scopes": " ".join(sorted(SCOPES)), "customer_id": "cus-1"},
    UNKNOWN: {"roles": "root admin services", "scopes": " ".join(sorted(SCOPES)), "customer_id": "cus-1"},
}
IDENTITIES: tuple[str, ...] = tuple(_CONTEXTS)


def context_for(identity: str, scope: str | None) -> dict[str, str] | None:
    """What the authorizer says of them, at a route for services with `scope`."""
    context = _CONTEXTS[identity]
    if context is None:
        return None
    scopes = {SERVICE: {scope} if scope else SCOPES, OTHER_SERVICE: SCOPES - {scope}}.get(identity, frozenset())
    named = {"sub": f"usr-{identity.replace(' ', '-')}", "scopes": " ".join(sorted(filter(None, scopes)))}
    return {**named, **context}
