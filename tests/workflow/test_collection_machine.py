"""The collection machine, executed: paid, expired, withdrawn, without a link; the link is closed in every end."""

from collections.abc import Iterator

import pytest

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.ports.gateways import GatewayDeclined, GatewayUnavailable
from tests.fakes.builders import AGENT, MANAGER, SERVICE
from tests.fakes.collections import PAY_FIRST, collecting, collection_of
from tests.support.cloud import Cloud, eventually
from tests.support.policies import ruled_by
from tests.workflow.stories import Json, amended, live, placed, stocked, usd

MACHINE = "CollectionMachine"
LOOKS = ["LookAfterIt", "IsItWaitedFor"]


@pytest.fixture(autouse=True)
def policy() -> Iterator[None]:
    with ruled_by(collecting(PAY_FIRST)):
        yield


@pytest.fixture
def order(cloud: Cloud) -> Json:
    stocked(cloud, 10)
    return placed(cloud)


def begun(cloud: Cloud, order: Json) -> Change:
    """One sofa more, which the customer is to pay: 400.00."""
    change = amended(cloud, order, 4)
    assert change["status"] == "pending_payment"
    return now(cloud, change["change_id"])


def now(cloud: Cloud, change_id: str) -> Change:
    found = cloud.services().changes.get(change_id)
    assert found is not None
    return found


def asked(cloud: Cloud, change: Change) -> str:
    """Let the machine have the link made and write; the name of its execution."""
    cloud.settle()
    eventually(lambda: len(cloud.letters()) == 1, "the letter goes out")
    return f"{change.change_id}-1"


def pays(cloud: Cloud, change: Change) -> None:
    body = {"payment_id": "pay-2", "method": "card", "gateway": "sandbox", "status": "captured"}
    body |= {"captured": usd("400.00"), "link_id": collection_of(change).link_id}  # type: ignore[dict-item]
    assert cloud.http(SERVICE, "POST", f"/orders/{change.order_id}/payments", body).status == 200


def test_the_customer_gets_the_link_by_letter_and_the_execution_waits(cloud: Cloud, order: Json) -> None:
    change = begun(cloud, order)
    name = asked(cloud, change)
    url = collection_of(now(cloud, change.change_id)).url
    assert url
    assert url in cloud.letters()[0]["text"]
    assert cloud.executions(MACHINE) == {name: "RUNNING"}


def test_the_payment_commits_and_ends_the_execution_with_the_link_closed(cloud: Cloud, order: Json) -> None:
    change = begun(cloud, order)
    name = asked(cloud, change)
    pays(cloud, change)
    cloud.settle()
    assert cloud.ended(MACHINE, name) == ("SUCCEEDED", "Done")
    assert (live(cloud, order)["version"], live(cloud, order)["totals"]["balance_due"]) == (2, usd("0.00"))
    assert [link.open for link in cloud.gateway.links.values()] == [False]


def test_unpaid_it_expires_and_the_link_is_closed(cloud: Cloud, order: Json) -> None:
    change = begun(cloud, order)
    name = asked(cloud, change)
    cloud.passes(3 * 3600)
    assert cloud.ended(MACHINE, name) == ("SUCCEEDED", "Done")
    assert now(cloud, change.change_id).status is ChangeStatus.EXPIRED
    assert [link.open for link in cloud.gateway.links.values()] == [False]


def test_a_payment_after_expiry_calls_a_person_and_a_settlement_gives_it_back(cloud: Cloud, order: Json) -> None:
    change = begun(cloud, order)
    name = asked(cloud, change)
    assert stock(cloud) == {"available": 6, "held": 1, "allocated": 3}
    cloud.passes(3 * 3600)
    assert cloud.ended(MACHINE, name) == ("SUCCEEDED", "Done")
    assert stock(cloud) == {"available": 7, "held": 0, "allocated": 3}

    pays(cloud, change)
    assert [status(cloud, change), live(cloud, order)["version"]] == ["fallout", 1]
    assert live(cloud, order)["totals"]["balance_due"] == usd("-400.00")
    listed = cloud.http(AGENT, "GET", "/changes?status=fallout").body["items"]
    assert [each["collection"]["surplus"] for each in listed] == [usd("400.00")]

    gives_back(cloud, order)
    cloud.settle()
    assert [paid.amount for paid in cloud.gateway.payments] == [40_000]
    cloud.clock.passes(minutes=3)
    cloud.invoke("SweepFunction", {})
    assert (status(cloud, change), live(cloud, order)["totals"]["balance_due"]) == ("expired", usd("0.00"))


def stock(cloud: Cloud) -> Json:
    shown = cloud.http(SERVICE, "GET", "/stock/SOFA").body
    return {name: shown[name] for name in ("available", "held", "allocated")}


def status(cloud: Cloud, change: Change) -> str:
    return str(cloud.http(AGENT, "GET", f"/changes/{change.change_id}").body["status"])


def gives_back(cloud: Cloud, order: Json) -> None:
    """An agent settles what is overpaid, and a manager approves it."""
    path = f"/orders/{order['order_id']}/settlements"
    body: Json = {"reason_code": "overpayment"}
    plan = cloud.http(AGENT, "POST", f"{path}?dry_run=true", body).body
    body["accept"] = {"digest": plan["digest"]}
    etag = cloud.http(AGENT, "GET", f"/orders/{order['order_id']}").headers["ETag"]
    settlement = cloud.http(AGENT, "POST", path, body, if_match=etag).body
    word = {"decision": "approve", "digest": plan["digest"]}
    assert cloud.http(MANAGER, "POST", f"/changes/{settlement['change_id']}/decisions", word).status == 200


def test_a_payment_whose_report_was_lost_is_found_at_the_deadline(cloud: Cloud, order: Json) -> None:
    change = begun(cloud, order)
    name = asked(cloud, change)
    cloud.gateway.pays(collection_of(change).link_id, 40_000)
    cloud.passes(3 * 3600)
    assert cloud.ended(MACHINE, name) == ("SUCCEEDED", "Done")
    assert now(cloud, change.change_id).status is ChangeStatus.COMMITTED


def test_an_undo_ends_the_execution_and_closes_the_link(cloud: Cloud, order: Json) -> None:
    change = begun(cloud, order)
    name = asked(cloud, change)
    path = f"/orders/{change.order_id}/amendments/{change.change_id}/undo"
    assert cloud.http(AGENT, "POST", path, {}, if_match=order["etag"]).status == 200
    cloud.settle()
    assert cloud.ended(MACHINE, name) == ("SUCCEEDED", "Done")
    assert [link.open for link in cloud.gateway.links.values()] == [False]


def test_a_declined_link_ends_the_change_at_once(cloud: Cloud, order: Json) -> None:
    cloud.gateway.troubles = [("before", GatewayDeclined("too small"))]
    change = begun(cloud, order)
    cloud.settle()
    assert cloud.ended(MACHINE, f"{change.change_id}-1") == ("SUCCEEDED", "Done")
    after = now(cloud, change.change_id)
    assert (after.status, cloud.letters()) == (ChangeStatus.FAILED, [])


def test_a_gateway_that_is_down_for_a_while_delays_the_link_and_nothing_else(cloud: Cloud, order: Json) -> None:
    cloud.gateway.troubles = [("before", GatewayUnavailable()) for _ in range(3)]
    change = begun(cloud, order)
    name = asked(cloud, change)
    assert cloud.states(MACHINE, name)[: len(LOOKS)] == LOOKS
    assert len(cloud.gateway.links) == 1
