"""The issuer's public keys, fetched when needed and kept for a while."""

import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from jwt import PyJWK

Fetch = Callable[[], Mapping[str, Any]]

KEPT_SECONDS = 3600
"""A key that the issuer has withdrawn is believed no longer than this."""
BETWEEN_FETCHES_SECONDS = 30
"""Unknown key ids cannot make us fetch more often than this."""
TIMEOUT_SECONDS = 3


class Keys:
    """Keys by id. An unknown id makes one new fetch: the issuer may have rotated its keys."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, PyJWK] = {}
        self._fetched_at: float | None = None

    def find(self, key_id: str) -> PyJWK | None:
        age = None if self._fetched_at is None else self._clock() - self._fetched_at
        if age is None or age > KEPT_SECONDS or (key_id not in self._keys and age > BETWEEN_FETCHES_SECONDS):
            self._keys = _read(self._fetch())
            self._fetched_at = self._clock()
        return self._keys.get(key_id)


def fetch_from(url: str) -> Fetch:
    """Read a JWKS document (RFC 7517 §5) over HTTPS, or over HTTP where the deployment says so."""
    if not url.startswith(("https://", "http://")):
        raise ValueError("JWKS_URL must be a web address")

    def fetch() -> Mapping[str, Any]:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as reply:  # noqa: S310 (its scheme is checked above)
            document: Mapping[str, Any] = json.loads(reply.read())
            return document

    return fetch


def _read(document: Mapping[str, Any]) -> dict[str, PyJWK]:
    """RSA keys for signatures; whatever else the document holds is not for us."""
    return {
        key["kid"]: PyJWK.from_dict({**key, "alg": "RS256"})
        for key in document["keys"]
        if key.get("kty") == "RSA" and key.get("use", "sig") == "sig" and "kid" in key
    }
