"""A refund that the gateway takes now and reports on later, through the running service."""

from tests.e2e.portal import Json, Portal, a_line, eventually, to_quantity
from tests.e2e.service import Reply, Service


def reported(service: Service, refund_id: str, outcome: str) -> Reply:
    """The gateway's callback, twice, as gateways do; what the API answered the second time."""
    for _ in range(2):
        reply = service.http("POST", "/dev/gateway/callbacks", {"idempotency_key": refund_id, "outcome": outcome})
        assert reply.json == {"status": 200, "body": {"taken": 1}}
    return reply


def pending(service: Service, portal: Portal) -> Json:
    """A change whose refund of 12.00 the gateway has taken."""
    portal.gateway_will("pending")
    order = portal.places(a_line(sku=portal.a_sku(on_hand=5), quantity=2, price="10.00"), paid="24.00")
    change: Json = portal.amends(order, to_quantity(1)).json
    eventually(lambda: portal.change(change)["refunds"][0]["status"] == "pending", "the gateway takes the refund")
    return change


def test_a_pending_refund_is_settled_once_by_the_gateways_report(service: Service, portal: Portal) -> None:
    change = pending(service, portal)
    path = f"/orders/{change['order_id']}"
    assert portal.reads(path)["totals"]["refunded"]["amount"] == "0.00"

    reported(service, change["refunds"][0]["refund_id"], "settled")

    assert portal.becomes(change, "completed")["refunds"][0]["status"] == "settled"
    assert portal.reads(path)["totals"]["refunded"]["amount"] == "12.00"


def test_a_pending_refund_that_fails_calls_a_person(service: Service, portal: Portal) -> None:
    change = pending(service, portal)

    reported(service, change["refunds"][0]["refund_id"], "failed")

    assert portal.becomes(change, "fallout")["refunds"][0]["status"] == "failed"


def test_nobody_but_the_gateway_can_report(service: Service, portal: Portal) -> None:
    reply = service.http("POST", "/callbacks/sandbox", {"outcome": "settled"}, user="operator")
    assert (reply.status, reply.problem) == (401, "bad-signature")
    assert service.http("POST", "/callbacks/nobody", {}).problem == "unknown-gateway"
