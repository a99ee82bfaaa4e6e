"""Calls the local runner's ledger over plain HTTP. The ledger keeps requests by idempotency key."""

import json
import urllib.error
import urllib.request
from typing import Any, Literal

from shared.domain import money
from shared.ports.gateways import (
    GatewayDeclined,
    GatewayRefund,
    GatewayUnavailable,
    GatewayUnknown,
    LinkOrder,
    LinkPayment,
    PaymentLink,
    RefundOrder,
)

PATIENCE = 4
"""Seconds to wait for an answer. Beyond that the refund may have happened."""

_STATUSES: dict[str, Literal["settled", "pending"]] = {"succeeded": "settled", "pending": "pending"}
_NOT_NOW = frozenset({408, 409, 425, 429})
"""Answers of HTTP below 500 that say nothing of what was asked for."""

Json = dict[str, Any]


class SandboxGateway:
    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def find(self, order: RefundOrder) -> GatewayRefund | None:
        found = self._find(f"{_ledger(order)}/{order.key}", order.key)
        return None if found is None else _said(found)

    def refund(self, order: RefundOrder) -> GatewayRefund:
        return self._ask(order, {"captured": _money(order.captured, order.currency)})

    def release(self, order: RefundOrder) -> GatewayRefund:
        return self._ask(order, {"keep": _money(order.keep or 0, order.currency)})

    def make_link(self, order: LinkOrder) -> PaymentLink:
        body = {
            "amount": _money(order.amount, order.currency),
            "order_id": order.order_id,
            "change_id": order.change_id,
            "expires_at": order.expires_at.isoformat(),
        }
        return _link(self._write("/links", body, order.key))

    def find_link(self, order: LinkOrder) -> PaymentLink | None:
        found = self._find(f"/links/{order.key}", order.key)
        return None if found is None else _link(found)

    def close_link(self, order: LinkOrder) -> PaymentLink | None:
        known = self.find_link(order)
        return _link(self._write(f"/links/{order.key}/close", {}, order.key)) if known and known.open else known

    def _ask(self, order: RefundOrder, more: Json) -> GatewayRefund:
        body = {
            "payment_id": order.payment_id,
            "reference": order.reference,
            "amount": _money(order.amount, order.currency),
            "order_id": order.order_id,
            "change_id": order.change_id,
            **more,
        }
        return _said(self._write(_ledger(order), body, order.key))

    def _find(self, path: str, key: str) -> Json | None:
        try:
            return self._call("GET", path, None, key)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise GatewayUnavailable(f"answered {error.code}") from error
        except (OSError, ValueError) as error:
            raise GatewayUnavailable("did not answer, or not in JSON") from error

    def _write(self, path: str, body: Json, key: str) -> Json:
        try:
            return self._call("POST", path, body, key)
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code not in _NOT_NOW:
                raise GatewayDeclined(f"declined with {error.code}") from error
            raise GatewayUnknown(f"answered {error.code}; it may have happened") from error
        except (OSError, ValueError) as error:
            raise GatewayUnknown("did not answer, or not in JSON; it may have happened") from error

    def _call(self, method: str, path: str, body: Json | None, key: str) -> Json:
        request = urllib.request.Request(  # noqa: S310 - the URL is the deployment's own
            self._url + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Content-Type": "application/json", "Idempotency-Key": key},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:  # noqa: S310
            answer: Json = json.load(reply)
            return answer


def _ledger(order: RefundOrder) -> str:
    return "/refunds" if order.keep is None else "/releases"


def _said(answer: Json) -> GatewayRefund:
    said = answer.get("status")
    if said == "failed":
        raise GatewayDeclined("it was asked for, and failed")
    if said not in _STATUSES or "refund_reference" not in answer:
        raise GatewayUnknown("its answer says neither that it happened nor that it did not")
    return GatewayRefund(reference=str(answer["refund_reference"]), status=_STATUSES[said])


def _link(answer: Json) -> PaymentLink:
    payments = tuple(
        LinkPayment(
            reference=str(each["reference"]),
            amount=money.parse(each["amount"]["amount"], each["amount"]["currency"]),
            currency=each["amount"]["currency"],
        )
        for each in answer["payments"]
    )
    return PaymentLink(
        reference=str(answer["link_reference"]),
        url=str(answer["url"]),
        open=answer["status"] == "open",
        payments=payments,
    )


def _money(amount: int, currency: str) -> dict[str, str]:
    return {"amount": money.text(amount, currency), "currency": currency}
