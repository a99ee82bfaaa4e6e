"""Builds the events of an order: past-tense facts with deterministic ids, gapless sequences and no personal data."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from shared.domain import money
from shared.domain.change.change import Change
from shared.domain.change.collection import Collection
from shared.domain.change.event_size import bounded
from shared.domain.order.assets import AssetChange
from shared.domain.order.order import Order
from shared.domain.planning.departments import Changed
from shared.domain.planning.plan import extent_of

EventType = Literal[
    "OrderReceived",
    "AmendmentStarted",
    "AmendmentSubmitted",
    "AmendmentUndone",
    "OrderAmended",
    "CancellationRequested",
    "CancellationWithdrawn",
    "OrderCancelled",
    "OrderLinesCancelled",
    "SettlementRequested",
    "SettlementWithdrawn",
    "OrderSettled",
    "ApprovalRequested",
    "ApprovalReminded",
    "ApprovalEscalated",
    "ApprovalDecided",
    "ConfirmationRequested",
    "ConfirmationDecided",
    "PaymentRequested",
    "PaymentCollected",
    "ChangeExpired",
    "ShippingHeld",
    "ShippingReleased",
    "RefundRequested",
    "RefundSettled",
    "RefundFailed",
    "AuthorisationReductionRequested",
    "AuthorisationReduced",
    "ChangeFellOut",
    "StockReleased",
    "FulfilmentRecorded",
    "AssetsChanged",
    "CustomerErased",
]

SOURCE = "inflight.orders"
_NAMESPACE = uuid.UUID("6c1f7a6e-4f0f-5b7e-9a51-0d7d0c8a6b11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact about an order, before it has a place in the order's sequence."""

    type: EventType
    data: dict[str, Any]
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact with its sequence and time. DESIGN.md, "Events", describes the envelope."""

    id: str
    type: EventType
    version: int
    occurred_at: datetime
    sequence: int
    correlation_id: str
    change_id: str | None
    order_id: str
    order_version: int
    data: dict[str, Any]

    @property
    def detail(self) -> dict[str, Any]:
        """Returns `{metadata, data}`, as it goes on the bus."""
        return {
            "metadata": {
                "id": self.id,
                "type": self.type,
                "version": self.version,
                "occurred_at": self.occurred_at.isoformat().replace("+00:00", "Z"),
                "sequence": self.sequence,
                "correlation_id": self.correlation_id,
                "change_id": self.change_id,
                "order_id": self.order_id,
                "order_version": self.order_version,
            },
            "data": self.data,
        }


def event_id(order_id: str, sequence: int) -> str:
    """Returns the id of the event with this sequence: the same however often the event is sent."""
    return str(uuid.uuid5(_NAMESPACE, f"{order_id}/{sequence}"))


def received(order: Order) -> Fact:
    data = {
        "changed": [],
        "channel": order.channel,
        "total": _money(order.totals.total, order),
        "lines": [{"line_id": line.line_id, "sku": line.sku, "quantity": line.quantity} for line in order.lines],
        "backordered": order.backordered,
        "link": link(order),
    }
    return Fact(type="OrderReceived", data=bounded(data))


def committed(before: Order, after: Order, change: Change, changed: tuple[Changed, ...]) -> Fact:
    """Returns the fact of a commit: the changed aspects (for routing), the changed lines, and the cancelled units."""
    known = {line.line_id: line for line in before.lines}
    lines = [
        {
            "line_id": line.line_id,
            "sku": line.sku,
            "quantity_before": old.quantity if (old := known.get(line.line_id)) else 0,
            "quantity_after": line.quantity,
            "unit_price_before": _money(old.unit_price, before) if old else None,
            "unit_price_after": _money(line.unit_price, after),
        }
        for line in after.lines
        if line.since == after.version
    ]
    data = {
        "changed": list(changed),
        "departments": list(change.plan.departments),
        "reason_code": change.reason_code,
        "lines": lines,
        "total_before": _money(before.totals.total, before),
        "total_after": _money(after.totals.total, after),
        "refund": _money(sum(refund.amount for refund in change.refunds if refund.kind == "refund"), after),
        "amount_due": _money(0 if change.collection else change.plan.amount_due, after),
        "link": link(after),
    }
    if change.collection:
        data |= {"collected": _money(change.collection.collected, after)}
    type_ = _committed_type(change, after)
    data |= {"taxes_reversed": _taxes_reversed(change, after), "credit_memos": _credit_memos(change, after)}
    if change.kind != "amendment":
        data |= {"cancelled": _cancelled(before, change)}
    return Fact(type=type_, data=bounded(data))


def _committed_type(change: Change, after: Order) -> EventType:
    """Returns the type of a commit: an exchange amends the order, whatever it takes back."""
    if not change.plan.cancelled or change.kind == "exchange":
        return "OrderSettled" if change.kind == "settlement" else "OrderAmended"
    return "OrderCancelled" if extent_of(after) == "whole" else "OrderLinesCancelled"


def interception(order: Order, change: Change) -> Fact:
    """Returns the fact that asks logistics to have the carrier stop a parcel, before anything is committed."""
    data = {
        "changed": ["shipment"],
        "status": change.status,
        "reason_code": change.reason_code,
        "party": "carrier",
        "round": change.round,
        "cancelled": _cancelled(order, change),
        "link": link(order),
    }
    return Fact(type="ConfirmationRequested", data=bounded(data))


def _cancelled(order: Order, change: Change) -> list[dict[str, Any]]:
    progress = order.progress
    return [
        {
            "line_id": units.line_id,
            "sku": units.sku,
            "stage": units.stage,
            "quantity": units.quantity,
            "tracking": list(known.tracking) if (known := progress.get(units.line_id)) else [],
        }
        for units in change.plan.cancelled
    ]


def _taxes_reversed(change: Change, order: Order) -> list[dict[str, Any]]:
    """Returns the amount by which each tax of each jurisdiction falls, over the whole change."""
    return [
        {"name": tax.name, "jurisdiction": tax.jurisdiction, "amount": _money(tax.amount, order)}
        for tax in change.plan.taxes_reversed
    ]


def _credit_memos(change: Change, order: Order) -> list[dict[str, Any]]:
    """Returns a credit memo for each refund, with the number under which billing books it."""
    return [
        {
            "number": refund.credit_memo,
            "refund_id": refund.refund_id,
            "payment_id": refund.payment_id,
            "amount": _money(refund.amount, order),
        }
        for refund in change.refunds
        if refund.credit_memo
    ]


def step(type_: EventType, order: Order, change: Change, **more: Any) -> Fact:
    """Returns the fact of a step that departments need not hear of: `changed` is empty, so that no rule routes it to
    them."""
    data = {"changed": [], "status": change.status, "reason_code": change.reason_code, **more, "link": link(order)}
    return Fact(type=type_, data=data)


def payment(type_: EventType, order: Order, change: Change, collection: Collection) -> Fact:
    """Returns the fact that the customer is asked for a payment, or that it came. It never holds the link itself, by
    which anybody could pay."""
    amount = _money(collection.amount, order)
    return step(type_, order, change, link_id=collection.link_id, amount=amount, round=change.round)


def recorded(order: Order, line_id: str, event: str, quantity: int) -> Fact:
    data = {"changed": [], "line_id": line_id, "event": event, "quantity": quantity, "link": link(order)}
    return Fact(type="FulfilmentRecorded", data=data)


def released(order: Order, units: dict[str, int]) -> Fact:
    stock = [{"sku": sku, "quantity": quantity} for sku, quantity in sorted(units.items())]
    return Fact(type="StockReleased", data=bounded({"changed": [], "stock": stock, "link": link(order)}))


def assets_changed(order: Order, changes: Iterable[AssetChange]) -> Fact:
    assets = [
        {
            "asset_id": change.asset_id,
            "line_id": change.line_id,
            "sku": change.after.sku,
            "quantity": change.after.quantity,
            "status": change.after.status,
        }
        for change in changes
    ]
    return Fact(type="AssetsChanged", data=bounded({"changed": [], "assets": assets, "link": link(order)}))


def customer_erased(order: Order) -> Fact:
    """Returns the fact that tells subscribers to forget the personal values of this order. It holds ids only."""
    data = {"changed": [], "customer_id": order.customer.customer_id, "link": link(order)}
    return Fact(type="CustomerErased", data=data)


def refund_money(amount: int, order: Order) -> dict[str, str]:
    return _money(amount, order)


def link(order: Order) -> str:
    """Returns the path under which a subscriber reads the rest, with its own token."""
    return f"/orders/{order.order_id}"


def _money(amount: int, order: Order) -> dict[str, str]:
    return {"amount": money.text(amount, order.currency), "currency": order.currency}
