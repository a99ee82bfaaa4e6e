"""What is another customer's is not there: by path, under one's own order, in a body, in a list."""

from dataclasses import replace

import pytest

from tests.fakes import World
from tests.unit.http.client import Reply
from tests.unit.http.matrix.asking import ask
from tests.unit.http.matrix.identities import AGENT, MANAGER, NAMELESS, OWNER, STRANGER
from tests.unit.http.matrix.places import Places, copied
from tests.unit.http.matrix.rows import BY_NAME, ROWS
from tests.unit.http.matrix.stories import Place

OWNED = [row.route for row in ROWS if row.owned]
OF_A_CHANGE = [route for route in OWNED if "{order_id}" in route and "{change_id}" in route]
WITH_BODY = [route for route in OWNED if not route.startswith("GET")]


def made_up(place: Place) -> Place:
    return replace(place, path={**place.path, "order_id": "ord_0", "change_id": "chg_0"})


def told(reply: Reply, place: Place) -> object:
    """All that a reply says, without the names that were asked for."""
    words = str(reply.body)
    for given in (place.path["order_id"], place.path["change_id"]):
        words = words.replace(given, "")
    return reply.status, words, {name for name in reply.headers if name != "ETag"}, "ETag" in reply.headers


@pytest.mark.parametrize("identity", [STRANGER, NAMELESS])
@pytest.mark.parametrize("route", OWNED)
def test_what_is_another_s_is_as_if_it_were_not_there(world: World, places: Places, route: str, identity: str) -> None:
    row = BY_NAME[route]
    place, nowhere = places.at(row.at), made_up(places.at(row.at))
    assert told(ask(row, identity, place), place) == told(ask(row, OWNER, nowhere), nowhere)


@pytest.mark.parametrize(("identity", "at"), [(OWNER, "another's"), (OWNER, "approved"), (AGENT, "approved")])
@pytest.mark.parametrize("route", OF_A_CHANGE)
def test_a_change_is_not_there_under_another_order(
    world: World, places: Places, route: str, identity: str, at: str
) -> None:
    """Neither another customer's, nor one's own of another order."""
    row, order, change = BY_NAME[route], places.at("waiting"), places.at(at)
    before = copied(world.memory)
    mixed = replace(order, path={**order.path, "change_id": change.path["change_id"]}, digest=change.digest)
    assert ask(row, identity, mixed).code == "change-not-found"
    assert world.memory == before


@pytest.mark.parametrize(("identity", "status"), [(OWNER, 200), (STRANGER, 404), (NAMELESS, 404), (MANAGER, 409)])
def test_what_waits_for_the_customer_its_owner_decides(places: Places, identity: str, status: int) -> None:
    assert ask(BY_NAME["POST /changes/{change_id}/decisions"], identity, places.at("confirming")).status == status


@pytest.mark.parametrize("route", WITH_BODY)
@pytest.mark.parametrize("field", ["customer_id", "order_id", "customer", "requested_by", "sub", "roles"])
def test_another_s_id_in_the_body_changes_nothing(world: World, places: Places, route: str, field: str) -> None:
    """Who asks, and of whom, stands in the token and the path: a body that names them too is refused."""
    row, before = BY_NAME[route], copied(world.memory)
    reply = ask(row.with_body(**{field: "cus-2"}), OWNER, places.at(row.at))
    assert (reply.status, reply.code, reply.pointers) == (422, "unknown-field", [f"/{field}"])
    assert world.memory == before


FILTERS = [
    {},
    {"customer_id": "cus-2"},
    {"customer_id": "cus-1"},
    {"limit": "1"},
    {"limit": "1", "customer_id": "cus-2"},
]
OF_ORDERS = [
    {"channel": "direct"},
    {"status": "pending"},
    {"sku": "MUG-RED"},
    {"sku": "MUG-RED", "customer_id": "cus-2"},
]
OF_CHANGES = [
    {"status": "draft"},
    {"kind": "amendment"},
    {"waiting_for": "manager"},
]
LISTS = [
    *(("GET /orders", each) for each in (*FILTERS, *OF_ORDERS)),
    *(("GET /changes", each) for each in (*FILTERS, *OF_CHANGES, {"waiting_for": "customer"})),
]


def customers(world: World, reply: Reply) -> set[str]:
    """Whose the listed orders or changes are, as stored."""
    return {world.memory.orders[item["order_id"]].customer.customer_id for item in reply.body["items"]}


@pytest.mark.parametrize(("identity", "customer_id"), [(OWNER, "cus-1"), (STRANGER, "cus-2")])
@pytest.mark.parametrize(("route", "query"), LISTS, ids=str)
def test_a_customer_lists_only_their_own_whatever_they_ask_for(
    world: World, places: Places, route: str, query: dict[str, str], identity: str, customer_id: str
) -> None:
    reply = ask(BY_NAME[route], identity, places.at("order"), **query)
    assert reply.status == 200
    assert customers(world, reply) <= {customer_id}


@pytest.mark.parametrize("route", ["GET /orders", "GET /changes"])
def test_there_is_something_of_both_to_list(world: World, places: Places, route: str) -> None:
    listed = {who: ask(BY_NAME[route], who, places.at("order")) for who in ("agent", OWNER, STRANGER)}
    found = {who: customers(world, reply) for who, reply in listed.items()}
    assert (found[OWNER], found[STRANGER]) == ({"cus-1"}, {"cus-2"})
    assert found["agent"] >= {"cus-1", "cus-2"}


def test_another_s_order_filters_a_customer_s_changes_down_to_nothing(world: World, places: Places) -> None:
    other = places.at("another's").path["order_id"]
    reply = ask(BY_NAME["GET /changes"], OWNER, places.at("order"), order_id=other)
    assert (reply.status, reply.body["items"]) == (200, [])
