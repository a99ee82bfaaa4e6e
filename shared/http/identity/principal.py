"""Carries a principal through the gateway's flat authorizer context, and reads it back on the other side."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from shared.domain.policy.subjects import Role
from shared.domain.refusal import Refusal
from shared.usecases.core.access import Principal

ROLES: frozenset[Role] = frozenset(get_args(Role))


def context_of(principal: Principal) -> dict[str, str]:
    """Returns the principal as an authorizer passes it on: API Gateway takes flat strings only."""
    at = principal.authenticated_at
    told = {
        "sub": principal.id,
        "customer_id": principal.customer_id,
        "authenticated_at": str(int(at.timestamp())) if at else None,
        "strong": "true" if principal.strong else None,
    }
    always = {"roles": " ".join(sorted(principal.roles)), "scopes": " ".join(sorted(principal.scopes))}
    return always | {name: value for name, value in told.items() if value}


def principal_of(context: Mapping[str, Any] | None) -> Principal:
    """Returns the principal in an event's authorizer context; roles that we don't know are no roles.

    Raises:
        Refusal: `unauthenticated`, if no authorizer has seen the request.
    """
    subject = (context or {}).get("sub")
    if not context or not subject:
        raise Refusal("unauthenticated", "Send a valid bearer token in the Authorization header.")
    return Principal(
        id=str(subject),
        roles=known_roles(str(context.get("roles") or "").split()),
        customer_id=str(context["customer_id"]) if context.get("customer_id") else None,
        scopes=frozenset(str(context.get("scopes") or "").split()),
        authenticated_at=_moment(str(context.get("authenticated_at") or "")),
        strong=context.get("strong") == "true",
    )


def known_roles(names: list[str]) -> frozenset[Role]:
    """Returns those of the given names that are roles here."""
    return frozenset(role for role in ROLES if role in names)


def _moment(seconds: str) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds.isdecimal() else None
