"""Checks signed callbacks: HMAC-SHA-256 over the time and the raw body, and no older than five minutes.

The header reads `t=<seconds>,v1=<hex>`, with one `v1` for each secret while the sender changes secrets; the signed text
is `<seconds>.<body>`. Stripe signs so (Stripe documentation, "Verify webhook signatures manually"), and the sandbox
does the same.
"""

import hmac
from datetime import datetime
from hashlib import sha256

from shared.ports.gateways import BadSignature

REPLAY_WINDOW = 300
"""Seconds that a callback may be old, or a clock ahead of ours. An older one may have been intercepted and resent."""


def check_signature(raw: bytes, header: str | None, secret: str, now: datetime) -> None:
    """Refuses a callback that is not signed with `secret` in time.

    Raises:
        BadSignature: no signature, none with this secret, or one from another time.
    """
    given = [part.partition("=") for part in (header or "").split(",")]
    stamps = [value.strip() for name, _, value in given if name.strip() == "t"]
    signatures = [value.strip() for name, _, value in given if name.strip() == "v1"]
    if len(stamps) != 1 or not stamps[0].isascii() or not stamps[0].isdigit():
        raise BadSignature("no signature")
    wanted = signature_of(raw, stamps[0], secret)
    if not any(hmac.compare_digest(wanted.encode(), each.encode()) for each in signatures):
        raise BadSignature("another signature")
    if abs(now.timestamp() - int(stamps[0])) > REPLAY_WINDOW:
        raise BadSignature("another time")


def signature_of(raw: bytes, stamp: str, secret: str) -> str:
    """Returns the `v1` of a body that is sent at `stamp`, in hexadecimal digits."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + raw, sha256).hexdigest()
