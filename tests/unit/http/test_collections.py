"""A payment before the commit, over HTTP: what the customer reads, what a service may say, and every bad input."""

from decimal import Decimal
from typing import Any

import pytest

from shared.usecases.collecting.payment_links import CollectionAddress, make_link
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from tests.fakes import World
from tests.fakes.collections import PAY_FIRST, collecting
from tests.unit.http.cancelling import usd
from tests.unit.http.client import Client

Json = dict[str, Any]


@pytest.fixture
def change(world: World, agent: Client, order_id: str) -> Json:
    """One mug more, which is to be paid first."""
    world.policies.policy = collecting(PAY_FIRST)
    path = f"/orders/{order_id}/amendments"
    body: Json = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 4}]}
    body["accept"] = {"digest": agent.post(f"{path}?dry_run=true", body).body["digest"]}
    reply = agent.post(path, body, if_match=agent.get(f"/orders/{order_id}").headers["ETag"])
    assert (reply.status, reply.body["status"]) == (201, "pending_payment"), reply.body
    return dict(reply.body)


def payment(change: Json, **values: Any) -> Json:
    given = {"payment_id": "pay-2", "method": "card", "gateway": "sandbox", "status": "captured"}
    return given | {"captured": change["collection"]["amount"], "link_id": change["collection"]["link_id"]} | values


def test_the_plan_the_change_and_the_order_say_what_is_to_be_paid(
    customer: Client, agent: Client, order_id: str, change: Json
) -> None:
    planned, wanted = change["plan"]["collection"], change["collection"]
    assert planned == {
        "mode": "before_commit",
        "amount": change["plan"]["amount_due"],
        "because": "Pay first.",
        "rule": "first",
        "gateway": "sandbox",
        "wait_seconds": 10_800,
    }
    assert (wanted["amount"], wanted["collected"], wanted["gateway"]) == (planned["amount"], usd("0.00"), "sandbox")
    (wait,) = customer.get(f"/changes/{change['change_id']}").body["waits"]
    assert wait["words"] == f"pay {wanted['amount']['amount']} USD by the payment link"
    assert (wait["party"], wait["deadline"]) == ("customer", change["expires_at"])
    assert agent.get(f"/orders/{order_id}").body["open_change"]["status"] == "pending_payment"
    assert agent.get(f"/orders/{order_id}/versions/2").body["status"] == "in_amendment"
    waiting = agent.get("/changes?waiting_for=customer").body["items"]
    assert [each["change_id"] for each in waiting] == [change["change_id"]]


def test_a_service_that_tells_of_the_payment_commits_it(
    service: Client, agent: Client, order_id: str, change: Json
) -> None:
    reply = service.post(f"/orders/{order_id}/payments", payment(change))
    assert reply.status == 200
    assert reply.body["payments"][-1]["link_id"] == change["collection"]["link_id"]
    after = agent.get(f"/changes/{change['change_id']}").body
    assert (after["status"], after["collection"]["collected"]) == ("committed", change["collection"]["amount"])
    assert agent.get(f"/orders/{order_id}").body["totals"]["balance_due"] == usd("0.00")


def test_while_a_part_has_come_the_rest_is_asked_for_and_nothing_is_called_overpaid(
    service: Client, customer: Client, agent: Client, order_id: str, change: Json
) -> None:
    due = Decimal(change["collection"]["amount"]["amount"])
    reply = service.post(f"/orders/{order_id}/payments", payment(change, captured=usd("5.00")))
    assert (reply.status, reply.body.get("settlement")) == (200, None)
    assert "settlement" not in agent.get(f"/orders/{order_id}").body
    (wait,) = customer.get(f"/changes/{change['change_id']}").body["waits"]
    assert wait["words"] == f"pay {due - 5} USD by the payment link"


