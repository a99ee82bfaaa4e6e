"""Bad input over HTTP: each kind has a problem type of its own and says where it lies, and nothing has changed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from shared.http.resources.amendment.request import MAX_EDITS
from tests.e2e.portal import (
    Json,
    Placed,
    Portal,
    a_line,
    amendment,
    conditions,
    to_address,
    to_price,
    to_quantity,
)
from tests.e2e.service import Reply, Service

TEN = 10
"""Units on hand of what the order under test has three of."""


@pytest.fixture(scope="module")
def order(portal: Portal) -> Placed:
    """One order for the whole table: since nothing may change, nobody gets in anybody's way."""
    sku = portal.a_sku(on_hand=TEN)
    return portal.places(a_line(sku=sku, quantity=3, price="10.00"), percent_off="10", paid="32.40")


@pytest.fixture
def open_change(portal: Portal, order: Placed) -> Any:
    """A draft on the order, undone afterwards."""
    draft = portal.drafts(order, to_quantity(2))
    yield draft
    if portal.change(draft)["status"] in ("draft", "pending_approval", "approved"):
        portal.goes_on(draft, "undo", portal.etag(order))


@dataclass(frozen=True)
class Bad:
    """One kind of bad input: what is sent, and what must be said of it."""

    title: str
    body: Any
    status: int
    problem: str
    pointer: str = ""
    user: str = "agent"
    if_match: str | None = "live"
    headers: tuple[tuple[str, str], ...] = ()


def raw(text: str) -> bytes:
    return text.encode()


GOOD = amendment(to_quantity(2))
MANY_DIGITS = "9" * 5000

ISSUE = [
    Bad("not JSON", raw('{"reason_code": '), 400, "malformed-json"),
    Bad("an unknown edit", amendment({"op": "set_colour", "line_id": "l1"}), 422, "unknown-edit", "/edits/0/op"),
    Bad("an unknown field", amendment(to_quantity(2), colour="red"), 422, "unknown-field", "/colour"),
    Bad("no reason code", {"edits": [to_quantity(2)]}, 422, "missing-reason", "/reason_code"),
    Bad("an unknown line", amendment(to_quantity(2, "l9")), 422, "unknown-line", "/edits/0/line_id"),
    Bad("quantity 0", amendment(to_quantity(0)), 422, "quantity-not-positive", "/edits/0/quantity"),
    Bad("a negative quantity", amendment(to_quantity(-1)), 422, "quantity-negative", "/edits/0/quantity"),
    Bad("a fraction of a unit", amendment(to_quantity(1.5)), 422, "quantity-not-whole", "/edits/0/quantity"),
    Bad("more than stock has", amendment(to_quantity(TEN + 1)), 422, "insufficient-stock", "/edits/0/quantity"),
    Bad(
        "too many decimals for the currency",
        amendment(to_price("9.999")),
        422,
        "amount-too-precise",
        "/edits/0/unit_price/amount",
    ),
    Bad("another currency", amendment(to_price("9.00", "EUR")), 422, "other-currency", "/edits/0/unit_price/currency"),
    Bad("a stale If-Match", GOOD, 412, "stale-version", if_match='"1.7"'),
    Bad("no If-Match", GOOD, 428, "precondition-required", if_match=None),
    Bad("somebody else's order", GOOD, 404, "order-not-found", user="customer_2"),
    Bad("a role that may not", GOOD, 403, "forbidden", user="finance"),
    Bad("a body over 1 MB", raw(json.dumps(GOOD | {"note": "x" * 1024 * 1024})), 413, "body-too-large"),
    Bad("the wrong digest", GOOD | {"accept": {"digest": "0" * 64}}, 409, "plan-changed"),
]
"""The issue's own list. A second open amendment and a decision on what doesn't wait need more than one order: below."""

