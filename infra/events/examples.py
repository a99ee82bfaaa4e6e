"""Gives one example of each event, as a subscriber finds it under `detail`."""

from typing import Any

from shared.domain.change.events import SOURCE, EventType, event_id

Json = dict[str, Any]

ORDER, CHANGE = "ord_abb854127a1c38fb4b0528f5", "chg_01JD3Z5T8Q9W7K2M4N6P8R0S2T"
_STEP: Json = {"changed": [], "reason_code": "quantity_correction", "link": f"/orders/{ORDER}"}
_REFUND: Json = {"refund_id": "ref_a2fffaf644f4c85607fe1733", "payment_id": "pay-1"}


def _usd(amount: str) -> Json:
    return {"amount": amount, "currency": "USD"}


_PAYMENT: Json = {"link_id": "plk_0f6d1d0e3a5b4c7d8e9f0a1b", "amount": _usd("10.80"), "round": 1}


_SETTLEMENT: Json = {**_STEP, "reason_code": "overpayment"}
_CANCELLATION: Json = {**_STEP, "reason_code": "customer_request"}


def _cancelled(quantity: int, stage: str = "ordered", *tracking: str) -> list[Json]:
    units = {"line_id": "l1", "sku": "MUG-RED", "stage": stage, "quantity": quantity}
    return [{**units, "tracking": list(tracking)}]


def _cancellation(quantity: int, left: str, refund: str, tax: str) -> Json:
    """Returns a cancellation of three mugs of 10.00, 10 % off, 20 % tax: 32.40 paid."""
    line = {"line_id": "l1", "sku": "MUG-RED", "quantity_before": 3, "quantity_after": 3 - quantity}
    price = {"unit_price_before": _usd("10.00"), "unit_price_after": _usd("10.00")}
    taxes = [{"name": "Sales tax", "jurisdiction": "US-IL", "amount": _usd(tax)}]
    memo = {"number": f"CM-{ORDER}-2-1", **_REFUND, "amount": _usd(refund)}
    return {
        **_CANCELLATION,
        "changed": ["quantity", "price"],
        "departments": ["warehouse", "billing"],
        "lines": [line | price],
        "total_before": _usd("32.40"),
        "total_after": _usd(left),
        "refund": _usd(refund),
        "amount_due": _usd("0.00"),
        "cancelled": _cancelled(quantity),
        "taxes_reversed": taxes,
        "credit_memos": [memo],
    }


