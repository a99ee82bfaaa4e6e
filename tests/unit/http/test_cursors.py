"""A cursor leads on for whom it was made, in the list that it was made of; any other is refused, and is no fault."""

from dataclasses import replace
from typing import Any

import pytest

from tests.fakes import World
from tests.fakes.builders import AGENT, CUSTOMER, MANAGER
from tests.unit.http.client import Client, Reply, example

ORDERS = "/orders?channel=direct&limit=1"


@pytest.fixture(autouse=True)
def three_orders(world: World, service: Client) -> None:
    for number in range(3):
        body = example("order-direct")
        body["payments"] = [body["payments"][0] | {"reference": f"ref-{number}"}]
        assert service.post("/orders", body | {"channel_order_id": f"D-{number}"}).status == 201


def refused(reply: Reply) -> bool:
    return (reply.status, reply.code, reply.pointers) == (422, "malformed-cursor", ["/cursor"])


def cursor_of(client: Client, path: str = ORDERS) -> str:
    return str(client.get(path).body["next_cursor"])


def test_a_list_is_read_to_its_end_by_its_cursors(agent: Client) -> None:
    found, cursor = list[str](), ""
    while cursor is not None:
        page = agent.get(f"{ORDERS}{'&cursor=' + cursor if cursor else ''}").body
        found += [each["channel_order_id"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert found == ["D-0", "D-1", "D-2"]


def test_the_size_of_a_page_may_change_on_the_way(agent: Client) -> None:
    rest = agent.get(f"/orders?channel=direct&limit=7&cursor={cursor_of(agent)}")
    assert [each["channel_order_id"] for each in rest.body["items"]] == ["D-1", "D-2"]


FORGED = ["", ".", "1", ".1", "x.1", "AAAAAAAAAAAAAAAAAAAAAA.1", "%C3%A4.1", "e30", "a" * 1900, "1.2.3"]


@pytest.mark.parametrize("cursor", FORGED)
def test_a_forged_cursor_is_refused(agent: Client, manager: Client, operator: Client, cursor: str) -> None:
    assert refused(agent.get(f"{ORDERS}&cursor={cursor}"))
    assert refused(manager.get(f"/changes?waiting_for=manager&cursor={cursor}"))
    assert refused(operator.get(f"/policies/prices/versions?cursor={cursor}"))


def test_a_cursor_whose_end_was_changed_is_refused(agent: Client) -> None:
    signature, _, place = cursor_of(agent).partition(".")
    assert place == "1"
    assert refused(agent.get(f"{ORDERS}&cursor={signature}.2"))


@pytest.mark.parametrize(
    "path", ["/orders?limit=1", "/orders?channel=direct&status=pending&limit=1", "/changes?limit=1"]
)
def test_a_cursor_of_another_list_is_refused(agent: Client, path: str) -> None:
    assert refused(agent.get(f"{path}&cursor={cursor_of(agent)}"))


@pytest.mark.parametrize(
    "other",
    [MANAGER, replace(AGENT, roles=frozenset({"lead"})), replace(AGENT, customer_id="cus-1")],
    ids=["another person", "in another role", "of another customer"],
)
def test_nobody_goes_on_with_the_cursor_of_somebody_else(agent: Client, other: Any) -> None:
    assert refused(Client(other).get(f"{ORDERS}&cursor={cursor_of(agent)}"))


def test_a_customer_goes_on_with_their_own_cursor(customer: Client) -> None:
    assert customer.get(f"/orders?limit=1&cursor={cursor_of(customer, '/orders?limit=1')}").status == 200
    assert refused(
        Client(replace(CUSTOMER, customer_id="cus-2")).get(
            f"/orders?limit=1&cursor={cursor_of(customer, '/orders?limit=1')}"
        )
    )


def test_a_replay_goes_on_by_its_own_cursor_only(operator: Client) -> None:
    asked = {"version": 1, "cursor": "2026-11-20T12:00:00+00:00~chg_1"}
    assert refused(operator.post("/policies/prices/replay", asked))