MORE = [
    Bad("an empty body", raw(""), 400, "malformed-json"),
    Bad("a JSON value that is no object", [], 422, "wrong-type"),
    Bad("NaN", raw('{"reason_code": "goodwill", "edits": NaN}'), 400, "malformed-json"),
    Bad("a key that stands twice", raw('{"reason_code": "a", "reason_code": "b"}'), 400, "malformed-json"),
    Bad("absurd nesting", raw("[" * 100_000), 400, "malformed-json"),
    Bad("an absurd number", raw("[" + MANY_DIGITS + "]"), 400, "malformed-json"),
    Bad("another media type", GOOD, 415, "unsupported-media-type", headers=(("Content-Type", "text/xml"),)),
    Bad("an unknown reason code", amendment(to_quantity(2), reason="whim"), 422, "unknown-reason", "/reason_code"),
    Bad("an empty reason code", amendment(to_quantity(2), reason=""), 422, "missing-reason", "/reason_code"),
    Bad("a reason for cancelling", amendment(to_quantity(2), reason="fraud"), 422, "unknown-reason", "/reason_code"),
    Bad("a quantity in words", amendment(to_quantity("2")), 422, "quantity-not-whole", "/edits/0/quantity"),
    Bad("a quantity that is true", amendment(to_quantity(True)), 422, "quantity-not-whole", "/edits/0/quantity"),
    Bad("no quantity", amendment({"op": "set_quantity", "line_id": "l1"}), 422, "missing-field", "/edits/0/quantity"),
    Bad("a huge quantity", amendment(to_quantity(10**20)), 422, "quantity-too-large", "/edits/0/quantity"),
    Bad("an unknown currency", amendment(to_price("9.00", "XQX")), 422, "unknown-currency"),
    Bad("an amount in words", amendment(to_price("nine")), 422, "malformed-amount", "/edits/0/unit_price/amount"),
    Bad("a negative price", amendment(to_price("-9.00")), 422, "negative-amount", "/edits/0/unit_price/amount"),
    Bad(
        "a price as a number",
        amendment({"op": "set_unit_price", "line_id": "l1", "unit_price": {"amount": 9.0, "currency": "USD"}}),
        422,
        "malformed-amount",
        "/edits/0/unit_price/amount",
    ),
    Bad("an address without country", amendment(to_address(country="")), 422, "malformed-value"),
    Bad("no edits", amendment(), 422, "nothing-changes", "/edits"),
    Bad("edits that change nothing", amendment(to_quantity(3)), 422, "nothing-changes", "/edits"),
    Bad("too many edits", amendment(*[to_quantity(2)] * (MAX_EDITS + 1)), 422, "too-many-edits", "/edits"),
    Bad("two edits that disagree", amendment(to_quantity(2), to_quantity(1)), 422, "conflicting-edits"),
    Bad("a price of a customer's", amendment(to_price("1.00")), 422, "not-eligible", user="customer"),
    Bad("a weak If-Match", GOOD, 412, "stale-version", if_match='W/"1.0"'),
    Bad("If-Match: *", GOOD, 412, "stale-version", if_match="*"),
    Bad(
        "an Idempotency-Key that is none",
        GOOD,
        422,
        "malformed-idempotency-key",
        headers=(("Idempotency-Key", "k" * 256),),
    ),
]


def send(portal: Portal, order: Placed, bad: Bad) -> Reply:
    if_match = order.etag if bad.if_match == "live" else bad.if_match
    return portal.service.http("POST", order.amendments, bad.body, bad.user, dict(bad.headers) | conditions(if_match))


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.title) for bad in ISSUE + MORE])
def test_bad_input_is_refused_by_its_own_name_and_changes_nothing(portal: Portal, order: Placed, bad: Bad) -> None:
    before = portal.everything(order)

    reply = send(portal, order, bad)

    assert (reply.status, reply.problem) == (bad.status, bad.problem), reply.body
    assert reply.json["detail"]
    if bad.pointer:
        assert bad.pointer in reply.pointers
    assert portal.everything(order) == before


