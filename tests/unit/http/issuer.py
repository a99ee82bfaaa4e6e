"""An issuer of tokens, good ones and forged ones, and the authorizer that is shown them."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from functions.authorize import handler as authorize
from shared.http.identity.principal import principal_of
from shared.http.identity.tokens import Verifier
from shared.usecases.core.access import Principal
from tests.unit.http.client import CONTEXT

ISSUER, AUDIENCE = "https://issuer.example", "inflight"
ARN = "arn:aws:execute-api:eu-central-1:123456789012:api1/dev/GET/orders/ord_1"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE_KEY = ec.generate_private_key(ec.SECP256R1())


def jwk(key: rsa.RSAPrivateKey, key_id: str, **more: Any) -> dict[str, Any]:
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return {**public, "kid": key_id, "use": "sig", "alg": "RS256", **more}


def curve_jwk(key: ec.EllipticCurvePrivateKey, key_id: str) -> dict[str, Any]:
    return {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key())), "kid": key_id}


JWKS = {"keys": [jwk(KEY, "k1"), {"kty": "EC", "kid": "k9"}, curve_jwk(CURVE_KEY, "e1")]}


def claims(**changed: Any) -> dict[str, Any]:
    """An agent's; a claim that is given as None is left out."""
    now = int(time.time())
    told: dict[str, Any] = {
        "sub": "usr-agent",
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 86_400,
        "cognito:groups": ["agent", "unknown"],
    }
    return {name: value for name, value in (told | changed).items() if value is not None}


def token(
    key: Any = KEY,
    algorithm: str = "RS256",
    key_id: str | None = "k1",
    header: Mapping[str, Any] | None = None,
    **changed: Any,
) -> str:
    headers = {**(header or {}), **({"kid": key_id} if key_id else {})}
    return jwt.encode(claims(**changed), key, algorithm=algorithm, headers=headers)


def by_hand(header: Mapping[str, Any], sign: Callable[[bytes], bytes], told: bytes | None = None) -> str:
    """A token that no library would make."""
    payload = json.dumps(claims()).encode() if told is None else told
    parts = [base64.urlsafe_b64encode(part).rstrip(b"=") for part in (json.dumps(header).encode(), payload)]
    signature = base64.urlsafe_b64encode(sign(b".".join(parts))).rstrip(b"=")
    return b".".join([*parts, signature]).decode()


def signed(data: bytes) -> bytes:
    """By our issuer's own key, whatever it says."""
    return jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(data, KEY)


def trusted(monkeypatch: pytest.MonkeyPatch, verifier: Verifier) -> None:
    """The authorizer of a stack named `inflight` believes this one."""
    monkeypatch.setattr(authorize, "verifier", lambda: verifier)
    monkeypatch.setenv("STACK", "inflight")


def authorized(authorization: str) -> dict[str, Any]:
    event = {"type": "TOKEN", "authorizationToken": authorization, "methodArn": ARN}
    return authorize.handler(event, CONTEXT)


def who(token: str) -> Principal:
    """As the routes see whoever holds the token."""
    return principal_of(authorized(f"Bearer {token}")["context"])
