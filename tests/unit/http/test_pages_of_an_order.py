"""What an order has gathered is read in pages below 1 MB: its versions, and its assets with their histories."""

import json
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.order.order import Asset, AssetEntry
from tests.fakes import World
from tests.fakes.world import NOW
from tests.unit.http.client import Client

PAGE = 1_000_000
LISTS = ("versions", "assets")


@pytest.fixture
def old(world: World, order_id: str) -> str:
    """An order that was amended 30,000 times, with 600 assets of 60 steps each."""
    entry = AssetEntry(at=NOW, action="changed", change_id="chg_1", quantity=2)
    assets = tuple(
        Asset(asset_id=f"ast_{number}", line_id=f"l{number}", sku="SEAT", quantity=2, history=(entry,) * 60)
        for number in range(600)
    )
    order = world.memory.orders[order_id]
    world.memory.orders[order_id] = replace(order, version=30_000, assets=assets)
    return order_id


def pages(client: Client, path: str) -> list[Any]:
    found, cursor = list[Any](), ""
    while cursor is not None:
        reply = client.get(f"{path}{'&cursor=' + cursor if cursor else ''}")
        assert reply.status == 200, reply.body
        assert len(json.dumps(reply.body, separators=(",", ":"))) < PAGE
        found.append(reply.body["items"])
        cursor = reply.body["next_cursor"]
    return found


def test_all_versions_are_read_in_pages_newest_first(agent: Client, old: str) -> None:
    read = pages(agent, f"/orders/{old}/versions?limit=1000")
    assert [each["version"] for page in read for each in page] == [*range(30_000, 0, -1)]
    assert {len(page) for page in read} == {1000}


def test_all_assets_are_read_in_pages_however_long_their_histories_are(agent: Client, old: str) -> None:
    read = pages(agent, f"/orders/{old}/assets?limit=1000")
    assert [each["asset_id"] for page in read for each in page] == [f"ast_{number}" for number in range(600)]
    assert len(read) > 1


@pytest.mark.parametrize("what", LISTS)
def test_what_is_short_is_one_page(agent: Client, order_id: str, what: str) -> None:
    assert agent.get(f"/orders/{order_id}/{what}").body["next_cursor"] is None


@pytest.mark.parametrize("what", LISTS)
@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ("limit=0", "out-of-range", "/limit"),
        ("limit=1001", "out-of-range", "/limit"),
        ("limit=many", "malformed-parameter", "/limit"),
        ("cursor=AAAA.1", "malformed-cursor", "/cursor"),
        ("page=2", "unknown-field", "/page"),
    ],
)
def test_a_page_that_cannot_be_is_refused(
    agent: Client, order_id: str, what: str, query: str, code: str, pointer: str
) -> None:
    reply = agent.get(f"/orders/{order_id}/{what}?{query}")
    assert (reply.status, reply.code, reply.pointers) == (422, code, [pointer])


@pytest.mark.parametrize("what", LISTS)
def test_nobody_goes_on_in_another_list_or_as_another(agent: Client, manager: Client, old: str, what: str) -> None:
    cursor = agent.get(f"/orders/{old}/{what}?limit=1").body["next_cursor"]
    other = next(each for each in LISTS if each != what)
    assert agent.get(f"/orders/{old}/{other}?limit=1&cursor={cursor}").code == "malformed-cursor"
    assert manager.get(f"/orders/{old}/{what}?limit=1&cursor={cursor}").code == "malformed-cursor"
