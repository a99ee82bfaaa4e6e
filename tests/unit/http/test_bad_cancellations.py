"""A bad cancellation is told where it is wrong, in the order of CONTRACT.md's checks, and changes nothing."""

import copy
from typing import Any

import pytest

from tests.fakes import World
from tests.unit.http.cancelling import asked, cancel, one, path_of, ship, usd
from tests.unit.http.client import Client

LINE = {"line_id": "l1"}
BAD_JSON = "{nope"
BAD_FIELDS: dict[str, Any] = {"lines": [], "surprise": 1}

BAD: list[tuple[Any, int, str, str]] = [
    (BAD_JSON, 400, "malformed-json", ""),
    ([], 422, "wrong-type", ""),
    ({}, 422, "missing-reason", "/reason_code"),
    (asked(reason_code="because"), 422, "unknown-reason", "/reason_code"),
    (asked(reason_code="price_change"), 422, "unknown-reason", "/reason_code"),
    (asked(surprise=1), 422, "unknown-field", "/surprise"),
    (asked(edits=[]), 422, "unknown-field", "/edits"),
    (asked(note="n" * 2001), 422, "too-long", "/note"),
    (asked(sub_code="s" * 101), 422, "too-long", "/sub_code"),
    (asked(sub_code=""), 422, "empty-value", "/sub_code"),
    (asked(lines=[]), 422, "empty-value", "/lines"),
    (asked(lines=LINE), 422, "wrong-type", "/lines"),
    (asked(lines=[LINE] * 2001), 422, "too-many-lines", "/lines"),
    (asked(lines=[{}]), 422, "missing-field", "/lines/0/line_id"),
    (asked(lines=[{"line_id": "l9"}]), 422, "unknown-line", "/lines/0/line_id"),
    (asked(lines=[LINE | {"sku": "MUG-RED"}]), 422, "unknown-field", "/lines/0/sku"),
    (asked(lines=[LINE | {"quantity": 0}]), 422, "quantity-not-positive", "/lines/0/quantity"),
    (asked(lines=[LINE | {"quantity": -1}]), 422, "quantity-negative", "/lines/0/quantity"),
    (asked(lines=[LINE | {"quantity": 1.5}]), 422, "quantity-not-whole", "/lines/0/quantity"),
    (asked(lines=[LINE | {"quantity": 4}]), 422, "more-than-left", "/lines/0/quantity"),
    (asked(lines=[LINE, LINE]), 422, "conflicting-edits", "/lines/1"),
    (asked(exception="teleport"), 422, "unknown-value", "/exception"),
    (asked(goodwill={}), 422, "missing-field", "/goodwill/amount"),
    (asked(goodwill={"amount": usd("-1.00")}), 422, "negative-amount", "/goodwill/amount/amount"),
    (asked(goodwill={"amount": usd("32.41")}), 422, "credit-over-total", "/goodwill/amount"),
    (
        asked(goodwill={"amount": {"amount": "5.00", "currency": "EUR"}}),
        422,
        "other-currency",
        "/goodwill/amount/currency",
    ),
    (one(goodwill={"amount": usd("5.00")}), 422, "conflicting-edits", "/goodwill"),
    (
        asked(goodwill={"amount": usd("5.00"), "on": {"line_id": "nowhere"}}),
        422,
        "unknown-line",
        "/goodwill/on/line_id",
    ),
    (asked(goodwill={"amount": usd("10.00"), "on": {"line_id": ""}}), 422, "empty-value", "/goodwill/on/line_id"),
    (asked(goodwill={"amount": usd("10.00"), "on": {"line_id": 1}}), 422, "wrong-type", "/goodwill/on/line_id"),
    (asked(goodwill={"amount": usd("10.00"), "on": {}}), 422, "missing-field", "/goodwill/on/line_id"),
    (
        asked(goodwill={"amount": usd("10.00"), "on": {"line_id": "l1", "sku": "A"}}),
        422,
        "unknown-field",
        "/goodwill/on/sku",
    ),
    (asked(goodwill={"amount": usd("10.00"), "on": "the weather"}), 422, "unknown-value", "/goodwill/on"),
    (asked(goodwill={"amount": usd("10.00"), "on": ["l1"]}), 422, "wrong-type", "/goodwill/on"),
    (asked(goodwill={"amount": usd("10.00"), "on": 5}), 422, "wrong-type", "/goodwill/on"),
    (asked(goodwill={"amount": usd("10.00"), "on": None}), 422, "missing-field", "/goodwill/on"),
    (asked(goodwill={"amount": usd("32.41"), "on": {"line_id": "l1"}}), 422, "credit-over-total", "/goodwill/amount"),
    (asked(goodwill={"amount": usd("0.01"), "on": "shipping"}), 422, "credit-over-total", "/goodwill/amount"),
    (asked(goodwill={"amount": {"amount": 5, "currency": "USD"}}), 422, "malformed-amount", "/goodwill/amount/amount"),
    (asked(goodwill=[]), 422, "wrong-type", "/goodwill"),
    (asked(exception="return", goodwill={"amount": usd("5.00")}), 422, "conflicting-edits", "/goodwill"),
    (asked(consent="abc"), 422, "wrong-type", "/consent"),
    (asked(consent={}), 422, "missing-field", "/consent/digest"),
    (asked(consent={"digest": "x", "by": "me"}), 422, "unknown-field", "/consent/by"),
]


