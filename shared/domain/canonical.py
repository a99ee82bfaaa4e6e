"""One text for one value, and its hash: what digests, chains and keys are made of."""

import hashlib
import hmac
import json
from typing import Any


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: one text for one value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def personal(value: str, key: str) -> str:
    """A personal value as the log shows it: it can be compared with a claim, but not read."""
    return "hmac:" + hmac.new(key.encode(), value.encode(), hashlib.sha256).hexdigest()