def test_each_kind_of_bad_input_has_a_problem_type_of_its_own(portal: Portal, order: Placed) -> None:
    types = {bad.title: send(portal, order, bad).json["type"] for bad in ISSUE}

    assert len(set(types.values())) == len(ISSUE), types


def test_every_problem_type_that_is_told_is_listed_in_the_openapi_document(portal: Portal, order: Placed) -> None:
    document = json.dumps(portal.service.http("GET", "/openapi.json").json)

    told = {send(portal, order, bad).json["type"] for bad in ISSUE + MORE}

    assert {each for each in told if each not in document} == set()


BY_A_RULE = [bad for bad in ISSUE if bad.problem in ("unknown-line", "insufficient-stock", "other-currency")]


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.title) for bad in BY_A_RULE])
def test_a_dry_run_answers_200_with_what_a_rule_forbids(portal: Portal, order: Placed, bad: Bad) -> None:
    reply = portal.service.http("POST", f"{order.amendments}?dry_run=true", bad.body, "agent")

    assert reply.status == 200
    assert (bad.problem, bad.pointer) in [(each["code"], each["pointer"]) for each in reply.json["violations"]]


def test_all_that_is_wrong_is_told_at_once(portal: Portal, order: Placed) -> None:
    body = {"edits": [to_quantity(0), to_price("9.999"), {"op": "set_colour"}], "colour": "red"}

    reply = portal.asks(order, body)

    assert {(error["pointer"], error["code"]) for error in reply.json["errors"]} == {
        ("/reason_code", "missing-reason"),
        ("/edits/0/quantity", "quantity-not-positive"),
        ("/edits/1/unit_price/amount", "amount-too-precise"),
        ("/edits/2/op", "unknown-edit"),
        ("/colour", "unknown-field"),
    }


def test_a_stale_if_match_is_told_the_fresh_etag(portal: Portal, order: Placed) -> None:
    reply = portal.asks(order, GOOD, etag='"1.7"')

    assert (reply.status, reply.etag, reply.json["etag"]) == (412, order.etag, order.etag)


def test_a_second_open_amendment_is_refused_and_told_the_first(
    portal: Portal, order: Placed, open_change: Json
) -> None:
    before = portal.everything(order)

    reply = portal.asks(order, amendment(to_quantity(1)))

    assert (reply.status, reply.problem) == (409, "change-open")
    assert reply.json["open_change"] == open_change["change_id"]
    assert open_change["change_id"] in reply.json["detail"]
    assert portal.everything(order) == before


def test_a_wrong_digest_is_answered_with_the_fresh_plan(portal: Portal, order: Placed) -> None:
    plan = portal.previews(order, to_quantity(2))

    reply = portal.asks(order, GOOD | {"accept": {"digest": "0" * 64}})

    assert (reply.problem, reply.json["plan"]) == ("plan-changed", plan)


def test_other_edits_that_are_refused_leave_a_draft_as_it_was(portal: Portal, order: Placed, open_change: Json) -> None:
    path, before = f"{order.amendments}/{open_change['change_id']}", portal.everything(order)

    refused = [
        portal.service.http("PUT", path, amendment(edit), "agent", conditions(order.etag))
        for edit in (to_quantity(TEN + 1), to_quantity(2, "l9"), to_price("9.999"))
    ]

    assert [reply.problem for reply in refused] == ["insufficient-stock", "unknown-line", "amount-too-precise"]
    assert portal.everything(order) == before


@pytest.mark.parametrize("what", ["orders/ord_none/amendments", "orders/ord_none/amendments/chg_none/submit"])
def test_what_is_not_there_cannot_be_amended(service: Service, what: str) -> None:
    reply = service.http("POST", f"/{what}", GOOD, "agent", conditions('"1.0"'))

    assert (reply.status, reply.problem) == (404, "order-not-found")


