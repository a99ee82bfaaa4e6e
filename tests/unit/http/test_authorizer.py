"""The authorizer lets in who holds a token of our issuer, for us, in time, signed by its key; and nobody else."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from functions.authorize import handler as authorize
from shared.http.jwks import BETWEEN_FETCHES_SECONDS, KEPT_SECONDS, Keys, fetch_from
from shared.http.tokens import Verifier
from tests.unit.http.client import CONTEXT

ISSUER, AUDIENCE = "https://issuer.example", "inflight"
ARN = "arn:aws:execute-api:eu-central-1:123456789012:api1/dev/GET/orders/ord_1"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(key: rsa.RSAPrivateKey, key_id: str, **more: str) -> dict[str, Any]:
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return {**public, "kid": key_id, "use": "sig", "alg": "RS256", **more}


NO_GROUPS: dict[str, Any] = {"cognito:groups": None}
JWKS = {"keys": [jwk(KEY, "k1"), {"kty": "EC", "kid": "k9"}]}


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    told: dict[str, Any] = {
        "sub": "usr-agent",
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 60,
        "cognito:groups": ["agent", "unknown"],
    }
    return {name: value for name, value in (told | changed).items() if value is not None}


def token(key: Any = KEY, algorithm: str = "RS256", key_id: str | None = "k1", **changed: Any) -> str:
    return jwt.encode(claims(**changed), key, algorithm=algorithm, headers={"kid": key_id} if key_id else None)


def by_hand(header: Mapping[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """A token that no library would make."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims())]
    signature = base64.urlsafe_b64encode(sign(b".".join(parts))).rstrip(b"=")
    return b".".join([*parts, signature]).decode()


@pytest.fixture(autouse=True)
def _our_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    verifier = Verifier(Keys(lambda: JWKS), ISSUER, AUDIENCE)
    monkeypatch.setattr(authorize, "verifier", lambda: verifier)


def authorized(authorization: str) -> dict[str, Any]:
    event = {"type": "TOKEN", "authorizationToken": authorization, "methodArn": ARN}
    return authorize.handler(event, CONTEXT)


def test_a_good_token_opens_the_whole_stage() -> None:
    assert authorized(f"Bearer {token()}") == {
        "principalId": "usr-agent",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow",
                    "Resource": "arn:aws:execute-api:eu-central-1:123456789012:api1/dev/*/*",
                }
            ],
        },
        "context": {"sub": "usr-agent", "roles": "agent", "scopes": ""},
    }


def test_customer_and_scopes_come_from_their_claims() -> None:
    told = token(**{"custom:customer_id": "cus-1", "scope": "stock payments", "custom:scopes": "channels"})
    context = authorized(f"bearer {told}")["context"]
    assert (context["customer_id"], context["scopes"]) == ("cus-1", "channels payments stock")


def test_who_has_no_known_role_is_let_in_without_any() -> None:
    assert authorized(f"Bearer {token(**NO_GROUPS)}")["context"]["roles"] == ""


@pytest.mark.parametrize("changed", [{"aud": ["x", AUDIENCE]}, {"aud": None, "client_id": AUDIENCE}])
def test_the_audience_may_be_one_of_several_or_cognito_s_client_id(changed: dict[str, Any]) -> None:
    assert authorized(f"Bearer {token(**changed)}")["principalId"] == "usr-agent"


def hs256_with_the_public_key() -> str:
    secret = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()).encode()
    return by_hand({"alg": "HS256", "kid": "k1"}, lambda data: hmac.new(secret, data, hashlib.sha256).digest())


REFUSED = {
    "nothing": "",
    "no bearer": f"Basic {token()}",
    "no token": "Bearer nonsense",
    "alg none": "Bearer " + by_hand({"alg": "none", "kid": "k1"}, lambda _: b""),
    "HS256 with the public key": f"Bearer {hs256_with_the_public_key()}",
    "RS512": f"Bearer {token(algorithm='RS512')}",
    "another key": f"Bearer {token(key=OTHER_KEY)}",
    "an unknown key id": f"Bearer {token(key_id='k2')}",
    "no key id": f"Bearer {token(key_id=None)}",
    "a key of another kind": f"Bearer {token(key_id='k9')}",
    "expired": f"Bearer {token(exp=int(time.time()) - 60)}",
    "not yet valid": f"Bearer {token(nbf=int(time.time()) + 60)}",
    "another issuer": f"Bearer {token(iss='https://other.example')}",
    "another audience": f"Bearer {token(aud='other')}",
    "another client": f"Bearer {token(aud=None, client_id='other')}",
    "a client id beside another audience": f"Bearer {token(aud='other', client_id=AUDIENCE)}",
    "no audience": f"Bearer {token(aud=None)}",
    "no subject": f"Bearer {token(sub=None)}",
    "no expiry": f"Bearer {token(exp=None)}",
    "no issue time": f"Bearer {token(iat=None)}",
    "no issuer": f"Bearer {token(iss=None)}",
}


@pytest.mark.parametrize("authorization", REFUSED.values(), ids=REFUSED)
def test_what_proves_nothing_is_unauthorized(authorization: str) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorized(authorization)


def test_a_refused_token_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    told = token(aud="other")
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorized(f"Bearer {told}")
    assert vars(caplog.records[-1])["because"] == "another audience"
    assert told not in str(vars(caplog.records[-1]))


class Issuer:
    """Counts how often its keys are fetched."""

    def __init__(self) -> None:
        self.fetched = 0
        self.keys = [jwk(KEY, "k1")]
        self.now = 0.0

    def fetch(self) -> dict[str, Any]:
        self.fetched += 1
        return {"keys": self.keys}


def test_a_rotated_key_is_found_by_one_more_fetch() -> None:
    issuer = Issuer()
    keys = Keys(issuer.fetch, lambda: issuer.now)
    assert keys.find("k1")
    issuer.keys = [jwk(OTHER_KEY, "k2")]
    issuer.now += BETWEEN_FETCHES_SECONDS + 1
    assert (keys.find("k2") is not None, issuer.fetched) == (True, 2)
    assert keys.find("k1") is None


def test_unknown_key_ids_do_not_make_us_fetch_at_their_pace() -> None:
    issuer = Issuer()
    keys = Keys(issuer.fetch, lambda: issuer.now)
    for number in range(100):
        assert keys.find(f"unknown-{number}") is None
    assert issuer.fetched == 1


def test_a_withdrawn_key_is_forgotten_in_time() -> None:
    issuer = Issuer()
    keys = Keys(issuer.fetch, lambda: issuer.now)
    assert keys.find("k1")
    issuer.keys = []
    issuer.now += KEPT_SECONDS + 1
    assert keys.find("k1") is None


def test_keys_come_from_the_web_only() -> None:
    with pytest.raises(ValueError, match="web address"):
        fetch_from("file:///etc/passwd")
