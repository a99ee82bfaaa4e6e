"""Cancellations that are asked for in a wrong way, over HTTP: each has a problem type of its own, and nothing changes.

Links and gateways' callbacks too. Of bodies, headers and the order of the checks, test_bad_input.py has more.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.callbacks import report
from tests.e2e.crowd import four_mugs
from tests.e2e.hurry import VERSION, in_a_hurry
from tests.e2e.portal import (
    Json,
    Placed,
    Portal,
    a_line,
    amendment,
    cancellation,
    conditions,
    eventually,
    to_price,
    units,
    usd,
)
from tests.e2e.service import Reply, Service
from tests.e2e.workflows import how_it_ended

Orders = Mapping[str, Placed]


@pytest.fixture(scope="module")
def orders(portal: Portal) -> Orders:
    """One order for each state that a case needs. Since nothing may change, nobody gets in anybody's way."""
    orders = {name: four_mugs(portal) for name in ("untouched", "cancelled", "one unit gone", "shipped", "delivered")}
    line = a_line(sku=portal.a_sku(on_hand=20), quantity=4, price="10.00") | {"constraints": ["third_party_logistics"]}
    orders["shipped by others"] = portal.places(line, paid="48.00")
    for name, units_gone in {"cancelled": [], "one unit gone": [units(1)]}.items():
        portal.becomes(portal.cancels(orders[name], *units_gone).json, "completed")
    for name in ("shipped", "delivered"):
        portal.ships(orders[name], 4)
    portal.ships(orders["delivered"], 4, "delivered")
    return orders


@dataclass(frozen=True)
class Bad:
    """One kind of bad input: of which order, what is sent, and what must be said of it."""

    title: str
    of: str
    body: Any
    problem: str
    pointer: str = ""
    status: int = 422
    user: str = "customer"
    if_match: str | None = "live"


ALL, ONE = cancellation(), cancellation(units(1))

ISSUE = [
    Bad("what is cancelled", "cancelled", ALL, "already-cancelled", ""),
    Bad("more units than are left", "one unit gone", cancellation(units(4)), "more-than-left", "/lines/0/quantity"),
    Bad("a shipped unit", "shipped", ONE, "unit-shipped", "/lines/0"),
    Bad("what others ship", "shipped by others", ALL, "logistics-constraint", ""),
    Bad("consent to other terms", "untouched", ONE | {"consent": {"digest": "0" * 64}}, "plan-changed", status=409),
]

MORE = [
    Bad("a unit of what is cancelled", "cancelled", ONE, "already-cancelled", "/lines/0"),
    Bad("a delivered unit", "delivered", ONE, "unit-shipped", "/lines/0"),
    Bad("stopping what has arrived", "delivered", ONE | {"exception": "intercept"}, "unit-delivered", "/lines/0"),
    Bad("returning what is on its way", "shipped", ONE | {"exception": "return"}, "unit-not-delivered", "/lines/0"),
    Bad("an unknown exception", "shipped", ONE | {"exception": "ask nicely"}, "unknown-value", "/exception"),
    Bad("an unknown line", "untouched", cancellation(units(1, "l9")), "unknown-line", "/lines/0/line_id"),
    Bad("one line twice", "untouched", cancellation(units(1), units(2)), "conflicting-edits"),
    Bad("no lines", "untouched", ALL | {"lines": []}, "empty-value", "/lines"),
    Bad("no unit", "untouched", cancellation(units(0)), "quantity-not-positive", "/lines/0/quantity"),
    Bad("less than no unit", "untouched", cancellation(units(-1)), "quantity-negative", "/lines/0/quantity"),
    Bad("half a unit", "untouched", cancellation(units(0.5)), "quantity-not-whole", "/lines/0/quantity"),
    Bad("no reason", "untouched", {"lines": [units(1)]}, "missing-reason", "/reason_code"),
    Bad("an unknown reason", "untouched", cancellation(reason="whim"), "unknown-reason", "/reason_code"),
    Bad("a reason for amending", "untouched", cancellation(reason="price_change"), "unknown-reason", "/reason_code"),
    Bad("an amount", "untouched", ALL | {"refund": usd("48.00")}, "unknown-field", "/refund"),
    Bad("edits", "untouched", ALL | {"edits": [to_price("1.00")]}, "unknown-field", "/edits"),
    Bad("goodwill of their own", "untouched", ALL | {"goodwill": {"amount": usd("1.00")}}, "not-eligible"),
    Bad(
        "goodwill beyond the total",
        "untouched",
        ALL | {"goodwill": {"amount": usd("48.01")}},
        "credit-over-total",
        "/goodwill/amount",
        user="agent",
    ),
    Bad(
        "goodwill for a line",
        "untouched",
        ONE | {"goodwill": {"amount": usd("1.00")}},
        "conflicting-edits",
        "/goodwill",
        user="agent",
    ),
    Bad("no If-Match", "untouched", ALL, "precondition-required", status=428, if_match=None),
    Bad("a stale If-Match", "untouched", ALL, "stale-version", status=412, if_match='"1.7"'),
    Bad("the version before", "one unit gone", ONE, "stale-version", status=412, if_match='"1.0"'),
    Bad("somebody else's order", "untouched", ALL, "order-not-found", status=404, user="customer_2"),
    Bad("a role that may not", "untouched", ALL, "forbidden", status=403, user="finance"),
]