@pytest.mark.parametrize(
    "path", ["/orders/{}", "/orders/{}/versions", "/orders/{}/log", "/changes/{}", "/stock/{}", "/products/{}"]
)
@pytest.mark.parametrize("name", ["%00", "%F0%9F%92%A9", "%ff", "a" * 3000], ids=["NUL", "emoji", "no UTF-8", "long"])
def test_a_name_that_nothing_can_have_is_not_found(service: Service, path: str, name: str) -> None:
    reply = service.http("GET", path.format(name), None, "agent")

    assert reply.status == 404
    assert reply.problem.endswith("not-found")


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_decision_on_a_change_that_does_not_wait_is_refused(
    portal: Portal, order: Placed, open_change: Json, decision: str
) -> None:
    before = portal.everything(order)

    reply = portal.decides(open_change, decision)

    assert (reply.status, reply.problem) == (409, "not-waiting")
    assert portal.everything(order) == before


# ----------------------------------------------------------------------------------------- while a decision is due


@pytest.fixture(scope="module")
def waiting(portal: Portal) -> tuple[Placed, Json]:
    """An order, and its change that waits for a manager."""
    order = portal.places(a_line(sku=portal.a_sku(on_hand=9), quantity=3, price="400.00"), paid="1440.00")
    return order, portal.amends(order, to_quantity(1)).json


WHILE_WAITING: list[tuple[str, Callable[[Portal, Placed, Json], Reply], int, str, str]] = [
    (
        "the wrong digest",
        lambda portal, order, change: portal.decides(change, "approve", digest="0" * 64),
        409,
        "plan-changed",
        "",
    ),
    (
        "a role that isn't waited for",
        lambda portal, order, change: portal.decides(change, "approve", user="lead"),
        403,
        "wrong-role",
        "",
    ),
    (
        "the requester's own role",
        lambda portal, order, change: portal.decides(change, "approve", user="agent"),
        403,
        "wrong-role",
        "",
    ),
    (
        "a customer",
        lambda portal, order, change: portal.decides(change, "approve", user="customer"),
        403,
        "wrong-role",
        "",
    ),
    (
        "an unknown decision",
        lambda portal, order, change: portal.decides(change, "postpone"),
        422,
        "unknown-value",
        "/decision",
    ),
    (
        "accepting what is not approved",
        lambda portal, order, change: portal.goes_on(change, "accept", order.etag),
        409,
        "illegal-transition",
        "",
    ),
    (
        "submitting what was submitted",
        lambda portal, order, change: portal.goes_on(change, "submit", order.etag),
        409,
        "illegal-transition",
        "",
    ),
    (
        "undoing on a stale version",
        lambda portal, order, change: portal.goes_on(change, "undo", '"0.9"'),
        412,
        "stale-version",
        "",
    ),
    (
        "undoing another's change",
        lambda portal, order, change: portal.goes_on(change, "undo", order.etag, user="customer_2"),
        404,
        "order-not-found",
        "",
    ),
    (
        "acknowledging what is not committed",
        lambda portal, order, change: portal.service.http(
            "POST",
            f"/changes/{change['change_id']}/acknowledgements",
            {"department": "billing", "outcome": "done"},
            "service",
        ),
        409,
        "not-committed",
        "",
    ),
]


@pytest.mark.parametrize(
    ("act", "status", "problem", "pointer"), [pytest.param(*case[1:], id=case[0]) for case in WHILE_WAITING]
)
def test_what_may_not_be_done_to_a_waiting_change_leaves_it_waiting(
    portal: Portal,
    waiting: tuple[Placed, Json],
    act: Callable[[Portal, Placed, Json], Reply],
    status: int,
    problem: str,
    pointer: str,
) -> None:
    order, change = waiting
    before = portal.everything(order)

    reply = act(portal, order, change)

    assert (reply.status, reply.problem) == (status, problem), reply.body
    assert pointer in reply.pointers
    assert portal.everything(order) == before


