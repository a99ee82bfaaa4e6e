"""Writes a value as canonical text and hashes it; digests, log chains and idempotency keys are made of both."""

import hashlib
import hmac
import json
from typing import Any


def canonical(value: Any) -> str:
    """Returns JSON with sorted keys and no spaces, so that equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def personal(value: str, key: str) -> str:
    """Returns a personal value as the log shows it: a keyed hash that can be compared with a claim, but not read."""
    return "hmac:" + hmac.new(key.encode(), value.encode(), hashlib.sha256).hexdigest()