def send(portal: Portal, order: Placed, bad: Bad) -> Reply:
    etag = portal.etag(order) if bad.if_match == "live" else bad.if_match
    return portal.service.http("POST", order.cancellations, bad.body, bad.user, conditions(etag))


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.title) for bad in ISSUE + MORE])
def test_what_cannot_be_cancelled_is_refused_by_its_own_name_and_changes_nothing(
    portal: Portal, orders: Orders, bad: Bad
) -> None:
    order = orders[bad.of]
    before = portal.everything(order)

    reply = send(portal, order, bad)

    assert (reply.status, reply.problem) == (bad.status, bad.problem), reply.body
    assert reply.json["detail"]
    if bad.pointer:
        assert bad.pointer in reply.pointers
    assert portal.everything(order) == before


def test_each_has_a_problem_type_of_its_own_and_all_are_in_the_openapi_document(portal: Portal, orders: Orders) -> None:
    document = json.dumps(portal.service.http("GET", "/openapi.json").json)

    told = {bad.title: send(portal, orders[bad.of], bad).json["type"] for bad in ISSUE + MORE}

    assert len({told[bad.title] for bad in ISSUE}) == len(ISSUE)
    assert {each for each in told.values() if each not in document} == set()


BY_A_RULE = [
    bad for bad in ISSUE + MORE if bad.status == 422 and bad.pointer.startswith("/lines") and bad.of != "untouched"
]


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.title) for bad in BY_A_RULE])
def test_the_terms_tell_beforehand_what_a_rule_forbids(portal: Portal, orders: Orders, bad: Bad) -> None:
    violations = portal.terms(orders[bad.of], bad.body)["violations"]

    assert (bad.problem, bad.pointer) in [(each["code"], each["pointer"]) for each in violations]
    assert all(each["detail"] for each in violations)


def test_consent_to_terms_that_have_changed_since_is_answered_with_the_fresh_ones(portal: Portal) -> None:
    order = four_mugs(portal)
    seen = portal.terms(order, ONE)
    portal.becomes(portal.amends(order, to_price("9.00")).json, "completed")
    before = portal.everything(order)

    refused = portal.asks_to_cancel(order, ONE | {"consent": {"digest": seen["digest"]}}, etag=portal.etag(order))

    assert (refused.status, refused.problem) == (409, "plan-changed")
    fresh = refused.json["plan"]
    assert [plan["terms"]["refund"]["amount"] for plan in (seen, fresh)] == ["12.00", "10.80"]
    assert portal.everything(order) == before
    agreed = portal.asks_to_cancel(order, ONE | {"consent": {"digest": fresh["digest"]}}, etag=portal.etag(order))
    assert agreed.json["status"] == "committed"


def test_what_is_done_is_not_withdrawn_and_the_two_kinds_end_on_their_own_paths(portal: Portal, orders: Orders) -> None:
    order = orders["cancelled"]
    (done,) = portal.reads(f"/changes?order_id={order.order_id}")["items"]
    before = portal.everything(order)

    late = portal.withdraws(done, portal.etag(order))

    assert (late.status, late.problem) == (409, "illegal-transition")
    assert portal.everything(order) == before
    other = four_mugs(portal)
    draft = portal.asks(other, amendment(to_price("9.00"))).json
    assert portal.withdraws(draft, other.etag).problem == "other-kind"
    assert portal.change(draft)["status"] == "draft"


# ------------------------------------------------------------------------------------------------------------- links


@dataclass(frozen=True)
class Linked:
    """A cancellation of one unit by an agent, and the link that its customer was sent."""

    order: Placed
    change: Json
    link: str


