"""Keeps the sandbox payment gateway's ledger: refunds and releases by idempotency key, never more than was captured,
and faults on request."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Literal

from infra.local.exchange import timestamp

Kind = Literal["refund", "release"]
Json = dict[str, Any]

BOUND: Mapping[Kind, str] = {"refund": "captured", "release": "keep"}
"""The second amount of a request: the captured one, or the one that may still be captured afterwards."""
OUTCOMES = {"settled": "succeeded", "failed": "failed"}


class Fault(StrEnum):
    """A way in which the gateway can be told to misbehave on its next calls."""

    OK = "ok"
    TIMEOUT_AFTER = "timeout_after"  # the refund happens, but the answer never comes
    AWAY_AFTER = "away_after"  # the same, and then so many questions about it are not answered either
    ERROR_BEFORE = "error_before"  # an internal error, and nothing happened
    DECLINE = "decline"  # refused, and not remembered: the same call may be made again
    PENDING = "pending"  # taken; the outcome is reported later (`POST /dev/gateway/callbacks`)


@dataclass
class Entry:
    """A request under one key. `row` is its row in the ledger, `told` the additional fields of a report on it."""

    kind: Kind
    status: str
    row: Json
    told: Json
    request: str


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
        self._entries: dict[str, Entry] = {}
        self._fault = Fault.OK
        self._times = 0

    def ledger(self) -> Answer:
        """Returns every refund and release that happened, and those not reported on yet, oldest first."""
        with self._lock:
            return Answer(
                200,
                {
                    "refunds": self._rows("refund", "succeeded"),
                    "releases": self._rows("release", "succeeded"),
                    "pending": self._rows("refund", "pending") + self._rows("release", "pending"),
                },
            )

    def set_fault(self, order: Mapping[str, Any]) -> Answer:
        """Sets the fault `mode` for the next `times` calls (default 1)."""
        times = order.get("times", 1)
        if order.get("mode") not in list(Fault) or type(times) is not int or times < 0:
            return Answer(422, {"error": f"mode is one of {', '.join(Fault)}; times is a count"})
        with self._lock:
            self._fault, self._times = Fault(order["mode"]), times
            return Answer(200, {"mode": self._fault, "times": self._times})

    def find(self, kind: Kind, idempotency_key: str) -> Answer:
        """Returns the state of the refund or release under that key."""
        with self._lock:
            entry = self._entries.get(idempotency_key)
            if entry and self._fault is Fault.AWAY_AFTER and self._times:
                self._times -= 1
                return Answer(503, {"error": "unavailable"})
            return _said(entry) if entry and entry.kind == kind else Answer(404, {"error": "not_found"})

    def ask(self, kind: Kind, idempotency_key: str | None, request: Mapping[str, Any]) -> Answer:
        """Makes a refund or a release once per key: the same request gets the same answer, another one under that key
        422.

        `request` is `{payment_id, reference, amount, order_id?, change_id?}` with `captured`, or with `keep` for a
        release; amounts are money.
        """
        if not idempotency_key:
            return Answer(400, {"error": "idempotency_key_missing"})
        if not _valid(kind, request):
            return Answer(422, {"error": "invalid_request"})
        with self._lock:
            fault = self._next_fault()
            if fault is Fault.ERROR_BEFORE:
                return Answer(500, {"error": "internal_error"})
            answer = self._known(idempotency_key, request)
            if answer is None:
                if fault is Fault.DECLINE:
                    return Answer(402, {"error": "declined"})
                status = "pending" if fault is Fault.PENDING else "succeeded"
                answer = self._apply(kind, idempotency_key, request, status)
            return Answer(answer.status, answer.body, silent=fault in (Fault.TIMEOUT_AFTER, Fault.AWAY_AFTER))

    def report(self, order: Mapping[str, Any]) -> Json | None:
        """Ends a pending refund or release under `idempotency_key` with `outcome`, settled or failed, and returns the
        report.

        One that has ended is reported with its first outcome. An unknown key or outcome gives None.
        """
        with self._lock:
            entry, outcome = self._entries.get(str(order.get("idempotency_key"))), order.get("outcome", "settled")
            if entry is None or outcome not in OUTCOMES:
                return None
            if entry.status == "pending":
                entry.status = OUTCOMES[outcome]
            ended = "failed" if entry.status == "failed" else "settled"
            return {**entry.row, **entry.told, "outcome": ended}

    def _rows(self, kind: Kind, status: str) -> list[Json]:
        return [entry.row for entry in self._entries.values() if (entry.kind, entry.status) == (kind, status)]

    def _next_fault(self) -> Fault:
        if self._times == 0:
            return Fault.OK
        if self._fault is not Fault.AWAY_AFTER:  # of this one, questions are counted
            self._times -= 1
        return self._fault

    def _known(self, key: str, request: Mapping[str, Any]) -> Answer | None:
        if key not in self._entries:
            return None
        if self._entries[key].request != _canonical(request):
            return Answer(422, {"error": "idempotency_key_reused"})
        return _said(self._entries[key])

    def _apply(self, kind: Kind, key: str, request: Mapping[str, Any], status: str) -> Answer:
        if kind == "refund" and self._returned(request) + _amount(request["amount"]) > _amount(request["captured"]):
            return Answer(402, {"error": "exceeds_captured"})
        row = {
            "refund_reference": f"sandbox-{len(self._entries) + 1:06d}",
            "reference": str(request["reference"]),
            "payment_id": str(request["payment_id"]),
            "amount": request["amount"],
            "idempotency_key": key,
            "at": timestamp(self._now()),
        }
        row |= {"keep": request["keep"]} if kind == "release" else {}
        told = {name: str(request[name]) for name in ("order_id", "change_id") if name in request}
        self._entries[key] = Entry(kind, status, row, told, _canonical(request))
        return _said(self._entries[key])

    def _returned(self, request: Mapping[str, Any]) -> Decimal:
        payment = (str(request["payment_id"]), str(request["reference"]))
        earlier = self._rows("refund", "succeeded") + self._rows("refund", "pending")
        same = (row for row in earlier if (row["payment_id"], row["reference"]) == payment)
        return sum((Decimal(row["amount"]["amount"]) for row in same), Decimal(0))


def _said(entry: Entry) -> Answer:
    return Answer(200, {"status": entry.status, **entry.row})


def _valid(kind: Kind, request: Mapping[str, Any]) -> bool:
    try:
        amount, bound = request["amount"], request[BOUND[kind]]
        return (
            {"payment_id", "reference"} <= set(request)
            and amount["currency"] == bound["currency"]
            and _amount(amount) > 0
            and _amount(bound) >= 0
        )
    except (KeyError, TypeError, InvalidOperation):
        return False


def _amount(money: Mapping[str, str]) -> Decimal:
    amount = Decimal(money["amount"])
    if not isinstance(money["amount"], str) or not amount.is_finite():
        raise InvalidOperation
    return amount


def _canonical(request: Mapping[str, Any]) -> str:
    return json.dumps(request, sort_keys=True)
