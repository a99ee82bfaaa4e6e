"""Replays with the real handlers on moto: past orders as their rows have them, reads only, and how many."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.bench import orders
from tests.bench.meter import Bill, Meter
from tests.fakes.builders import AGENT, OPERATOR, SERVICE
from tests.fakes.policies import OPERATOR_2, as_shipped
from tests.support.cloud import Cloud, a_cloud

Json = dict[str, Any]
READS = {"Query", "GetItem", "BatchGetItem"}
STATUSES = 13


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with a_cloud() as cloud:
        orders.tracked(cloud, 1, 2)
        yield cloud


def strict() -> Json:
    """A manager approves whatever moves more than nothing."""
    return as_shipped("approvals", routes=[{"id": "everything", "above": {"USD": "0.00"}, "approvers": ["manager"]}])


def amended(cloud: Cloud, order: Json, quantity: int) -> None:
    edits = orders.to_quantity(quantity, 1)
    orders.amended(cloud, order, edits, orders.previewed(cloud, order, edits).body["digest"])


def replayed(cloud: Cloud, **body: Any) -> tuple[Json, Bill]:
    with Meter(cloud).reading() as bill:
        reply = cloud.http(OPERATOR, "POST", "/policies/approvals/replay", body)
    assert reply.status == 200, reply.body
    return dict(reply.body), bill


def test_changes_of_every_version_come_out_as_they_did_whatever_came_after(cloud: Cloud) -> None:
    order = orders.placed(cloud, 3)
    for quantity in (1, 4, 3):
        amended(cloud, order, quantity)
    cloud.settle()
    shipped = {"line_id": "l1", "quantity": 2, "event": "shipped"}
    assert cloud.http(SERVICE, "POST", f"{order['path']}/fulfilments", shipped).status == 200
    assert cloud.http(SERVICE, "PUT", "/stock/SKU-1", {"on_hand": 9}).status == 200
    body, _ = replayed(cloud, document=strict())
    assert (body["judged"], body["differing"], body["drifted"], body["skipped"]) == (3, 3, 0, [])
    assert body["by_decision"]["approvals_more"] == 3
    assert [item["before"]["denied"] for item in body["items"]] == [[], [], []]


def test_what_waits_is_judged_on_the_live_order(cloud: Cloud) -> None:
    order = orders.placed(cloud, 2)
    dear = {"op": "set_quantity", "line_id": "l1", "quantity": 9000}
    body = {"reason_code": "customer_request", "edits": [dear]}
    digest = orders.previewed(cloud, order, [dear]).body["digest"]
    accepted = body | {"accept": {"digest": digest}}
    reply = cloud.http(AGENT, "POST", f"{order['path']}/amendments", accepted, if_match=order["etag"])
    assert (reply.status, reply.body["status"]) == (201, "pending_approval")
    found, _ = replayed(cloud, document=as_shipped("approvals", routes=[]) | {"routes": lenient()})
    assert (found["judged"], found["by_decision"]["approvals_fewer"], found["drifted"]) == (1, 1, 0)
    assert found["approvals"] == {"before": 1, "after": 0}


def lenient() -> list[Json]:
    return [{"id": "huge", "above": {"USD": "1000000.00"}, "approvers": ["manager"]}]


def test_a_waiting_version_is_tried_and_one_put_later_it_is_as_foretold(cloud: Cloud) -> None:
    amended(cloud, orders.placed(cloud, 2), 1)
    proposed = {"why": "a trial", "document": strict()}
    assert cloud.http(OPERATOR, "PUT", "/policies/approvals", proposed).body["status"] == "waiting"
    assert replayed(cloud, version=2)[0]["by_decision"]["approvals_more"] == 1
    decision = {"decision": "approve"}
    assert cloud.http(OPERATOR_2, "POST", "/policies/approvals/versions/2/decisions", decision).status == 200
    assert replayed(cloud, version=2)[0]["differing"] == 0
    plan = orders.previewed(cloud, orders.placed(cloud, 2), orders.to_quantity(1, 1)).body
    assert [each["role"] for each in plan["approvals"]] == ["manager"]


def test_a_replay_only_reads_and_two_round_trips_a_change_at_most(cloud: Cloud) -> None:
    made = 60
    for _ in range(made):
        amended(cloud, orders.placed(cloud, 2), 3)
    body, bill = replayed(cloud, document=strict())
    assert (body["judged"], body["differing"], body["drifted"]) == (made, made, 0)
    assert set(bill.calls) <= READS
    assert (bill.write_units, bill.items_written) == (0, 0)
    pages = -(-made // 50)
    assert bill.calls["GetItem"] == 1
    assert bill.calls["Query"] <= 2 * made + STATUSES + pages
    assert bill.calls["BatchGetItem"] <= 2 * pages


def test_pages_are_joined_across_statuses_by_the_time_of_creation(cloud: Cloud) -> None:
    for number in range(7):
        order = orders.placed(cloud, 2)
        cloud.clock.passes(seconds=1)
        amended(cloud, order, 1)
        if number % 2:
            change = cloud.http(AGENT, "GET", f"/changes?order_id={order['path'].rpartition('/')[2]}").body["items"][0]
            for department in change["plan"]["departments"]:
                said = {"department": department, "outcome": "done"}
                path = f"/changes/{change['change_id']}/acknowledgements"
                assert cloud.http(SERVICE, "POST", path, said).status in (200, 201)
    times: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        body, _ = replayed(cloud, document=strict(), limit=2, **cursor)
        times += [item["created_at"] for item in body["items"]]
        if "next_cursor" not in body:
            break
        cursor = {"cursor": body["next_cursor"]}
    assert (len(times), times) == (7, sorted(times, reverse=True))
