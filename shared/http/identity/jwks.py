"""Fetches the issuer's public keys when they are needed, and keeps them for a while."""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from aws_lambda_powertools import Logger
from jwt import PyJWK, PyJWTError

Fetch = Callable[[], object]

ALGORITHMS: Mapping[str, str] = {"RSA": "RS256", "EC": "ES256"}
"""Gives the one algorithm that each kind of key may sign with: a token's header chooses nothing (RFC 8725 §3.1)."""

KEPT_SECONDS = 3600
"""A key that the issuer has withdrawn is believed no longer than this, as long as the issuer answers."""
UNREACHABLE_SECONDS = 6 * 3600
"""The issuer's last keys are believed no longer than this while it does not answer."""
BETWEEN_FETCHES_SECONDS = 30
"""Neither unknown key ids nor an issuer that fails can make us fetch more often than this."""
WITHOUT_KEYS_SECONDS = 5
"""The pause between fetches as long as there is no key at all."""
TIMEOUT_SECONDS = 3
MAX_BYTES = 256 * 1024

logger = Logger(child=True)


class NoKeys(Exception):
    """Says that the issuer's keys cannot be had: it is not the caller's fault, and no token can be judged."""


class Keys:
    """Keeps keys by id. An unknown id makes one new fetch, because the issuer may have rotated its keys."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, PyJWK] = {}
        self._fetched_at: float | None = None
        self._not_before: float | None = None

    def find(self, key_id: str) -> PyJWK | None:
        """Returns the key of this id; None if the issuer has none.

        Raises:
            NoKeys: the issuer has not told any, or too long ago.
        """
        if self._is_due(key_id):
            self._refresh()
        if self._age() > UNREACHABLE_SECONDS:
            raise NoKeys
        return self._keys.get(key_id)

    def _age(self) -> float:
        return float("inf") if self._fetched_at is None else self._clock() - self._fetched_at

    def _is_due(self, key_id: str) -> bool:
        if self._not_before is not None and self._clock() <= self._not_before:
            return False
        return key_id not in self._keys or self._age() > KEPT_SECONDS

    def _refresh(self) -> None:
        try:
            self._keys = dict(_read(self._fetch()))
            self._fetched_at = self._clock()
        except Exception as error:  # noqa: BLE001 (whatever is wrong with its answer, what we have may still be good)
            logger.error("keys not fetched", extra={"error": type(error).__name__, "kept": len(self._keys)})
        self._not_before = self._clock() + (BETWEEN_FETCHES_SECONDS if self._keys else WITHOUT_KEYS_SECONDS)


def fetch_from(url: str) -> Fetch:
    """Reads a JWKS document (RFC 7517 §5) over HTTPS, or over HTTP where the deployment says so."""
    if not url.startswith(("https://", "http://")):
        raise ValueError("JWKS_URL must be a web address")

    def fetch() -> object:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as reply:  # noqa: S310 (its scheme is checked above)
            document: object = json.loads(reply.read(MAX_BYTES))
            return document

    return fetch


def _read(document: object) -> Iterator[tuple[str, PyJWK]]:
    """Yields the keys that may sign tokens; the rest of the document is not for us.

    Raises:
        ValueError: it is no JWKS.
    """
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise ValueError("not a JWKS")
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("kid"), str) and (key := _key(entry)):
            yield entry["kid"], key


def _key(entry: Mapping[str, Any]) -> PyJWK | None:
    """Returns the key, unless it is for something else, broken, or too short (RFC 7518 §3.3)."""
    algorithm = ALGORITHMS.get(str(entry.get("kty")))
    wanted = {"use": "sig", "alg": algorithm, "crv": "P-256"}
    if algorithm is None or any(entry.get(name, value) != value for name, value in wanted.items()):
        return None
    try:
        key = PyJWK.from_dict(dict(entry), algorithm)
        return None if key.Algorithm.check_key_length(key.key) else key
    except PyJWTError:
        return None
