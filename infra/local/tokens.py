"""Issues the demo users' bearer tokens, signed by a key that lives as long as the run."""

import json
import time
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

AUDIENCE = "inflight"
LIFETIME_SECONDS = 24 * 3600

# User → the claims of their token beside their identity.
USERS: dict[str, dict[str, Any]] = {
    "agent": {"cognito:groups": ["agent"]},
    "agent_2": {"cognito:groups": ["agent"]},
    "agent_weak": {"cognito:groups": ["agent"], "amr": ["pwd"]},  # too weak for a step-up
    "lead": {"cognito:groups": ["lead"]},
    "manager": {"cognito:groups": ["manager"]},
    "manager_2": {"cognito:groups": ["manager"]},
    "finance": {"cognito:groups": ["finance"]},
    "operator": {"cognito:groups": ["operator"]},
    "operator_2": {"cognito:groups": ["operator"]},
    "service": {"cognito:groups": ["service"], "scope": "channels stock fulfilment payments acknowledgements"},
    "customer": {"cognito:groups": ["customer"], "custom:customer_id": "cus-1"},
    "customer_2": {"cognito:groups": ["customer"], "custom:customer_id": "cus-2"},
}


class Issuer:
    """Stands in for the user pool: one RSA key, its JWKS, and tokens in the shape of Cognito's."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._key_id = uuid.uuid4().hex

    def jwks(self) -> dict[str, Any]:
        """Returns the public key in the form that the authorizer fetches."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{**public, "kid": self._key_id, "use": "sig", "alg": "RS256"}]}

    def tokens(self) -> dict[str, str]:
        """Returns one token for each of USERS, who have just signed in by more than one factor (RFC 8176: `mfa`)."""
        now = int(time.time())
        times = {"auth_time": now, "iat": now, "exp": now + LIFETIME_SECONDS}
        common = {"iss": self.url, "aud": AUDIENCE, "amr": ["pwd", "mfa"], **times}
        return {user: self._sign({"sub": _subject(user), **common, **claims}) for user, claims in USERS.items()}

    def refused(self) -> dict[str, str]:
        """Returns tokens of the agent that the API refuses, by their flaw, so that clients can test a refused sign-in.
        All but one are signed by the key that signs the good ones."""
        now = int(time.time())
        good = {"sub": _subject("agent"), "iss": self.url, "aud": AUDIENCE, "iat": now, "exp": now + LIFETIME_SECONDS}
        good |= USERS["agent"]
        elsewhere = {"iss": f"{self.url}/another-pool"}
        return {
            "expired": self._sign({**good, "iat": now - LIFETIME_SECONDS, "exp": now - 60}),
            "not_yet_valid": self._sign({**good, "nbf": now + LIFETIME_SECONDS}),
            "of_another_issuer": self._sign(good | elsewhere),
            "of_another_pool": Issuer(elsewhere["iss"])._sign(good | elsewhere),
            "for_another_audience": self._sign({**good, "aud": "another"}),
            "of_another_use": self._sign({**good, "token_use": "refresh"}),
        }

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id})


def _subject(user: str) -> str:
    return f"usr-{user.replace('_', '-')}"
