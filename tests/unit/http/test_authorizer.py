"""The authorizer lets in who holds a token of our issuer, for us, in time, signed by its key; and nobody else."""

import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from functions.authorize import handler as authorize
from shared.http.identity.jwks import Keys
from shared.http.identity.tokens import MAX_LENGTH, Verifier
from tests.unit.http.issuer import (
    AUDIENCE,
    CURVE_KEY,
    ISSUER,
    JWKS,
    KEY,
    OTHER_KEY,
    authorized,
    by_hand,
    jwk,
    token,
    trusted,
)
from tests.unit.http.issuer import signed as by_our_issuer

NO_GROUPS: dict[str, Any] = {"cognito:groups": None}
THEIR_KEY = {name: value for name, value in jwk(OTHER_KEY, "k1").items() if name != "alg"}
NOW = int(time.time())
DAY = 86_400
"""Tokens are made when tests are collected, and a long run must not outlive them."""


@pytest.fixture(autouse=True)
def _our_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    trusted(monkeypatch, Verifier(Keys(lambda: JWKS), ISSUER, frozenset({AUDIENCE, "a-service-s-client"})))


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
        "usageIdentifierKey": "inflight-usage-of-staff-inflight",
    }


@pytest.mark.parametrize(
    ("roles", "plan"),
    [
        ([], "customers"),
        (["customer"], "customers"),
        (["customer", "agent"], "staff"),
        (["operator"], "staff"),
        (["service"], "services"),
        (["service", "agent"], "services"),
    ],
    ids=lambda value: value if isinstance(value, str) else " and ".join(value) or "nobody",
)
def test_a_caller_counts_on_the_usage_plan_of_their_kind(roles: list[str], plan: str) -> None:
    told = authorized(f"Bearer {token(**{'cognito:groups': roles})}")
    assert told["usageIdentifierKey"] == f"inflight-usage-of-{plan}-inflight"


def test_who_has_no_known_role_is_let_in_without_any() -> None:
    assert authorized(f"bearer {token(**NO_GROUPS)}")["context"]["roles"] == ""


ACCEPTED = {
    "the audience is one of several": token(aud=["x", AUDIENCE]),
    "Cognito's access token names it client_id": token(aud=None, client_id=AUDIENCE, token_use="access"),
    "Cognito's ID token names it aud": token(token_use="id"),
    "the client is another of ours": token(aud=None, client_id="a-service-s-client", token_use="access"),
    "an access token says so in its type": token(header={"typ": "at+jwt"}),
    "signed on a curve": token(CURVE_KEY, "ES256", "e1"),
    "a time is a fraction": token(exp=NOW + DAY + 0.5),
    "the issuer's clock is a little ahead": token(iat=NOW + 5, nbf=NOW + 5),
    "its header brings a key along, unused": token(header={"jwk": THEIR_KEY, "jku": "https://evil.example/jwks"}),
}


@pytest.mark.parametrize("good", ACCEPTED.values(), ids=ACCEPTED)
def test_what_proves_enough_is_let_in(good: str) -> None:
    assert authorized(f"Bearer {good}")["principalId"] == "usr-agent"


def macced(secret: bytes) -> str:
    """Signed by HS256 with what everybody knows."""
    return by_hand({"alg": "HS256", "kid": "k1"}, lambda data: hmac.new(secret, data, hashlib.sha256).digest())


def with_header(**header: Any) -> str:
    return by_hand({"alg": "RS256", "kid": "k1", **header}, by_our_issuer)


