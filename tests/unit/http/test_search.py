"""GET /orders?q= is one box: it finds orders by whatever people have in hand, and shows nobody another's."""

import logging
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest

from tests.fakes import World
from tests.fakes.builders import CUSTOMER, CUSTOMER_2, OPERATOR, SERVICE
from tests.unit.http.client import Client, Reply, example

ADDRESS = {"line1": "1 Main Street", "city": "Springfield", "region": "IL", "country": "US"}


@pytest.fixture
def sent(service: Client) -> Any:
    """Sends an order of its own number, customer, place and SKU."""

    def order(number: str, name: str = "Ada Lovelace", customer: str = "cus-1", **more: Any) -> dict[str, Any]:
        body = example("order-direct")
        paid = body["payments"][0] | {"reference": f"ch_{number}"}
        who = {"customer_id": customer, "tier": "gold", "email": f"{customer}@example.com", "name": name}
        place = ADDRESS | {"name": name, "postal_code": more.pop("postal_code", "62701")}
        line = body["lines"][0] | {"sku": more.pop("sku", "MUG")}
        given = {"channel_order_id": number, "customer": who, "payments": [paid], "shipping_address": place}
        reply = service.post("/orders", body | given | {"lines": [line]} | more)
        assert reply.status == 201, reply.body
        return dict(reply.body)

    return order


def asked(client: Client, query: str, more: str = "") -> Reply:
    """As API Gateway passes it on: decoded."""
    return client.get(f"/orders?q={unquote(query)}{more}")


def found(client: Client, query: str, more: str = "") -> list[str]:
    reply = asked(client, query, more)
    assert reply.status == 200, reply.body
    return [each["channel_order_id"] for each in reply.body["items"]]


@pytest.mark.parametrize(
    "query",
    [
        "#A-1", "A-1", "a-1", "cus-1@example.com", "CUS-1@EXAMPLE.COM", "müller", "Muller", "Mueller", "jörg mueller",
        "60601", "ch_A-1", "SOFA-9", "sofa-9 müller", "60601 cus-1@example.com a-1",
    ],
)  # fmt: skip
def test_an_order_is_found_by_what_it_has(agent: Client, sent: Any, query: str) -> None:
    sent("A-1", "Jörg Müller", postal_code="60601", sku="SOFA-9")
    sent("B-2", "Ada Lovelace", "cus-2")
    assert found(agent, query) == ["A-1"]


def test_an_order_is_found_by_its_id_and_its_change(world: World, agent: Client, sent: Any) -> None:
    order = sent("A-1")
    body = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 2}]}
    etag = agent.get(f"/orders/{order['order_id']}").headers["ETag"]
    change = agent.post(f"/orders/{order['order_id']}/amendments", body, if_match=etag).body
    assert found(agent, order["order_id"]) == ["A-1"]
    assert found(agent, change["change_id"]) == ["A-1"]


def test_an_order_is_found_by_a_parcel_and_by_a_refund_and_its_memo(world: World, agent: Client, sent: Any) -> None:
    order = sent("A-1")
    path = f"/orders/{order['order_id']}"
    body = {"reason_code": "customer_request", "lines": [{"line_id": "l1", "quantity": 1}]}
    digest = Client(CUSTOMER).post(f"{path}/cancellations?dry_run=true", body).body["digest"]
    etag = agent.get(path).headers["ETag"]
    made = Client(CUSTOMER).post(f"{path}/cancellations", body | {"consent": {"digest": digest}}, if_match=etag)
    (refund,) = made.body["refunds"]
    left = agent.get(path).body["lines"][0]["quantity"]
    shipped = {"line_id": "l1", "quantity": left, "event": "shipped", "tracking": "1Z 999 AA1"}
    assert Client(SERVICE).post(f"{path}/fulfilments", shipped).status in (200, 201)
    for query in ("1Z999AA1", "1z 999 aa1", refund["refund_id"], refund["credit_memo"]):
        assert found(agent, query) == ["A-1"], query


def test_every_word_must_be_the_order_s(agent: Client, sent: Any) -> None:
    sent("A-1", "Jörg Müller", postal_code="60601")
    sent("A-2", "Jörg Müller", postal_code="60611")
    assert found(agent, "müller 60601") == ["A-1"]
    assert found(agent, "müller 99999") == []


def test_the_newest_comes_first_page_by_page(agent: Client, sent: Any) -> None:
    for day in (3, 1, 4, 2):
        sent(f"D-{day}", placed_at=f"2026-11-0{day}T09:00:00Z")
    first = asked(agent, "lovelace", "&limit=3").body
    rest = agent.get(f"/orders?q=lovelace&limit=3&cursor={first['next_cursor']}").body
    assert [each["channel_order_id"] for each in (*first["items"], *rest["items"])] == ["D-4", "D-3", "D-2", "D-1"]
    assert rest["next_cursor"] is None


def test_the_cursor_of_one_search_leads_on_in_no_other(agent: Client, sent: Any) -> None:
    for number in ("A-1", "A-2"):
        sent(number)
    cursor = asked(agent, "lovelace", "&limit=1").body["next_cursor"]
    assert asked(agent, "mug", f"&limit=1&cursor={cursor}").code == "malformed-cursor"


def test_other_filters_narrow_what_is_found(agent: Client, sent: Any) -> None:
    sent("A-1", sku="SOFA")
    sent("A-2", customer="cus-2", sku="PEN")
    assert found(agent, "lovelace", "&customer_id=cus-2") == ["A-2"]
    assert found(agent, "lovelace", "&sku=SOFA") == ["A-1"]
    assert found(agent, "lovelace", "&status=cancelled") == []
    assert sorted(found(agent, "lovelace", "&status=pending&channel=direct")) == ["A-1", "A-2"]


