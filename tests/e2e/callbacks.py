"""A payment gateway that reports how a refund ended: `POST /callbacks/sandbox`, signed."""

import hmac
import json
import time
from hashlib import sha256

from tests.e2e.portal import Json
from tests.e2e.service import Reply, Service

SECRET = "between-us-and-the-sandbox"
"""What the run that nobody waits in is told that its gateway signs with."""


def report(service: Service, said: Json, *, secret: str = SECRET, seconds_ago: int = 0) -> Reply:
    """Signed with `secret` over `<seconds>.<body>`."""
    body, stamp = json.dumps(said).encode(), str(int(time.time()) - seconds_ago)
    signature = hmac.new(secret.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()
    headers = {"Inflight-Signature": f"t={stamp},v1={signature}"}
    return service.http("POST", "/callbacks/sandbox", body, headers=headers)
