"""What is sent in the matrix: each body would be taken from whoever may send it."""

from collections.abc import Callable
from typing import Any

from tests.unit.http.client import example
from tests.unit.http.matrix.stories import Place


def digest(place: Place) -> dict[str, str]:
    return {"digest": place.digest}


def decided(word: str) -> Callable[[Place], dict[str, str]]:
    return lambda place: {"decision": word, "digest": place.digest}


def report(place: Place) -> dict[str, str]:
    named = {name: place.path[name] for name in ("order_id", "change_id")}
    return {**named, "idempotency_key": place.path["refund_id"], "refund_reference": "sandbox-1", "outcome": "settled"}


def proposal(place: Place) -> dict[str, Any]:
    return {"why": "cheap is dear", "document": place.document}


AMENDMENT = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 2}]}
CANCELLATION = {"reason_code": "customer_request", "lines": [{"line_id": "l1", "quantity": 1}]}
EXCHANGE = example("exchange") | {"reason_code": "customer_request"}
SETTLEMENT = {"reason_code": "overpayment"}
NEW_ORDER = example("order-direct") | {"channel_order_id": "D-new", "payments": []}
PAYMENT = {
    "payment_id": "pay-9",
    "method": "card",
    "gateway": "sandbox",
    "reference": "R-pay-9",
    "status": "captured",
    "captured": {"amount": "1.00", "currency": "USD"},
}
PRODUCT = {"title": "A redder mug", "list_price": [{"amount": "10.00", "currency": "USD"}]}