def test_nobody_but_a_service_says_that_it_was_paid(
    customer: Client, agent: Client, order_id: str, change: Json
) -> None:
    for client in (customer, agent):
        assert client.post(f"/orders/{order_id}/payments", payment(change)).status == 403


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"link_id": 7}, 422, None),
        ({"link_id": ""}, 422, None),
        ({"link_id": "x" * 300}, 422, None),
        ({"captured": {"amount": "-1.00", "currency": "USD"}}, 422, None),
        ({"captured": {"amount": "10.80", "currency": "EUR"}}, 422, "other-currency"),
        ({"captured": {"amount": "10.801", "currency": "USD"}}, 422, None),
        ({"payment_id": "pay-1"}, 422, None),
        ({"link": "plk_0"}, 422, None),
    ],
)
def test_a_payment_by_a_link_of_another_shape_is_refused_and_pays_nothing(
    service: Client, agent: Client, order_id: str, change: Json, wrong: Json, status: int, code: str | None
) -> None:
    reply = service.post(f"/orders/{order_id}/payments", payment(change, **wrong))
    assert (reply.status // 100, code in (None, reply.code)) == (4, True), reply.body
    assert agent.get(f"/changes/{change['change_id']}").body["status"] == "pending_payment"


@pytest.mark.parametrize("deed", ["accept", "submit"])
def test_while_it_waits_nothing_but_its_end_is_possible(agent: Client, order_id: str, change: Json, deed: str) -> None:
    path, etag = f"/orders/{order_id}/amendments", agent.get(f"/orders/{order_id}").headers["ETag"]
    digest = {"digest": change["plan"]["digest"]}
    refused = agent.post(f"{path}/{change['change_id']}/{deed}", digest, if_match=etag)
    assert (refused.status, refused.code) == (409, "illegal-transition")
    assert "It waits for the customer's payment." in refused.body["detail"]
    assert agent.post(path, {"reason_code": "customer_request", "edits": change["edits"]}, if_match=etag).status == 409
    assert agent.post(f"{path}/{change['change_id']}/undo", {}, if_match=etag).body["status"] == "undone"


@pytest.mark.parametrize("word", ["approve", "reject"])
def test_a_customer_who_is_to_pay_has_nothing_to_decide(customer: Client, change: Json, word: str) -> None:
    body = {"decision": word, "digest": change["plan"]["digest"]}
    refused = customer.post(f"/changes/{change['change_id']}/decisions", body)
    assert (refused.status, refused.code) == (409, "not-waiting")
    assert "It waits for the customer's payment." in refused.body["detail"]


def test_an_undo_of_a_waiting_change_leaves_the_order_exactly_as_it_was(
    agent: Client, order_id: str, change: Json
) -> None:
    etag = agent.get(f"/orders/{order_id}").headers["ETag"]
    agent.post(f"/orders/{order_id}/amendments/{change['change_id']}/undo", {}, if_match=etag)
    after = agent.get(f"/orders/{order_id}")
    assert (after.headers["ETag"], "open_change" in after.body) == (etag, False)


# ---------------------------------------------------------------------------------------------- where the customer pays


def linked(world: World, change: Json) -> str:
    """The address where the customer pays, once the gateway has made the link."""
    address = CollectionAddress(change_id=change["change_id"], order_id=change["order_id"], round=1)
    make_link(world.services, world.gateways, address)
    return f"https://pay.example/{change['collection']['link_id']}"


def urls(client: Client, change: Json) -> list[str | None]:
    """What the change alone, and in the list, say where to pay."""
    alone = client.get(f"/changes/{change['change_id']}").body
    listed = client.get("/changes").body["items"]
    return [each["collection"].get("url") for each in (alone, *listed)]


@pytest.mark.parametrize("may_pay", ["customer", "agent", "manager"])
def test_whoever_pays_or_serves_who_pays_reads_where(
    world: World, request: pytest.FixtureRequest, change: Json, may_pay: str
) -> None:
    url = linked(world, change)
    assert urls(request.getfixturevalue(may_pay), change) == [url, url]


@pytest.mark.parametrize("may_not", ["finance", "operator"])
def test_who_may_not_pay_does_not_read_where(
    world: World, request: pytest.FixtureRequest, change: Json, may_not: str
) -> None:
    linked(world, change)
    client: Client = request.getfixturevalue(may_not)
    assert urls(client, change) == [None, None]
    shown = client.get(f"/changes/{change['change_id']}").body
    assert shown["collection"]["amount"] == change["collection"]["amount"]


@pytest.mark.parametrize("end", ["undone", "paid", "expired"])
def test_a_change_that_waits_for_no_payment_shows_nobody_where_to_pay(
    world: World, customer: Client, agent: Client, service: Client, order_id: str, change: Json, end: str
) -> None:
    linked(world, change)
    if end == "undone":
        etag = agent.get(f"/orders/{order_id}").headers["ETag"]
        agent.post(f"/orders/{order_id}/amendments/{change['change_id']}/undo", {}, if_match=etag)
    elif end == "paid":
        service.post(f"/orders/{order_id}/payments", payment(change))
    else:
        world.clock.passes(hours=3)
        mind_deadlines(world.services)
    assert customer.get(f"/changes/{change['change_id']}").body["status"] != "pending_payment"
    assert [urls(client, change) for client in (customer, agent)] == [[None, None]] * 2


def test_what_came_for_nothing_is_shown_and_listed_until_it_is_given_back(
    service: Client, agent: Client, operator: Client, customer: Client, order_id: str, change: Json
) -> None:
    etag = agent.get(f"/orders/{order_id}").headers["ETag"]
    agent.post(f"/orders/{order_id}/amendments/{change['change_id']}/undo", {}, if_match=etag)
    service.post(f"/orders/{order_id}/payments", payment(change))
    (listed,) = operator.get("/changes?status=fallout").body["items"]
    assert (listed["change_id"], listed["collection"]["surplus"]) == (
        change["change_id"],
        change["collection"]["amount"],
    )
    assert {wait["party"] for wait in listed["waits"]} == {"agent", "operator"}
    theirs = customer.get(f"/changes/{change['change_id']}").body
    assert theirs["collection"]["surplus"] == change["collection"]["amount"]
    assert [wait.get("words") for wait in theirs["waits"]] == [None, None]
    body = {"outcome": "completed", "note": "kept"}
    assert operator.post(f"/changes/{change['change_id']}/resolutions", body).body["status"] == "undone"


@pytest.mark.parametrize("link", ["plk_nobodys", "plk_chg_0001"])
def test_a_payment_by_a_link_of_no_change_of_the_order_is_refused(
    service: Client, agent: Client, order_id: str, change: Json, link: str
) -> None:
    refused = service.post(f"/orders/{order_id}/payments", payment(change, link_id=link))
    assert (refused.status, refused.code) == (409, "link-of-another-order")
    assert refused.body["errors"][0]["pointer"] == "/link_id"
    assert agent.get(f"/orders/{order_id}").body["totals"]["balance_due"] == usd("0.00")