_DATA: dict[EventType, Json] = {
    "OrderReceived": {
        "changed": [],
        "channel": "direct",
        "total": _usd("32.40"),
        "lines": [{"line_id": "l1", "sku": "MUG-RED", "quantity": 3}],
        "backordered": False,
        "link": f"/orders/{ORDER}",
    },
    "AmendmentStarted": {**_STEP, "status": "draft"},
    "AmendmentSubmitted": {**_STEP, "status": "draft"},
    "AmendmentUndone": {**_STEP, "status": "undone"},
    "OrderAmended": {
        **_STEP,
        "changed": ["quantity", "address"],
        "departments": ["warehouse", "billing", "logistics"],
        "lines": [
            {
                "line_id": "l1",
                "sku": "MUG-RED",
                "quantity_before": 3,
                "quantity_after": 2,
                "unit_price_before": _usd("10.00"),
                "unit_price_after": _usd("10.00"),
            }
        ],
        "total_before": _usd("32.40"),
        "total_after": _usd("21.60"),
        "refund": _usd("10.80"),
        "amount_due": _usd("0.00"),
    },
    "CancellationRequested": {**_CANCELLATION, "status": "draft"},
    "CancellationWithdrawn": {**_CANCELLATION, "status": "withdrawn"},
    "OrderCancelled": _cancellation(3, "0.00", "32.40", "5.40"),
    "OrderLinesCancelled": _cancellation(1, "21.60", "10.80", "1.80"),
    "SettlementRequested": {**_SETTLEMENT, "status": "draft"},
    "SettlementWithdrawn": {**_SETTLEMENT, "status": "withdrawn"},
    "OrderSettled": {
        **_SETTLEMENT,
        "changed": ["payment"],
        "departments": ["billing"],
        "lines": [],
        "total_before": _usd("32.40"),
        "total_after": _usd("32.40"),
        "refund": _usd("32.40"),
        "amount_due": _usd("0.00"),
        "taxes_reversed": [],
        "credit_memos": [{"number": f"CM-{ORDER}-2-1", **_REFUND, "amount": _usd("32.40")}],
    },
    "ConfirmationRequested": {
        **_CANCELLATION,
        "changed": ["shipment"],
        "status": "pending_confirmation",
        "party": "carrier",
        "round": 1,
        "cancelled": _cancelled(1, "shipped", "1Z999AA10123456784"),
    },
    "ConfirmationDecided": {
        **_CANCELLATION,
        "status": "pending_confirmation",
        "party": "customer",
        "decision": "confirmed",
        "round": 1,
    },
    "PaymentRequested": {**_STEP, **_PAYMENT, "status": "pending_payment"},
    "PaymentCollected": {**_STEP, **_PAYMENT, "status": "pending_payment"},
    "ShippingHeld": {"changed": ["hold"], "link": f"/orders/{ORDER}"},
    "ShippingReleased": {"changed": ["hold"], "link": f"/orders/{ORDER}"},
    "ApprovalRequested": {
        **_STEP,
        "status": "pending_approval",
        "role": "manager",
        "because": "Changes of 600.00 USD since the last approval exceed 500.00 USD.",
        "round": 1,
    },
    "ApprovalReminded": {**_STEP, "status": "pending_approval", "role": "manager", "round": 1},
    "ApprovalEscalated": {**_STEP, "status": "pending_approval", "role": "finance", "round": 1},
    "ApprovalDecided": {**_STEP, "status": "approved", "decision": "approved", "round": 1},
    "ChangeExpired": {**_STEP, "status": "expired"},
    "RefundRequested": {**_STEP, **_REFUND, "status": "committed", "amount": _usd("10.80")},
    "RefundSettled": {**_STEP, **_REFUND, "status": "committed", "amount": _usd("10.80")},
    "RefundFailed": {**_STEP, **_REFUND, "status": "fallout", "amount": _usd("10.80")},
    "AuthorisationReductionRequested": {**_STEP, **_REFUND, "status": "committed", "amount": _usd("10.80")},
    "AuthorisationReduced": {**_STEP, **_REFUND, "status": "committed", "amount": _usd("10.80")},
    "ChangeFellOut": {**_STEP, "status": "fallout", "refund_id": _REFUND["refund_id"]},
    "StockReleased": {"changed": [], "stock": [{"sku": "MUG-RED", "quantity": 1}], "link": f"/orders/{ORDER}"},
    "AssetsChanged": {
        "changed": [],
        "assets": [
            {
                "asset_id": "ast_5f2c9a0de1b34c7789abcdef",
                "line_id": "b1-seats",
                "sku": "SEAT",
                "quantity": 8,
                "status": "active",
            }
        ],
        "link": f"/orders/{ORDER}",
    },
    "CustomerErased": {"changed": [], "customer_id": "cus-1", "link": f"/orders/{ORDER}"},
    "FulfilmentRecorded": {
        "changed": [],
        "line_id": "l1",
        "event": "shipped",
        "quantity": 2,
        "link": f"/orders/{ORDER}",
    },
}


_COMMITS = ("OrderAmended", "OrderCancelled", "OrderLinesCancelled")


def example_of(type_: EventType) -> Json:
    """Returns a whole event as EventBridge delivers it, without the fields that AWS adds."""
    of_change = type_ not in ("OrderReceived", "FulfilmentRecorded", "CustomerErased")
    metadata = {
        "id": event_id(ORDER, 4),
        "type": type_,
        "version": 1,
        "occurred_at": "2026-11-20T12:00:00Z",
        "sequence": 4,
        "correlation_id": CHANGE if of_change else ORDER,
        "change_id": CHANGE if of_change else None,
        "order_id": ORDER,
        "order_version": 2 if type_ in _COMMITS else 1,
    }
    return {"source": SOURCE, "detail-type": type_, "detail": {"metadata": metadata, "data": _DATA[type_]}}