def linked(portal: Portal) -> Linked:
    order = four_mugs(portal)
    change = portal.cancels(order, units(1), user="agent").json
    return Linked(order, change, portal.link(order))


@pytest.fixture(scope="module")
def waiting(portal: Portal) -> Linked:
    return linked(portal)


UNKNOWN = "/confirmations/" + "0" * 64

AT_A_LINK: list[tuple[str, Callable[[Portal, Linked], Reply], int, str]] = [
    ("guessed", lambda portal, at: portal.says(UNKNOWN), 404, "link-not-found"),
    ("looked at, guessed", lambda portal, at: portal.service.http("GET", UNKNOWN), 404, "link-not-found"),
    ("of another order", lambda portal, at: portal.says(at.link, order_id="ord_1"), 409, "link-of-another-order"),
    ("for other terms", lambda portal, at: portal.says(at.link, digest="0" * 64), 409, "plan-changed"),
    ("an unknown word", lambda portal, at: portal.says(at.link, "perhaps"), 422, "unknown-value"),
    ("no word", lambda portal, at: portal.service.http("POST", at.link, {}), 422, "missing-field"),
    ("more than a word", lambda portal, at: portal.says(at.link, refund=usd("48.00")), 422, "unknown-field"),
    (
        "of somebody else's",
        lambda portal, at: portal.decides(at.change, "approve", user="customer_2"),
        404,
        "change-not-found",
    ),
    ("by who asked", lambda portal, at: portal.decides(at.change, "approve", user="agent"), 409, "not-waiting"),
    (
        "by logistics, who is not asked",
        lambda portal, at: portal.acknowledges(at.change, "logistics"),
        409,
        "not-committed",
    ),
    ("undone as an amendment", lambda portal, at: portal.goes_on(at.change, "undo", at.order.etag), 409, "other-kind"),
    ("withdrawn on a stale version", lambda portal, at: portal.withdraws(at.change, '"0.9"'), 412, "stale-version"),
    (
        "withdrawn by somebody else",
        lambda portal, at: portal.withdraws(at.change, at.order.etag, user="customer_2"),
        404,
        "order-not-found",
    ),
    ("while it waits", lambda portal, at: portal.asks_to_cancel(at.order, ALL), 409, "change-open"),
]


@pytest.mark.parametrize(("act", "status", "problem"), [pytest.param(*case[1:], id=case[0]) for case in AT_A_LINK])
def test_what_is_no_answer_leaves_the_cancellation_waiting(
    portal: Portal, waiting: Linked, act: Callable[[Portal, Linked], Reply], status: int, problem: str
) -> None:
    before = portal.everything(waiting.order)

    reply = act(portal, waiting)

    assert (reply.status, reply.problem) == (status, problem), reply.body
    assert portal.everything(waiting.order) == before


@pytest.mark.parametrize(("first", "status"), [("confirm", "completed"), ("decline", "declined")])
def test_a_link_answers_once(portal: Portal, first: str, status: str) -> None:
    at = linked(portal)
    assert portal.says(at.link, first).status == 200
    portal.becomes(at.change, status)
    before = portal.everything(at.order)

    again = [portal.says(at.link, word) for word in ("confirm", "decline")]

    assert [(reply.status, reply.problem) for reply in again] == [(409, "link-used")] * 2
    assert portal.service.http("GET", at.link).json["waiting"] is False
    assert portal.everything(at.order) == before


def judged_in_a_hurry(portal: Portal, order: Placed) -> None:
    one_unit = cancellation(units(1))
    eventually(lambda: VERSION in policy_of(portal.terms(order, one_unit, "agent")), "the deadlines are in force")


def policy_of(plan: Json) -> list[str]:
    return str(plan["policy_version"]).split()


def test_a_link_that_nobody_followed_in_time_opens_nothing(hasty: Service, hasty_portal: Portal) -> None:
    """The customer is asked, reminded after a second, and soon it is over."""
    portal = hasty_portal
    for account in in_a_hurry("confirmation_seconds"):
        customer = {"customer_id": account, "email": f"grace@{account}.example.com", "name": "Grace Winter"}
        order = four_mugs(portal, customer=customer)
        judged_in_a_hurry(portal, order)
        change = portal.cancels(order, units(1), user="agent").json
        assert VERSION in policy_of(change["plan"])
        portal.becomes(change, "expired")
        if len(portal.mail(order)) == 2:
            break
    at = Linked(order, change, portal.link(order))
    before = portal.everything(at.order)

    late = [portal.says(at.link, word) for word in ("confirm", "decline")]

    assert [(reply.status, reply.problem) for reply in late] == [(409, "link-expired")] * 2
    assert portal.everything(at.order) == before
    assert portal.reads(at.order.path) == at.order.body
    asked, reminded = portal.letters(at.order, 2)
    assert reminded["subject"] == f"Reminder: p{asked['subject'][1:]}"
    assert how_it_ended(hasty, f"{at.change['change_id']}-1", "ConfirmationMachineArn") == ("SUCCEEDED", "Expired")
    assert portal.cancels(at.order, user="agent").status == 201


