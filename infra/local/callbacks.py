"""Sends the sandbox gateway's reports on refunds to the API, signed like any gateway's callbacks."""

import hmac
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from infra.local.gateway import Answer

TIMEOUT_SECONDS = 20


class Callbacks:
    """Sends to `<api>/callbacks/sandbox`, signed with `secret` over `<seconds>.<body>` in `Inflight-Signature`."""

    def __init__(self, api_url: str, secret: str, now: Callable[[], float] = time.time) -> None:
        self._url = f"{api_url}/callbacks/sandbox"
        self._secret = secret
        self._now = now

    def send(self, report: Mapping[str, Any]) -> Answer:
        """Sends a report and returns the API's answer: `{status, body}`."""
        body, stamp = json.dumps(report).encode(), str(int(self._now()))
        signature = hmac.new(self._secret.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()
        headers = {"Content-Type": "application/json", "Inflight-Signature": f"t={stamp},v1={signature}"}
        request = urllib.request.Request(self._url, body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as reply:
                return Answer(200, {"status": reply.status, "body": json.load(reply)})
        except urllib.error.HTTPError as error:
            return Answer(200, {"status": error.code, "body": json.load(error)})
        except (OSError, ValueError):
            return Answer(502, {"error": "api_unreachable"})