@pytest.mark.parametrize(("body", "status", "code", "pointer"), BAD)
def test_a_bad_cancellation_is_refused_where_it_is_wrong_and_changes_nothing(
    world: World, agent: Client, order_id: str, body: Any, status: int, code: str, pointer: str
) -> None:
    before = copy.deepcopy(world.memory)
    reply = cancel(agent, order_id, body)
    assert (reply.status, reply.code, reply.pointers[0]) == (status, code, pointer)
    assert world.memory == before


SHIPPED = [
    ("shipped", None, "unit-shipped"),
    ("shipped", "return", "unit-not-delivered"),
    ("delivered", None, "unit-shipped"),
    ("delivered", "intercept", "unit-delivered"),
]


@pytest.mark.parametrize(("event", "exception", "code"), SHIPPED)
def test_units_that_have_left_are_refused_by_how_far_they_came(
    world: World, agent: Client, service: Client, order_id: str, event: str, exception: str | None, code: str
) -> None:
    etag = ship(service, order_id, 3).headers["ETag"]
    if event == "delivered":
        etag = ship(service, order_id, 3, "delivered").headers["ETag"]
    reply = cancel(agent, order_id, asked(lines=[LINE], exception=exception), etag)
    assert (reply.status, reply.code) == (422, code)


def test_what_is_cancelled_already_is_not_cancelled_again(agent: Client, order_id: str) -> None:
    etag = cancel(agent, order_id, asked()).headers["ETag"]
    for body in (asked(), asked(lines=[LINE])):
        assert cancel(agent, order_id, body, etag).code == "already-cancelled"


def test_ownership_comes_before_the_body(customer_2: Client, agent: Client, order_id: str) -> None:
    for body in (BAD_JSON, BAD_FIELDS, asked()):
        for path in (path_of(order_id), f"{path_of(order_id)}?dry_run=true"):
            assert customer_2.post(path, body).code == "order-not-found"
    assert agent.post(f"{path_of(order_id)}/chg_nowhere/withdraw", BAD_JSON).code == "change-not-found"


@pytest.mark.parametrize("body", [BAD_JSON, BAD_FIELDS])
def test_a_known_key_then_if_match_come_before_the_body_is_judged(agent: Client, order_id: str, body: Any) -> None:
    assert agent.post(path_of(order_id), body).code == "precondition-required"
    stale = cancel(agent, order_id, body, '"0.9"')
    assert (stale.status, stale.code, stale.headers["ETag"]) == (412, "stale-version", '"1.0"')
    cancel(agent, order_id, one(), idempotency_key="k1")
    assert cancel(agent, order_id, body, '"0.9"', idempotency_key="k1").code == "key-reused"


def test_the_media_type_is_looked_at_before_the_json(agent: Client, order_id: str) -> None:
    reply = cancel(agent, order_id, BAD_JSON, content_type="text/plain")
    assert (reply.status, reply.code) == (415, "unsupported-media-type")


def test_a_second_change_is_refused_naming_the_first(agent: Client, customer: Client, order_id: str) -> None:
    first = cancel(agent, order_id, one()).body
    reply = cancel(customer, order_id, one())
    assert (reply.status, reply.code, reply.body["open_change"]) == (409, "change-open", first["change_id"])


def test_a_bad_withdrawal_is_refused(agent: Client, order_id: str) -> None:
    change = cancel(agent, order_id, one()).body
    path = f"{path_of(order_id)}/{change['change_id']}/withdraw"
    assert agent.post(path, BAD_JSON).code == "precondition-required"
    assert agent.post(path, BAD_JSON, if_match='"1.0"').code == "malformed-json"


def test_a_period_ends_after_it_starts(agent: Client) -> None:
    reply = agent.get("/changes?created_from=2026-11-21T00:00:00Z&created_to=2026-11-20T00:00:00Z")
    assert (reply.status, reply.code, reply.pointers) == (422, "end-before-start", ["/created_to"])
    assert agent.get("/changes?created_from=today").code == "malformed-time"
    assert agent.get("/changes?kind=rumour").code == "unknown-value"
    assert agent.get("/changes?waiting_for=warehouse").code == "unknown-value"
