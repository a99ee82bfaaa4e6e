"""Orders and amendments of every size, over the API: what the measurements are taken on."""

from itertools import count
from typing import Any

from tests.fakes.builders import AGENT, SERVICE
from tests.support.cloud import Cloud
from tests.unit.http.client import Reply

Json = dict[str, Any]

_NUMBERS = count(1)


def tracked(cloud: Cloud, *lines: int) -> None:
    """Stock for the SKUs of these lines; all others are untracked."""
    for line in lines:
        assert cloud.http(SERVICE, "PUT", f"/stock/SKU-{line}", {"on_hand": 1_000_000}).status == 200


def placed(cloud: Cloud, lines: int) -> Json:
    """A paid order of so many lines, each 2 × 0.10 of a SKU of its own, cheap enough to be amended without approval."""
    name = f"BENCH-{next(_NUMBERS)}"
    total = _usd(f"{lines * 24 // 100}.{lines * 24 % 100:02}")
    body = {
        "channel_order_id": name,
        "customer": {"customer_id": "cus-1", "tier": "gold", "email": "grace@example.com", "name": "Grace Winter"},
        "currency": "USD",
        "placed_at": "2026-11-20T09:00:00Z",
        "shipping_address": {
            "name": "Grace Winter",
            "line1": "7 Elm Road",
            "city": "Springfield",
            "region": "IL",
            "postal_code": "62701",
            "country": "US",
        },
        "lines": [_line(number) for number in range(1, lines + 1)],
        "payments": [
            {
                "payment_id": "pay-1",
                "method": "card",
                "gateway": "sandbox",
                "reference": name,
                "status": "captured",
                "authorised": total,
                "captured": total,
            }
        ],
    }
    reply = cloud.http(SERVICE, "POST", "/orders", body)
    assert reply.status == 201, reply.body
    return {"path": f"/orders/{reply.body['order_id']}", "etag": reply.headers["ETag"]}


def to_quantity(quantity: int, *lines: int) -> list[Json]:
    return [{"op": "set_quantity", "line_id": f"l{line}", "quantity": quantity} for line in lines]


def previewed(cloud: Cloud, order: Json, edits: list[Json]) -> Reply:
    body = {"reason_code": "customer_request", "edits": edits}
    reply = cloud.http(AGENT, "POST", f"{order['path']}/amendments?dry_run=true", body)
    assert (reply.status, reply.body["violations"]) == (200, []), reply.body
    return reply


def amended(cloud: Cloud, order: Json, edits: list[Json], digest: str) -> Reply:
    """Committed in this one call, under an Idempotency-Key."""
    body = {"reason_code": "customer_request", "edits": edits, "accept": {"digest": digest}}
    key = f"key-{next(_NUMBERS)}"
    reply = cloud.http(AGENT, "POST", f"{order['path']}/amendments", body, if_match=order["etag"], idempotency_key=key)
    assert (reply.status, reply.body.get("status")) == (201, "committed"), reply.body
    order["etag"] = reply.headers["ETag"]
    return reply


def read(cloud: Cloud, order: Json) -> Reply:
    reply = cloud.http(AGENT, "GET", order["path"])
    assert reply.status == 200, reply.body
    return reply


def _line(number: int) -> Json:
    tax = {"name": "Sales tax", "rate": "0.20", "jurisdiction": "US-IL"}
    return {
        "line_id": f"l{number}",
        "sku": f"SKU-{number}",
        "title": f"Product number {number}",
        "quantity": 2,
        "unit_price": _usd("0.10"),
        "taxes": [tax],
    }


def _usd(amount: str) -> Json:
    return {"amount": amount, "currency": "USD"}
