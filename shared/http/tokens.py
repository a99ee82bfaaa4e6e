"""Bearer tokens: RS256 signatures and the claims of RFC 7519, and who they say is asking."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from shared.http.jwks import Keys
from shared.http.principal import known_roles
from shared.usecases.access import Principal

LEEWAY_SECONDS = 10


class TokenRefused(Exception):
    """The token proves nothing; the reason is for our log only."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """Who must have issued a token, and for whom. Cognito's access tokens name their audience `client_id`."""

    keys: Keys
    issuer: str
    audience: str

    def principal(self, authorization: str) -> Principal:
        """The principal behind an `Authorization` header.

        Raises:
            TokenRefused: whatever is wrong with it.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise TokenRefused("no bearer token")
        try:
            return _principal(self._claims(token.strip()))
        except jwt.PyJWTError as error:
            raise TokenRefused(type(error).__name__) from error

    def _claims(self, token: str) -> Mapping[str, Any]:
        key = self.keys.find(str(jwt.get_unverified_header(token).get("kid")))
        if key is None:
            raise TokenRefused("unknown key")
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            issuer=self.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["sub", "iss", "iat", "exp"], "verify_aud": False},
        )
        self._check_audience(claims)
        return claims

    def _check_audience(self, claims: Mapping[str, Any]) -> None:
        named = claims.get("aud", claims.get("client_id"))
        audiences = named if isinstance(named, list) else [named]
        if self.audience not in audiences:
            raise TokenRefused("another audience")


def _principal(claims: Mapping[str, Any]) -> Principal:
    groups = claims.get("cognito:groups")
    customer_id = claims.get("custom:customer_id")
    return Principal(
        id=claims["sub"],
        roles=known_roles([str(group) for group in groups] if isinstance(groups, list) else []),
        customer_id=str(customer_id) if customer_id else None,
        scopes=frozenset(f"{claims.get('scope', '')} {claims.get('custom:scopes', '')}".split()),
    )
