"""The sandbox gateway: plain HTTP to the local runner's ledger. It keeps what it was asked, by idempotency key."""

import json
import urllib.error
import urllib.request
from typing import Any

from shared.domain import money
from shared.ports import GatewayDeclined, GatewayUnavailable, GatewayUnknown, RefundOrder

PATIENCE = 4
"""Seconds to wait for an answer. Beyond that the refund may have happened."""


class SandboxGateway:
    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def find(self, key: str) -> str | None:
        try:
            return str(self._call("GET", f"/refunds/{key}", None, key)["refund_reference"])
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise GatewayUnavailable(f"answered {error.code}") from error
        except OSError as error:
            raise GatewayUnavailable("did not answer") from error

    def refund(self, order: RefundOrder) -> str:
        body = {
            "payment_id": order.payment_id,
            "reference": order.reference,
            "amount": _money(order.amount, order.currency),
            "captured": _money(order.captured, order.currency),
        }
        try:
            return str(self._call("POST", "/refunds", body, order.key)["refund_reference"])
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise GatewayDeclined(f"declined with {error.code}") from error
            raise GatewayUnavailable(f"answered {error.code}") from error
        except OSError as error:
            raise GatewayUnknown("did not answer; it may have paid") from error

    def _call(self, method: str, path: str, body: dict[str, Any] | None, key: str) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - the URL is the deployment's own
            self._url + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Content-Type": "application/json", "Idempotency-Key": key},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:  # noqa: S310
            answer: dict[str, Any] = json.load(reply)
            return answer


def _money(amount: int, currency: str) -> dict[str, str]:
    return {"amount": money.text(amount, currency), "currency": currency}
