"""Orders and amendments over the API, in few words: what puts a workflow to work."""

from typing import Any

from tests.fakes.builders import AGENT, MANAGER, SERVICE
from tests.support.cloud import Cloud
from tests.unit.http.client import Reply

Json = dict[str, Any]

SKU = "SOFA"


def usd(amount: str) -> Json:
    return {"amount": amount, "currency": "USD"}


def stocked(cloud: Cloud, on_hand: int) -> None:
    assert cloud.http(SERVICE, "PUT", f"/stock/{SKU}", {"on_hand": on_hand}).status == 200


def placed(cloud: Cloud, quantity: int = 3, price: str = "400.00", paid: str = "1200.00", more_lines: int = 0) -> Json:
    """An order of untaxed goods, captured to the amount `paid`, with its `etag`; more lines are of other SKUs."""
    line = {"line_id": "l1", "sku": SKU, "quantity": quantity, "unit_price": usd(price)}
    others = [{**line, "line_id": f"l{number}", "sku": f"SKU-{number}"} for number in range(2, more_lines + 2)]
    body = {
        "channel_order_id": "W-1",
        "customer": {"customer_id": "cus-1", "email": "grace@example.com", "name": "Grace Winter"},
        "currency": "USD",
        "placed_at": "2026-11-20T09:00:00Z",
        "shipping_address": {"name": "Grace Winter", "line1": "7 Elm Road", "city": "Springfield", "country": "US"},
        "lines": [line, *others],
        "payments": [
            {
                "payment_id": "pay-1",
                "method": "card",
                "gateway": "sandbox",
                "reference": "W-1",
                "status": "captured",
                "authorised": usd(paid),
                "captured": usd(paid),
            }
        ],
    }
    reply = cloud.http(SERVICE, "POST", "/orders", body)
    assert reply.status == 201, reply.body
    return {**reply.body, "etag": reply.headers["ETag"]}


def amended(cloud: Cloud, order: Json, quantity: int, line_id: str = "l1") -> Json:
    """The change to another quantity, previewed and accepted in one go by an agent."""
    path = f"/orders/{order['order_id']}/amendments"
    edits = [{"op": "set_quantity", "line_id": line_id, "quantity": quantity}]
    body: Json = {"reason_code": "customer_request", "edits": edits}
    body["accept"] = {"digest": cloud.http(AGENT, "POST", f"{path}?dry_run=true", body).body["digest"]}
    reply = cloud.http(AGENT, "POST", path, body, if_match=order["etag"])
    assert reply.status == 201, reply.body
    change: Json = reply.body
    return change


def decided(cloud: Cloud, change: Json, decision: str) -> Reply:
    body = {"decision": decision, "digest": change["plan"]["digest"]}
    return cloud.http(MANAGER, "POST", f"/changes/{change['change_id']}/decisions", body)


def undone(cloud: Cloud, order: Json, change: Json) -> Reply:
    path = f"/orders/{order['order_id']}/amendments/{change['change_id']}/undo"
    return cloud.http(AGENT, "POST", path, {}, if_match=order["etag"])


def now(cloud: Cloud, change: Json) -> Json:
    shown: Json = cloud.http(AGENT, "GET", f"/changes/{change['change_id']}").body
    return shown


def live(cloud: Cloud, order: Json) -> Json:
    shown: Json = cloud.http(AGENT, "GET", f"/orders/{order['order_id']}").body
    return shown


def stock(cloud: Cloud) -> tuple[int, int, int, int]:
    """on_hand, available, held, allocated."""
    level = cloud.http(AGENT, "GET", f"/stock/{SKU}").body
    return level["on_hand"], level["available"], level["held"], level["allocated"]