def test_nobody_approves_what_they_asked_for_themselves(portal: Portal) -> None:
    order = portal.places(a_line(sku=portal.a_sku(), quantity=3, price="400.00"), paid="1440.00")
    plan = portal.previews(order, to_quantity(1), user="manager")
    change = portal.asks(order, amendment(to_quantity(1), accept=plan), user="manager").json

    refused = portal.decides(change, "approve", user="manager")

    assert (refused.status, refused.problem) == (403, "own-change")
    assert portal.decides(change, "approve", user="manager_2").json["status"] == "committed"


# --------------------------------------------------------------------------------------------- the order of checks


STALE, NOT_JSON, WRONG = '"1.7"', raw("{"), amendment(to_quantity(0))


@dataclass(frozen=True)
class Combined:
    """Two things wrong with one request: the earlier check answers."""

    title: str
    status: int
    problem: str
    body: Any
    user: str | None = "agent"
    if_match: str | None = "live"
    media_type: str = "application/json"


ORDER_OF_CHECKS = [
    Combined("no token before a body that is no JSON", 401, "unauthenticated", NOT_JSON, user=None),
    Combined("a role that may not before a body that is no JSON", 403, "forbidden", NOT_JSON, user="finance"),
    Combined("a role that may not before a missing If-Match", 403, "forbidden", GOOD, user="finance", if_match=None),
    Combined("ownership before a missing If-Match", 404, "order-not-found", GOOD, user="customer_2", if_match=None),
    Combined("ownership before a body that is no JSON", 404, "order-not-found", NOT_JSON, user="customer_2"),
    Combined("ownership before a field that is wrong", 404, "order-not-found", WRONG, user="customer_2"),
    Combined("a missing If-Match before no JSON", 428, "precondition-required", NOT_JSON, if_match=None),
    Combined("a missing If-Match before a wrong field", 428, "precondition-required", WRONG, if_match=None),
    Combined("a stale If-Match before no JSON", 412, "stale-version", NOT_JSON, if_match=STALE),
    Combined("a stale If-Match before a wrong field", 412, "stale-version", WRONG, if_match=STALE),
    Combined("a stale If-Match before the media type", 412, "stale-version", GOOD, if_match=STALE, media_type="text/a"),
    Combined("the media type before no JSON", 415, "unsupported-media-type", NOT_JSON, media_type="text/plain"),
    Combined(
        "a field that is wrong before a rule",
        422,
        "quantity-not-positive",
        amendment(to_quantity(0), to_quantity(2, "l9")),
    ),
]


@pytest.mark.parametrize("both", [pytest.param(both, id=both.title) for both in ORDER_OF_CHECKS])
def test_the_earlier_check_answers(service: Service, order: Placed, both: Combined) -> None:
    if_match = order.etag if both.if_match == "live" else both.if_match
    headers = conditions(if_match) | {"Content-Type": both.media_type}

    reply = service.http("POST", order.amendments, both.body, both.user, headers)

    assert (reply.status, reply.problem) == (both.status, both.problem), reply.body


@pytest.fixture(scope="module")
def answered(portal: Portal) -> tuple[Placed, Reply]:
    """An order amended under the key `known`, and the answer to that."""
    order = portal.places(a_line(sku=portal.a_sku(), quantity=3, price="10.00"), paid="36.00")
    return order, portal.asks(order, GOOD, key="known")


@pytest.mark.parametrize(
    "if_match", [pytest.param(None, id="no If-Match"), pytest.param(STALE, id="a stale If-Match"), '"1.0"']
)
def test_a_known_key_gets_its_first_answer_whatever_else_is_wrong_by_now(
    service: Service, answered: tuple[Placed, Reply], if_match: str | None
) -> None:
    order, first = answered

    again = service.http("POST", order.amendments, GOOD, "agent", conditions(if_match, "known"))

    assert first.status == 201
    assert (again.status, again.body, again.etag) == (first.status, first.body, first.etag)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(amendment(to_quantity(1)), id="another amendment"),
        pytest.param(WRONG, id="a field that is wrong"),
        pytest.param(NOT_JSON, id="no JSON"),
    ],
)
@pytest.mark.parametrize("if_match", [None, STALE, '"1.0"'])
def test_a_known_key_with_another_body_is_refused_before_anything_is_said_of_the_body(
    service: Service, answered: tuple[Placed, Reply], body: Any, if_match: str | None
) -> None:
    order, _ = answered

    reply = service.http("POST", order.amendments, body, "agent", conditions(if_match, "known"))

    assert (reply.status, reply.problem) == (422, "key-reused")


