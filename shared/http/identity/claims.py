"""Reads the principal from the claims of a token that holds.

Cognito names its claims as the defaults do; another OpenID Connect issuer's go by parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.http.identity.principal import known_roles
from shared.http.identity.strength import is_strong
from shared.usecases.core.access import Principal

OF_A_PERSON = ("username", "cognito:username", "preferred_username", "email")
"""Claims that a client's own token does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Names the claims that hold roles (a list) and the customer's id, the prefix of our scopes, and the `acr` values
    that are strong.

    `always_strong`: the issuer lets no person in by one factor alone, though its tokens don't say so (Cognito's).
    """

    roles: str = "cognito:groups"
    customer: str = "custom:customer_id"
    scope_prefix: str = "inflight/"
    strong_acr: frozenset[str] = frozenset()
    always_strong: bool = False

    def principal(self, claims: Mapping[str, Any]) -> Principal:
        return self._client(claims) if self._is_client(claims) else self._person(claims)

    def _is_client(self, claims: Mapping[str, Any]) -> bool:
        """Returns True if a client signed in for itself (RFC 6749 §4.4): it is its own subject (RFC 9068 §2.2), and
        nothing speaks of a person. Only then do scopes alone make a service: a person's token carries scopes too."""
        of_a_person = any(claims.get(name) for name in (*OF_A_PERSON, self.roles, self.customer))
        its_own = claims["sub"] == claims.get("client_id", claims.get("azp"))
        return its_own and not of_a_person and claims.get("token_use") != "id"

    def _client(self, claims: Mapping[str, Any]) -> Principal:
        ours = [word for word in _words(claims.get("scope")) if word.startswith(self.scope_prefix)]
        return Principal(id=claims["sub"], roles=known_roles(["service"] if ours else []), scopes=self._scopes(ours))

    def _person(self, claims: Mapping[str, Any]) -> Principal:
        """Reads a person, or a service that the issuer's administrator has put among the services."""
        roles = known_roles(_texts(claims.get(self.roles)))
        customer_id = claims.get(self.customer)
        words = [*_words(claims.get("scope")), *_words(claims.get("custom:scopes"))]
        return Principal(
            id=claims["sub"],
            roles=roles,
            customer_id=customer_id if isinstance(customer_id, str) and customer_id else None,
            scopes=self._scopes(words) if "service" in roles else frozenset(),
            authenticated_at=_moment(claims.get("auth_time")),
            strong=self.always_strong or is_strong(claims, self.strong_acr),
        )

    def _scopes(self, words: list[str]) -> frozenset[str]:
        return frozenset(word.removeprefix(self.scope_prefix) for word in words)


def _words(value: object) -> list[str]:
    return value.split() if isinstance(value, str) else []


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _moment(seconds: object) -> datetime | None:
    """Reads `auth_time` (OpenID Connect Core §2), in seconds since 1970; a value that cannot be one is None."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, OSError, ValueError):
        return None
