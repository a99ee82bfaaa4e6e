"""Cancellations as portals ask for them, in few words."""

from typing import Any

from tests.unit.http.client import Client, Reply


def path_of(order_id: str) -> str:
    return f"/orders/{order_id}/cancellations"


def asked(**more: Any) -> dict[str, Any]:
    return {"reason_code": "customer_request", **more}


def one(**more: Any) -> dict[str, Any]:
    """One unit of line l1."""
    return asked(lines=[{"line_id": "l1", "quantity": 1}], **more)


def preview(client: Client, order_id: str, body: dict[str, Any]) -> dict[str, Any]:
    plan = client.post(f"{path_of(order_id)}?dry_run=true", body)
    assert plan.status == 200
    return dict(plan.body)


def cancel(client: Client, order_id: str, body: Any, etag: str = '"1.0"', **headers: str) -> Reply:
    return client.post(path_of(order_id), body, if_match=etag, **headers)


def cancel_on_terms(client: Client, order_id: str, body: dict[str, Any]) -> Reply:
    """As `cancel`, naming the terms as they are."""
    return cancel(client, order_id, body | {"consent": {"digest": preview(client, order_id, body)["digest"]}})


def ship(service: Client, order_id: str, quantity: int, event: str = "shipped") -> Reply:
    body = {"line_id": "l1", "quantity": quantity, "event": event, "tracking": "1Z999"}
    return service.post(f"/orders/{order_id}/fulfilments", body)


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}
