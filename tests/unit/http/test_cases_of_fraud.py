"""A case of fraud or law, over HTTP: its customer neither hinders it nor reads of it, and nothing ships meanwhile."""

import json
from typing import Any

import pytest

from shared.http.door.route import Route
from shared.http.routes import ROUTES
from shared.usecases.refunding.settle_refund import RefundAddress, settle_refund
from tests.fakes import World
from tests.fakes.builders import CUSTOMER
from tests.unit.http.cancelling import asked, cancel
from tests.unit.http.client import Client, Reply
from tests.unit.http.matrix.step_stories import order_of

LESS = {"op": "set_quantity", "line_id": "l1", "quantity": 2}
Json = dict[str, Any]


@pytest.fixture
def dear(world: World) -> str:
    """An order of three units at 300.00; to cancel it takes a manager."""
    return order_of("300.00")


def fraud(agent: Client, order_id: str, **more: Any) -> Reply:
    body = asked(reason_code="fraud", note="stolen card, see case 12", **more)
    return cancel(agent, order_id, body)


def customers(client: Client, order_id: str, *, accept: bool = False) -> Json:
    """The customer's own amendment."""
    path, body = f"/orders/{order_id}/amendments", asked(edits=[LESS])
    digest = client.post(f"{path}?dry_run=true", body).body["digest"]
    given = {"accept": {"digest": digest}} if accept else {}
    return dict(client.post(path, body | given, if_match='"1.0"').body)


SECRETS = ("fraud", "Fraud", "case 12", "usr-agent", "usr-manager", "Shipping", "rulings", "policy_version", "exceed")
"""What a case has of staff's: why, who, the rule of the approval, and that nothing ships."""


def secrets(reply: Reply) -> list[str]:
    return [word for word in SECRETS if word in json.dumps(reply.body)]


def told(world: World) -> list[str]:
    return [event.type for event in world.memory.events if event.type.startswith("Shipping")]


@pytest.mark.parametrize("what", ["draft", "cancellation"])
def test_nothing_that_a_customer_has_open_keeps_a_case_of_fraud_out(
    agent: Client, customer: Client, dear: str, what: str
) -> None:
    theirs = customers(customer, dear) if what == "draft" else cancel(customer, dear, asked()).body
    reply = fraud(agent, dear)
    assert (reply.status, reply.body["status"]) == (201, "pending_approval")
    ended = customer.get(f"/changes/{theirs['change_id']}").body
    assert ended["status"] == ("undone" if what == "draft" else "withdrawn")
    open_change = agent.get(f"/orders/{dear}").body["open_change"]
    assert open_change["change_id"] == reply.body["change_id"]


def test_a_customer_starts_nothing_beside_it_and_ends_it_by_no_route(
    customer: Client, agent: Client, dear: str
) -> None:
    change = fraud(agent, dear).body
    digest = {"digest": change["plan"]["digest"]}
    ends: dict[str, Any] = {
        f"/orders/{dear}/amendments": asked(edits=[LESS]),
        f"/orders/{dear}/cancellations": asked(),
        f"/orders/{dear}/cancellations/{change['change_id']}/withdraw": {},
        f"/orders/{dear}/amendments/{change['change_id']}/undo": {},
        f"/orders/{dear}/amendments/{change['change_id']}/accept": digest,
        f"/changes/{change['change_id']}/decisions": {"decision": "reject", **digest},
    }
    for path, body in ends.items():
        refused = customer.post(path, body, if_match='"1.0"')
        assert refused.status in (403, 404, 409), path
        assert secrets(refused) == [], path
    assert agent.get(f"/changes/{change['change_id']}").body["status"] == "pending_approval"


def test_while_it_waits_the_warehouse_is_told_to_ship_nothing_and_nobody_why(
    world: World, agent: Client, manager: Client, dear: str
) -> None:
    change = fraud(agent, dear).body
    assert told(world) == ["ShippingHeld"]
    assert "fraud" not in json.dumps([event.data for event in world.memory.events if event.type == "ShippingHeld"])
    approval = {"decision": "approve", "digest": change["plan"]["digest"]}
    assert manager.post(f"/changes/{change['change_id']}/decisions", approval).status == 200
    assert told(world) == ["ShippingHeld", "ShippingReleased"]


READ = [route for route in ROUTES if route.method == "GET" and route.shows and not route.public]


@pytest.mark.parametrize("route", READ, ids=lambda route: route.name)
def test_no_route_tells_its_customer_why_by_whom_or_by_which_rule(
    agent: Client, manager: Client, customer: Client, dear: str, route: Route
) -> None:
    change = fraud(agent, dear).body
    ids = {"order_id": dear, "version": "1", "change_id": change["change_id"], "part": "lines"}
    path = route.path.format_map(ids)
    for decided in (False, True):
        if decided:
            approval = {"decision": "approve", "digest": change["plan"]["digest"]}
            manager.post(f"/changes/{change['change_id']}/decisions", approval)
        reply = Client(CUSTOMER).get(path)
        assert reply.status == 200, reply.body
        assert secrets(reply) == []


def test_a_department_that_fails_after_all_was_completed_is_heard(
    world: World, agent: Client, customer: Client, service: Client
) -> None:
    change = customers(customer, order_of(), accept=True)
    refund = change["refunds"][0]["refund_id"]
    address = RefundAddress(refund_id=refund, change_id=change["change_id"], order_id=change["order_id"])
    settle_refund(world.services, address, "gw-1")
    path = f"/changes/{change['change_id']}/acknowledgements"
    departments = agent.get(f"/changes/{change['change_id']}").body["plan"]["departments"]
    said = [service.post(path, {"department": each, "outcome": "done"}).body["status"] for each in departments]
    assert said[-1] == "completed"
    failed = service.post(path, {"department": departments[0], "outcome": "failed", "note": "not on the shelf"})
    assert (failed.status, failed.body["status"]) == (200, "fallout")
    assert world.memory.events[-1].type == "ChangeFellOut"
    assert agent.get("/changes?status=fallout").body["items"][0]["change_id"] == change["change_id"]
