"""Verifies bearer tokens (RFC 7519, and RFC 8725 on how they are forged)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from shared.http.identity.claims import Reading
from shared.http.identity.jwks import ALGORITHMS, Keys
from shared.usecases.core.access import Principal

LEEWAY_SECONDS = 10
MAX_LENGTH = 8192
"""Characters; API Gateway takes 10 KB of headers in all."""
MAX_SUBJECT = 255
"""Characters of `sub` (OpenID Connect Core §2)."""
TYPES = (None, "jwt", "at+jwt", "application/at+jwt")
"""The types that a token's header may name: a logout token or a security event is refused (RFC 8725 §3.11)."""
TIMES = ("iat", "exp", "nbf", "auth_time")


class TokenRefused(Exception):
    """Says that the token proves nothing; the reason is for our log only."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """Verifies tokens of one issuer that are for one of `audiences`, and reads their claims."""

    keys: Keys
    issuer: str
    audiences: frozenset[str]
    reading: Reading = Reading()  # noqa: RUF009 (it is frozen)

    def principal(self, authorization: str) -> Principal:
        """Returns the principal behind an `Authorization` header.

        Raises:
            TokenRefused: whatever is wrong with it.
            NoKeys: nobody can say whether anything is.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise TokenRefused("no bearer token")
        if len(token) > MAX_LENGTH:
            raise TokenRefused("too long")
        try:
            return self.reading.principal(self._claims(token.strip()))
        except jwt.PyJWTError as error:
            raise TokenRefused(type(error).__name__) from error

    def _claims(self, token: str) -> Mapping[str, Any]:
        key = self.keys.find(_key_id(jwt.get_unverified_header(token)))
        if key is None:
            raise TokenRefused("unknown key")
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            issuer=self.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["sub", "iss", "iat", "exp"], "verify_aud": False},
        )
        self._check_audience(claims)
        _check_values(claims)
        return claims

    def _check_audience(self, claims: Mapping[str, Any]) -> None:
        """Checks the audience. Cognito's ID tokens name their audience `aud`, its access tokens `client_id`; of another
        use it issues none that we know. Other issuers name every audience `aud`."""
        use = claims.get("token_use", "access")
        if use not in ("access", "id"):
            raise TokenRefused("another use")
        named = claims.get("aud") if use == "id" else claims.get("aud", claims.get("client_id"))
        audiences = named if isinstance(named, list) else [named]
        if not any(isinstance(each, str) and each in self.audiences for each in audiences):
            raise TokenRefused("another audience")


def _key_id(header: Mapping[str, Any]) -> str:
    """Returns the key id, the only thing in the header that is used. Keys that it brings along, or says where to find
    (`jwk`, `jku`, `x5c`, `x5u`), are not looked at; an unknown critical extension has been refused (RFC 7515 §4.1)."""
    kind, key_id = header.get("typ"), header.get("kid")
    if header.get("alg") not in ALGORITHMS.values():
        raise TokenRefused("another algorithm")
    if (kind.lower() if isinstance(kind, str) else kind) not in TYPES:
        raise TokenRefused("another type")
    if not isinstance(key_id, str):
        raise TokenRefused("no key id")
    return key_id


def _check_values(claims: Mapping[str, Any]) -> None:
    """Checks that numbers are numbers (RFC 7519 §2), and that the subject has a name that we can keep."""
    if any(isinstance(claims.get(name, 0), bool) or not isinstance(claims.get(name, 0), int | float) for name in TIMES):
        raise TokenRefused("a time that is none")
    if not 0 < len(claims["sub"].strip()) <= MAX_SUBJECT:
        raise TokenRefused("no subject")