# ---------------------------------------------------------------------------------------------------------- callbacks


@pytest.fixture
def taken(hasty_portal: Portal) -> tuple[Placed, Json]:
    """A cancelled order whose refund of 48.00 the gateway has taken, and what it would report of it."""
    hasty_portal.gateway_will("pending")
    order = four_mugs(hasty_portal)
    change = hasty_portal.cancels(order).json
    change = settled_but_for_the_refund(hasty_portal, change)
    (refund,) = change["refunds"]
    names = {"order_id": order.order_id, "change_id": change["change_id"], "idempotency_key": refund["refund_id"]}
    return order, {**names, "refund_reference": "sandbox-1", "amount": refund["amount"], "outcome": "settled"}


def settled_but_for_the_refund(portal: Portal, change: Json) -> Json:
    def there() -> Json | None:
        now = portal.change(change)
        alone = [wait["party"] for wait in now["waits"]] == ["payment gateway"]
        return now if alone and now["refunds"][0]["status"] == "pending" else None

    found = eventually(there, "only the refund is waited for")
    assert found is not None
    return found


def test_a_callback_that_is_not_the_gateway_s_changes_nothing(
    hasty: Service, hasty_portal: Portal, taken: tuple[Placed, Json]
) -> None:
    order, said = taken
    before = hasty_portal.everything(order)

    refused = {
        "unsigned": hasty.http("POST", "/callbacks/sandbox", said),
        "signed by another": report(hasty, said, secret="guessed"),
        "too old": report(hasty, said, seconds_ago=3600),
        "of an unknown refund": report(hasty, said | {"idempotency_key": "ref_unknown"}),
        "of another order": report(hasty, said | {"order_id": "ord_other"}),
        "without outcome": report(hasty, said | {"outcome": "perhaps"}),
        "to an unknown gateway": hasty.http("POST", "/callbacks/nobody", said),
    }

    assert {title: (reply.status, reply.problem) for title, reply in refused.items()} == {
        "unsigned": (401, "bad-signature"),
        "signed by another": (401, "bad-signature"),
        "too old": (401, "bad-signature"),
        "of an unknown refund": (404, "refund-not-found"),
        "of another order": (404, "refund-not-found"),
        "without outcome": (422, "malformed-payload"),
        "to an unknown gateway": (404, "unknown-gateway"),
    }
    assert hasty_portal.everything(order) == before


def test_a_callback_that_comes_twice_settles_once_and_one_that_thinks_better_of_it_calls_a_person(
    hasty: Service, hasty_portal: Portal, taken: tuple[Placed, Json]
) -> None:
    order, said = taken
    assert report(hasty, said).status == 200
    hasty_portal.becomes(said, "completed")
    hasty_portal.letters(order)
    before = hasty_portal.everything(order)

    assert report(hasty, said).status == 200
    assert hasty_portal.everything(order) == before
    assert before["order"]["totals"]["refunded"]["amount"] == "48.00"

    assert [report(hasty, said | {"outcome": "failed"}).status for _ in range(2)] == [200, 200]
    after = hasty_portal.everything(order)
    assert {name: after[name] for name in ("order", "stock", "ledger")} == {
        name: before[name] for name in ("order", "stock", "ledger")
    }
    (change,) = after["changes"]
    assert change["status"] == "fallout"
    assert [entry["status"] for entry in change["timeline"]].count("fallout") == 1


def test_a_callback_of_another_amount_books_nothing_and_calls_a_person(
    hasty: Service, hasty_portal: Portal, taken: tuple[Placed, Json]
) -> None:
    order, said = taken
    before = hasty_portal.everything(order)

    reply = report(hasty, said | {"amount": usd("0.01")})

    assert reply.status == 200
    after = hasty_portal.everything(order)
    assert (after["stock"], after["ledger"]) == (before["stock"], before["ledger"])
    assert after["order"]["totals"] == before["order"]["totals"]
    assert [change["status"] for change in after["changes"]] == ["fallout"]
