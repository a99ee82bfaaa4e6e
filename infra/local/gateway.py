"""The sandbox payment gateway's ledger: refunds by idempotency key, never more than was captured, and told faults."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from infra.local.exchange import timestamp


class Fault(StrEnum):
    """How the gateway can be told to misbehave on its next refund calls."""

    OK = "ok"
    TIMEOUT_AFTER = "timeout_after"  # the refund happens, the answer never comes
    ERROR_BEFORE = "error_before"  # an internal error, and nothing happened
    DECLINE = "decline"  # refused, and not remembered: the same call may be made again


@dataclass(frozen=True)
class Refund:
    """One row of the ledger."""

    refund_reference: str
    reference: str
    payment_id: str
    amount: Mapping[str, str]
    idempotency_key: str
    at: str


@dataclass(frozen=True)
class Answer:
    """A status and a JSON body; `silent` means that the caller never gets to read it."""

    status: int
    body: Mapping[str, Any]
    silent: bool = False


class Gateway:
    """The ledger in memory. Every call is atomic: one lock."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._refunds: dict[str, Refund] = {}
        self._requests: dict[str, str] = {}
        self._fault = Fault.OK
        self._times = 0

    def ledger(self) -> Answer:
        """Every refund that happened, oldest first."""
        with self._lock:
            return Answer(200, {"refunds": [asdict(refund) for refund in self._refunds.values()]})

    def set_fault(self, order: Mapping[str, Any]) -> Answer:
        """Misbehave as `mode` says on the next `times` refund calls (default 1)."""
        times = order.get("times", 1)
        if order.get("mode") not in list(Fault) or type(times) is not int or times < 0:
            return Answer(422, {"error": "mode is one of ok, timeout_after, error_before, decline; times is a count"})
        with self._lock:
            self._fault, self._times = Fault(order["mode"]), times
            return Answer(200, {"mode": self._fault, "times": self._times})

    def find(self, idempotency_key: str) -> Answer:
        """Tell whether the refund of that key happened."""
        with self._lock:
            refund = self._refunds.get(idempotency_key)
            return _succeeded(refund) if refund else Answer(404, {"error": "not_found"})

    def refund(self, idempotency_key: str | None, request: Mapping[str, Any]) -> Answer:
        """Refund once per key: the same answer to the same request, 422 to another one under that key.

        `request` is `{payment_id, reference, amount, captured}`, both amounts as money.
        """
        if not idempotency_key:
            return Answer(400, {"error": "idempotency_key_missing"})
        try:
            asked, captured = _amount(request["amount"]), _amount(request["captured"])
            payment = (str(request["payment_id"]), str(request["reference"]))
            valid = request["amount"]["currency"] == request["captured"]["currency"] and asked > 0
        except (KeyError, TypeError, InvalidOperation):
            valid = False
        if not valid:
            return Answer(422, {"error": "invalid_request"})
        with self._lock:
            fault = self._next_fault()
            if fault is Fault.ERROR_BEFORE:
                return Answer(500, {"error": "internal_error"})
            answer = self._known(idempotency_key, request)
            if answer is None:
                if fault is Fault.DECLINE:
                    return Answer(402, {"error": "declined"})
                answer = self._apply(idempotency_key, request, payment, asked, captured)
            return Answer(answer.status, answer.body, silent=fault is Fault.TIMEOUT_AFTER)

    def _next_fault(self) -> Fault:
        if self._times == 0:
            return Fault.OK
        self._times -= 1
        return self._fault

    def _known(self, key: str, request: Mapping[str, Any]) -> Answer | None:
        if key not in self._refunds:
            return None
        if self._requests[key] != _canonical(request):
            return Answer(422, {"error": "idempotency_key_reused"})
        return _succeeded(self._refunds[key])

    def _apply(
        self, key: str, request: Mapping[str, Any], payment: tuple[str, str], asked: Decimal, captured: Decimal
    ) -> Answer:
        earlier = [refund for refund in self._refunds.values() if (refund.payment_id, refund.reference) == payment]
        if sum((Decimal(refund.amount["amount"]) for refund in earlier), asked) > captured:
            return Answer(402, {"error": "exceeds_captured"})
        refund = Refund(
            refund_reference=f"sandbox-{len(self._refunds) + 1:06d}",
            reference=payment[1],
            payment_id=payment[0],
            amount=request["amount"],
            idempotency_key=key,
            at=timestamp(self._now()),
        )
        self._refunds[key], self._requests[key] = refund, _canonical(request)
        return _succeeded(refund)


def _succeeded(refund: Refund) -> Answer:
    return Answer(200, {"status": "succeeded", **asdict(refund)})


def _amount(money: Mapping[str, str]) -> Decimal:
    amount = Decimal(money["amount"])
    if not isinstance(money["amount"], str) or not amount.is_finite():
        raise InvalidOperation
    return amount


def _canonical(request: Mapping[str, Any]) -> str:
    return json.dumps(request, sort_keys=True)