PUBLIC_PEM = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
HEAD, BODY, SIGNATURE = token().split(".")
REFUSED = {
    "nothing": "",
    "no bearer": f"Basic {token()}",
    "no token": "Bearer nonsense",
    "two tokens": f"Bearer {token()} {token()}",
    "too long": f"Bearer {token(filler='x' * MAX_LENGTH)}",
    "no text": "Bearer \ud800",
    # algorithms
    "alg none": "Bearer " + by_hand({"alg": "none", "kid": "k1"}, lambda _: b""),
    "alg nOnE": "Bearer " + by_hand({"alg": "nOnE", "kid": "k1"}, lambda _: b""),
    "no alg": "Bearer " + by_hand({"kid": "k1"}, by_our_issuer),
    "alg is a list": f"Bearer {with_header(alg=['RS256'])}",
    "HS256 with the public key": f"Bearer {macced(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()).encode())}",
    "HS256 with the public key's PEM": f"Bearer {macced(PUBLIC_PEM)}",
    "HS256 with nothing": f"Bearer {macced(b'')}",
    "RS512": f"Bearer {token(algorithm='RS512')}",
    "PS256": f"Bearer {token(algorithm='PS256')}",
    "ES256 in the name of an RSA key": f"Bearer {token(CURVE_KEY, 'ES256', 'k1')}",
    "RS256 in the name of a curve's key": f"Bearer {token(key_id='e1')}",
    # signatures
    "another key": f"Bearer {token(key=OTHER_KEY)}",
    "no signature": f"Bearer {HEAD}.{BODY}.",
    "another's claims under a good signature": f"Bearer {HEAD}.{token(sub='usr-boss').split('.')[1]}.{SIGNATURE}",
    "a signature that is zero": "Bearer " + by_hand({"alg": "ES256", "kid": "e1"}, lambda _: bytes(64)),
    # which key
    "an unknown key id": f"Bearer {token(key_id='k2')}",
    "no key id": f"Bearer {token(key_id=None)}",
    "a key id that is no text": f"Bearer {with_header(kid=1)}",
    "a key id that is a path": f"Bearer {with_header(kid='../../dev/null')}",
    "a key of another kind": f"Bearer {token(key_id='k9')}",
    "its own key in the header": f"Bearer {token(OTHER_KEY, header={'jwk': THEIR_KEY})}",
    "its own address of keys": f"Bearer {token(OTHER_KEY, header={'jku': 'https://evil.example/jwks.json'})}",
    "its own certificate's address": f"Bearer {token(OTHER_KEY, header={'x5u': 'https://evil.example/x.pem'})}",
    # what its header makes of it
    "something critical that we don't know": f"Bearer {with_header(crit=['exp2'], exp2=1)}",
    "something critical that is empty": f"Bearer {with_header(crit=[])}",
    "a payload beside it": f"Bearer {with_header(crit=['b64'], b64=False)}",
    "a logout token": f"Bearer {token(header={'typ': 'logout+jwt'})}",
    "a security event": f"Bearer {token(header={'typ': 'secevent+jwt'})}",
    # when
    "expired": f"Bearer {token(exp=NOW - 60)}",
    "not yet valid": f"Bearer {token(nbf=NOW + DAY)}",
    "issued in the future": f"Bearer {token(iat=NOW + DAY, exp=NOW + 2 * DAY)}",
    "an expiry that is text": f"Bearer {token(exp=str(NOW + DAY))}",
    "an expiry that is true": f"Bearer {token(exp=True)}",
    "an expiry without end": f"Bearer {token(exp=float('inf'))}",
    "a sign-in time that is text": f"Bearer {token(auth_time=str(NOW))}",
    # from whom, for whom
    "another issuer": f"Bearer {token(iss='https://other.example')}",
    "another pool of the same region": f"Bearer {token(iss=ISSUER + '/another-pool')}",
    "another audience": f"Bearer {token(aud='other')}",
    "another client": f"Bearer {token(aud=None, client_id='other')}",
    "a client id beside another audience": f"Bearer {token(aud='other', client_id=AUDIENCE)}",
    "an ID token that names us as its client only": f"Bearer {token(aud=None, client_id=AUDIENCE, token_use='id')}",
    "an ID token of another client": f"Bearer {token(aud='other', token_use='id')}",
    "a token for another use": f"Bearer {token(token_use='refresh')}",
    "an audience that is no text": f"Bearer {token(aud=[{'aud': AUDIENCE}])}",
    # what is missing
    "no audience": f"Bearer {token(aud=None)}",
    "no subject": f"Bearer {token(sub=None)}",
    "a subject that is empty": f"Bearer {token(sub=' ')}",
    "a subject that is too long": f"Bearer {token(sub='s' * 256)}",
    "no expiry": f"Bearer {token(exp=None)}",
    "no issue time": f"Bearer {token(iat=None)}",
    "no issuer": f"Bearer {token(iss=None)}",
    "claims that are a list": "Bearer " + by_hand({"alg": "RS256", "kid": "k1"}, by_our_issuer, b"[]"),
    "claims that are no JSON": "Bearer " + by_hand({"alg": "RS256", "kid": "k1"}, by_our_issuer, b"{"),
}


@pytest.mark.parametrize("authorization", REFUSED.values(), ids=REFUSED)
def test_what_proves_nothing_is_unauthorized(authorization: str) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorized(authorization)


def test_a_token_by_hand_is_otherwise_good() -> None:
    """So what is refused above is refused for what its title says."""
    assert authorized(f"Bearer {with_header()}")["principalId"] == "usr-agent"


def test_a_refused_token_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    told = token(aud="other")
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorized(f"Bearer {told}")
    assert vars(caplog.records[-1])["because"] == "another audience"
    assert told not in str(vars(caplog.records[-1]))


@pytest.mark.parametrize("given", ["Bearer \ud800", "Bearer nonsense", "Basic a2ltOnNlY3JldA=="])
def test_what_somebody_sent_is_not_logged(caplog: pytest.LogCaptureFixture, given: str) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorized(given)
    assert given.partition(" ")[2] not in json.dumps(vars(caplog.records[-1]), default=str, ensure_ascii=False)


def test_without_the_issuer_s_keys_the_fault_is_ours_and_no_token_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """API Gateway makes a 500 of it, not a 401 upon which a portal would throw the token away."""

    def unreachable() -> object:
        raise OSError("down")

    monkeypatch.setattr(authorize, "verifier", lambda: Verifier(Keys(unreachable), ISSUER, frozenset({AUDIENCE})))
    with pytest.raises(Exception, match=r"^The issuer's keys cannot be had$"):
        authorized(f"Bearer {token()}")