def test_a_row_says_what_a_person_needs_and_nothing_that_grows(agent: Client, manager: Client, sent: Any) -> None:
    order = sent("A-1")
    path = f"/orders/{order['order_id']}"
    body = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 2}]}
    etag = agent.get(path).headers["ETag"]
    change = agent.post(f"{path}/amendments", body, if_match=etag).body
    (row,) = asked(agent, "A-1").body["items"]
    whole = agent.get(path).body
    del whole["lines"]
    assert row == whole
    assert (row["channel_order_id"], row["customer"]["name"], row["channel"]) == ("A-1", "Ada Lovelace", "direct")
    assert row["totals"]["total"] == order["totals"]["total"]
    assert row["open_change"] == {
        "change_id": change["change_id"], "kind": "amendment", "status": "draft", "waits_for": "requester",
        "waits_since": change["created_at"], "waits_until": change["expires_at"],
    }  # fmt: skip


def test_a_customer_is_not_told_for_whom_their_order_waits(agent: Client, sent: Any) -> None:
    order = sent("A-1")
    body = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 2}]}
    etag = agent.get(f"/orders/{order['order_id']}").headers["ETag"]
    agent.post(f"/orders/{order['order_id']}/amendments", body, if_match=etag)
    (row,) = asked(Client(CUSTOMER), "A-1").body["items"]
    assert row["open_change"].keys() == {"change_id", "kind", "status"}


# ---------------------------------------------------------------------------------------------------------- whose it is


@pytest.mark.parametrize("query", ["B-2", "lovelace", "cus-2@example.com", "ch_B-2", "MUG", "62701", "ORDER"])
def test_a_customer_finds_their_own_orders_only(sent: Any, query: str) -> None:
    sent("A-1", "Grace Hopper", "cus-1", postal_code="60601", sku="PEN")
    other = sent("B-2", "Ada Lovelace", "cus-2")
    query = other["order_id"] if query == "ORDER" else query
    assert found(Client(CUSTOMER), query) == []
    assert found(Client(CUSTOMER), query, "&customer_id=cus-2") == []
    assert found(Client(CUSTOMER_2), query) == ["B-2"]


def test_a_customer_does_not_find_an_order_by_another_s_change(agent: Client, sent: Any) -> None:
    order = sent("B-2", customer="cus-2")
    body = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 2}]}
    etag = agent.get(f"/orders/{order['order_id']}").headers["ETag"]
    change = agent.post(f"/orders/{order['order_id']}/amendments", body, if_match=etag).body
    assert found(Client(CUSTOMER), change["change_id"]) == []
    assert found(Client(CUSTOMER_2), change["change_id"]) == ["B-2"]


def test_a_customer_without_an_id_and_a_service_search_as_little_as_they_list(sent: Any) -> None:
    sent("A-1")
    assert asked(Client(replace(CUSTOMER, customer_id=None)), "A-1").status == 403
    assert asked(Client(SERVICE), "A-1").status == 403


# ------------------------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "malformed-query"),
        ("a", "malformed-query"),
        ("*", "malformed-query"),
        ("a b c", "malformed-query"),
        ("   ", "malformed-query"),
        ("ada\x00", "malformed-query"),
        ("ada\nlovelace", "malformed-query"),
        ("a1 b2 c3 d4 e5 f6 g7 h8 i9", "malformed-query"),
        ("x" * 201, "too-long"),
        ("x" * 10_000, "too-long"),
    ],
)
def test_what_cannot_be_searched_for_is_refused_with_words(agent: Client, query: str, code: str) -> None:
    reply = agent.get(f"/orders?q={query}")
    assert (reply.status, reply.body["errors"][0]["code"], reply.pointers) == (422, code, ["/q"])
    assert len(query.strip()) < 5 or query[:50] not in str(reply.body)


@pytest.mark.parametrize("query", ["lovel*", "l_velace", "%", "%%", "**", "??", ".*", "lovelac", "x" * 200])
def test_a_wildcard_is_a_sign_like_any_other(agent: Client, sent: Any, query: str) -> None:
    sent("A-1")
    reply = agent.get(f"/orders?q={query}")
    assert (reply.status, reply.body.get("items", [])) in ((200, []), (422, []))


# --------------------------------------------------------------------------------------------------------- what is left


def test_after_an_erasure_no_search_finds_the_person_and_the_order_s_numbers_still_do(
    world: World, agent: Client, sent: Any
) -> None:
    order = sent("A-1", "Jörg Müller", postal_code="60601")
    shipped = {"line_id": "l1", "quantity": order["lines"][0]["quantity"], "event": "shipped", "tracking": "1Z999"}
    Client(SERVICE).post(f"/orders/{order['order_id']}/fulfilments", shipped)
    assert Client(OPERATOR).post("/customers/cus-1/erasures", {"reason": "asked"}).status == 200
    for query in ("jörg", "müller", "60601", "cus-1@example.com", "A-1 müller"):
        assert found(agent, query) == [], query
    for query in ("A-1", "ch_A-1", "1Z999", "MUG", order["order_id"]):
        assert found(agent, query) == ["A-1"], query


def test_no_search_stands_in_a_log(
    agent: Client, sent: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
    world: World, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    sent("A-1", "Jörg Zanzibar")
    caplog.set_level(logging.DEBUG)
    asked(agent, "zanzibar"), asked(agent, "zanzibar\x00"), asked(agent, "zanzibar", "&cursor=x")

    def broken(_: Any) -> Any:
        raise RuntimeError("the store is gone")

    monkeypatch.setattr(world.services.orders, "find", broken)
    assert asked(agent, "zanzibar").status == 500
    told = "".join([caplog.text, *capfd.readouterr()]).casefold()
    assert "unexpected" in told
    assert "zanzibar" not in told