def test_the_same_json_in_another_order_is_the_same_body(service: Service, answered: tuple[Placed, Reply]) -> None:
    order, first = answered
    shuffled = json.dumps(dict(reversed(GOOD.items())), indent=3).encode()

    again = service.http("POST", order.amendments, shuffled, "agent", conditions(None, "known"))

    assert again.body == first.body


@pytest.mark.parametrize(("user", "status"), [("agent_2", 409), ("customer_2", 404), ("finance", 403)])
def test_a_key_belongs_to_who_sent_it(service: Service, answered: tuple[Placed, Reply], user: str, status: int) -> None:
    order, first = answered

    reply = service.http("POST", order.amendments, GOOD, user, conditions('"1.0"', "known"))

    assert reply.status == status
    assert first.json["change_id"] not in json.dumps(reply.json) or reply.problem == "change-open"


# ----------------------------------------------------------------------------------------------- other bad requests


@pytest.mark.parametrize(
    ("line", "problem", "pointer"),
    [
        pytest.param({"quantity": 0}, "quantity-not-positive", "/lines/0/quantity", id="quantity 0"),
        pytest.param({"quantity": 1.5}, "quantity-not-whole", "/lines/0/quantity", id="a fraction of a unit"),
        pytest.param(
            {"unit_price": {"amount": "1.999", "currency": "USD"}},
            "amount-too-precise",
            "/lines/0/unit_price/amount",
            id="too many decimals",
        ),
        pytest.param(
            {"unit_price": {"amount": "1.00", "currency": "EUR"}},
            "other-currency",
            "/lines/0/unit_price/currency",
            id="another currency than the order's",
        ),
        pytest.param({"status": "fulfilled"}, "unknown-field", "/lines/0/status", id="a status, which is derived"),
    ],
)
def test_an_order_with_a_bad_line_is_not_taken(
    service: Service, portal: Portal, line: Json, problem: str, pointer: str
) -> None:
    body = {
        "channel_order_id": f"E2E-BAD-{problem}",
        "customer": {"customer_id": "cus-1"},
        "currency": "USD",
        "placed_at": "2026-11-20T09:00:00Z",
        "shipping_address": {"line1": "1 Road", "city": "Springfield", "region": "IL", "country": "US"},
        "lines": [a_line(sku=portal.a_sku(), quantity=1, price="1.00")],
    }

    refused = service.http("POST", "/orders", body | {"lines": [body["lines"][0] | line]}, "service")
    taken = service.http("POST", "/orders", body, "service")

    assert (refused.status, refused.problem, refused.pointers) == (422, problem, [pointer])
    assert taken.status == 201


def test_stock_cannot_fall_below_what_is_promised(portal: Portal, order: Placed) -> None:
    sku, before = order.body["lines"][0]["sku"], portal.everything(order)

    reply = portal.service.http("PUT", f"/stock/{sku}", {"on_hand": 2}, "service")

    assert (reply.status, reply.problem, reply.pointers) == (409, "stock-below-committed", ["/on_hand"])
    assert portal.everything(order) == before


def test_units_that_are_not_there_cannot_ship(portal: Portal, order: Placed) -> None:
    before = portal.everything(order)

    body = {"line_id": "l1", "quantity": 4, "event": "shipped"}
    reply = portal.service.http("POST", f"{order.path}/fulfilments", body, "service")

    assert (reply.status, reply.problem) == (409, "beyond-quantity")
    assert portal.everything(order) == before
