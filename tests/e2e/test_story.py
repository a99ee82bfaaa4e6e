"""The story of an amendment over HTTP, with real parts: previewed, approved, committed, heard, paid back, completed."""

import json
from dataclasses import replace
from typing import Any

import pytest

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
from tests.e2e.service import Service
from tests.e2e.subscriber import Subscriber
from tests.e2e.workflows import executions, how_it_ended, waits

PERSONAL = ("Grace", "grace@", "Elm", "Birch", "62701", "62702")
CUSTOMERS = ("customer", "customer_2")
MOVED_HOUSE = to_address(line1="12 Birch Lane", postal_code="62702")


@pytest.fixture
def three_mugs(portal: Portal) -> Placed:
    """3 × 10.00 less 10 % plus 20 % tax: 32.40, all of it paid."""
    sku = portal.a_sku(on_hand=10)
    return portal.places(a_line(sku=sku, quantity=3, price="10.00"), percent_off="10", paid="32.40")


@pytest.fixture
def three_sofas(portal: Portal) -> Placed:
    """3 × 400.00 plus 20 % tax: 1440.00, all of it paid; dropping two is far over what an agent may do alone."""
    sku = portal.a_sku(on_hand=10)
    return portal.places(a_line(sku=sku, quantity=3, price="400.00"), paid="1440.00")


def sku_of(order: Placed) -> str:
    return str(order.body["lines"][0]["sku"])


def amount(money: Json) -> str:
    return f"{money['amount']} {money['currency']}"


# ------------------------------------------------------------------------------------------- previewed and committed


def test_a_dry_run_tells_all_that_would_happen_and_keeps_nothing(portal: Portal, three_mugs: Placed) -> None:
    before = portal.everything(three_mugs)

    plan = portal.previews(three_mugs, to_quantity(2), MOVED_HOUSE)

    assert (plan["violations"], plan["approvals"], plan["confirmations"]) == ([], [], [])
    assert [(refund["payment_id"], amount(refund["amount"])) for refund in plan["refunds"]] == [("pay-1", "10.80 USD")]
    assert [amount(plan[name]["total"]) for name in ("totals_before", "totals_after")] == ["32.40 USD", "21.60 USD"]
    assert plan["stock"] == [{"sku": sku_of(three_mugs), "delta": 1}]
    assert plan["departments"] == ["warehouse", "billing", "logistics"]
    assert portal.everything(three_mugs) == before


def test_an_amendment_under_the_threshold_is_committed_in_the_request_itself(
    service: Service, portal: Portal, three_mugs: Placed
) -> None:
    plan = portal.previews(three_mugs, to_quantity(2), MOVED_HOUSE)

    reply = portal.asks(three_mugs, amendment(to_quantity(2), MOVED_HOUSE, accept=plan))

    change, live = reply.json, portal.reads(three_mugs.path, "customer")
    assert (reply.status, change["status"], reply.etag) == (201, "committed", '"2.0"')
    assert reply.headers["Location"] == f"/changes/{change['change_id']}"
    assert change["plan"] == plan
    assert (live["version"], live["supersedes"], live["totals"]["total"]["amount"]) == (2, 1, "21.60")
    assert live["shipping_address"]["line1"] == "12 Birch Lane"
    assert portal.stock(sku_of(three_mugs)) == (10, 8, 0, 2)
    portal.becomes(change, "completed")
    assert not [name for name in executions(service, "ApprovalMachineArn") if change["change_id"] in name]


def test_a_change_is_completed_once_everyone_has_acknowledged_and_its_refund_is_paid_once(
    service: Service, portal: Portal, three_mugs: Placed
) -> None:
    change = portal.amends(three_mugs, to_quantity(2), MOVED_HOUSE).json

    done = portal.becomes(change, "completed")

    (paid,) = portal.refunds(three_mugs)
    (refund,) = done["refunds"]
    assert (amount(paid["amount"]), paid["payment_id"]) == ("10.80 USD", "pay-1")
    assert (refund["status"], refund["refund_id"]) == ("settled", paid["idempotency_key"])
    assert how_it_ended(service, refund["refund_id"], "RefundMachineArn")[0] == "SUCCEEDED"
    acknowledged = {entry["department"] for entry in done["timeline"] if "department" in entry}
    assert acknowledged == {"warehouse", "billing", "logistics"}
    totals = portal.reads(three_mugs.path)["totals"]
    assert [amount(totals[name]) for name in ("paid", "refunded", "balance_due")] == [
        "32.40 USD",
        "10.80 USD",
        "0.00 USD",
    ]


@pytest.mark.parametrize(
    ("edit", "departments"),
    [
        pytest.param(to_quantity(2), {"warehouse", "billing"}, id="quantity"),
        pytest.param(to_price("9.00"), {"billing"}, id="price"),
        pytest.param(MOVED_HOUSE, {"logistics", "warehouse"}, id="address"),
    ],
)
def test_a_department_hears_only_of_what_concerns_it(
    portal: Portal, three_mugs: Placed, edit: Json, departments: set[str]
) -> None:
    change = portal.amends(three_mugs, edit).json

    portal.becomes(change, "completed")

    wanted = {
        department: ["OrderAmended"] if department in departments else []
        for department in ("warehouse", "billing", "logistics")
    }
    assert portal.delivered(three_mugs, wanted) == wanted


def test_a_subscriber_hears_every_event_once_in_a_dense_sequence(
    portal: Portal, subscriber: Subscriber, three_mugs: Placed
) -> None:
    change = portal.amends(three_mugs, to_quantity(2), MOVED_HOUSE).json
    portal.becomes(change, "completed")

    heard = subscriber.hears(three_mugs.order_id, "OrderAmended", "RefundSettled")

    metadata = [event["detail"]["metadata"] for event in heard]
    assert len({each["id"] for each in metadata}) == len(heard)
    assert [each["sequence"] for each in metadata] == list(range(1, len(heard) + 1))
    assert [each["type"] for each in metadata] == [
        "OrderReceived",
        "AmendmentStarted",
        "AmendmentSubmitted",
        "OrderAmended",
        "StockReleased",
        "RefundRequested",
        "RefundSettled",
    ]
    assert [event["detail-type"] for event in heard] == [each["type"] for each in metadata]
    amended = heard[3]["detail"]
    assert (amended["metadata"]["change_id"], amended["metadata"]["order_version"]) == (change["change_id"], 2)
    assert amended["data"]["changed"] == ["quantity", "address"]
    assert amount(amended["data"]["refund"]) == "10.80 USD"


def test_no_event_carries_personal_data(portal: Portal, subscriber: Subscriber, three_mugs: Placed) -> None:
    portal.amends(three_mugs, to_quantity(2), MOVED_HOUSE)

    told = json.dumps(subscriber.hears(three_mugs.order_id, "OrderAmended"))

    assert [word for word in (*PERSONAL, "cus-1") if word in told] == []


def test_neither_an_orders_log_nor_what_functions_log_carries_personal_data(
    service: Service, portal: Portal, three_mugs: Placed
) -> None:
    portal.becomes(portal.amends(three_mugs, to_quantity(2), MOVED_HOUSE).json, "completed")
    nowhere = to_address(line1="12 Birch Lane", country="Birch")
    assert portal.asks(three_mugs, amendment(nowhere)).status >= 400

    logs = json.dumps(portal.log(three_mugs)), service.log

    assert [word for word in PERSONAL for log in logs if word in log] == []


# ------------------------------------------------------------------------------------------------------- approval


def test_a_change_over_the_threshold_waits_and_the_live_order_stays_as_it_is(
    service: Service, portal: Portal, three_sofas: Placed
) -> None:
    change = portal.amends(three_sofas, to_quantity(1)).json

    assert (change["status"], change["waiting_for"]) == ("pending_approval", "manager")
    waits(service, f"{change['change_id']}-1")
    assert change["change_id"] in [item["change_id"] for item in portal.reads("/changes?waiting_for=manager")["items"]]
    live = portal.reads(three_sofas.path, "customer")
    assert (live["version"], live["lines"][0]["quantity"], portal.etag(three_sofas)) == (1, 3, three_sofas.etag)
    assert live["open_change"] == {
        "change_id": change["change_id"],
        "kind": "amendment",
        "status": "pending_approval",
    }
    versions = {n: portal.reads(f"{three_sofas.path}/versions/{n}") for n in (1, 2)}
    assert {n: version["status"] for n, version in versions.items()} == {1: "being_amended", 2: "in_amendment"}
    assert versions[2]["lines"][0]["quantity"] == 1
    assert portal.stock(sku_of(three_sofas)) == (10, 7, 0, 3)
    assert portal.refunds(three_sofas) == []


def test_a_managers_approval_commits_what_was_accepted_in_advance(
    service: Service, portal: Portal, three_sofas: Placed
) -> None:
    change = portal.amends(three_sofas, to_quantity(1)).json
    waits(service, f"{change['change_id']}-1")

    decided = portal.decides(change, "approve")

    assert (decided.status, decided.json["status"], decided.json["decided_by"]) == (200, "committed", "usr-manager")
    assert how_it_ended(service, f"{change['change_id']}-1") == ("SUCCEEDED", "Approved")
    done = portal.becomes(change, "completed")
    assert done["plan"]["digest"] == change["plan"]["digest"]
    assert [amount(refund["amount"]) for refund in portal.refunds(three_sofas)] == ["960.00 USD"]
    assert portal.reads(three_sofas.path)["version"] == 2


def test_an_approved_change_that_was_not_accepted_in_advance_waits_for_it(portal: Portal, three_sofas: Placed) -> None:
    draft = portal.drafts(three_sofas, to_quantity(1))
    submitted = portal.goes_on(draft, "submit", three_sofas.etag).json
    approved = portal.decides(submitted, "approve").json
    before = portal.reads(three_sofas.path)["version"]

    accepted = portal.goes_on(draft, "accept", three_sofas.etag)

    assert [each["status"] for each in (draft, submitted, approved, accepted.json)] == [
        "draft",
        "pending_approval",
        "approved",
        "committed",
    ]
    assert (before, accepted.etag) == (1, '"2.0"')


def test_a_draft_takes_other_edits_until_it_is_submitted(portal: Portal, three_mugs: Placed) -> None:
    draft = portal.drafts(three_mugs, to_quantity(2))
    path, headers = f"{three_mugs.amendments}/{draft['change_id']}", conditions(three_mugs.etag)

    edited = portal.service.http("PUT", path, amendment(to_quantity(1)), "agent", headers).json
    submitted = portal.goes_on(edited, "submit", three_mugs.etag).json
    too_late = portal.service.http("PUT", path, amendment(to_quantity(2)), "agent", headers)

    assert [refund["amount"]["amount"] for refund in edited["plan"]["refunds"]] == ["21.60"]
    assert (submitted["status"], too_late.status) == ("approved", 409)
    assert portal.goes_on(edited, "accept", three_mugs.etag).json["status"] == "committed"


def test_a_rejection_ends_the_change_and_the_order_is_as_it_was(
    service: Service, portal: Portal, subscriber: Subscriber, three_sofas: Placed
) -> None:
    before = portal.everything(three_sofas)
    change = portal.amends(three_sofas, to_quantity(5)).json
    waits(service, f"{change['change_id']}-1")
    while_waiting = portal.stock(sku_of(three_sofas))

    decided = portal.decides(change, "reject")

    assert (decided.status, decided.json["status"]) == (200, "rejected")
    assert how_it_ended(service, f"{change['change_id']}-1") == ("SUCCEEDED", "Rejected")
    assert while_waiting == (10, 5, 2, 3)
    after = portal.everything(three_sofas)
    assert {name: after[name] for name in ("order", "etag", "stock")} == {
        name: before[name] for name in ("order", "etag", "stock")
    }
    heard = subscriber.hears(three_sofas.order_id, "ApprovalDecided", "StockReleased")
    assert "OrderAmended" not in [event["detail-type"] for event in heard]


def test_undoing_a_change_that_waits_closes_its_execution_and_releases_its_hold(
    service: Service, portal: Portal, three_sofas: Placed
) -> None:
    before = portal.everything(three_sofas)
    change = portal.amends(three_sofas, to_quantity(5)).json
    waits(service, f"{change['change_id']}-1")

    undone = portal.goes_on(change, "undo", three_sofas.etag)

    assert (undone.status, undone.json["status"], undone.etag) == (200, "undone", three_sofas.etag)
    assert how_it_ended(service, f"{change['change_id']}-1") == ("SUCCEEDED", "Closed")
    after = portal.everything(three_sofas)
    assert (after["order"], after["stock"]) == (before["order"], before["stock"])
    assert portal.amends(three_sofas, to_quantity(2)).status == 201


def test_a_decision_that_comes_before_anyone_has_asked_for_it_still_ends_the_execution(
    service: Service, portal: Portal, three_sofas: Placed
) -> None:
    change = portal.amends(three_sofas, to_quantity(1)).json

    portal.decides(change, "reject")

    assert how_it_ended(service, f"{change['change_id']}-1") == ("SUCCEEDED", "Rejected")


# --------------------------------------------------------------------------------------------- what may be changed


def test_an_order_in_fulfilment_can_be_amended_but_never_below_what_has_shipped(portal: Portal) -> None:
    order = portal.places(a_line(sku=portal.a_sku(on_hand=9), quantity=3, price="10.00"), paid="36.00")
    etag = portal.ships(order, 2, "picked").etag

    plan = portal.previews(order, to_quantity(2))
    assert plan["violations"] == []
    etag = portal.ships(order, 2, "shipped").etag
    (violation,) = portal.previews(order, to_quantity(1))["violations"]

    assert violation["code"] == "quantity-below-shipped"
    assert portal.amends(order, to_quantity(2), etag=etag).json["status"] == "committed"
    assert portal.reads(order.path)["status"] == "fulfilled"


def test_an_address_moves_until_goods_are_packed(portal: Portal, three_mugs: Placed) -> None:
    portal.ships(three_mugs, 1, "picked")
    assert portal.previews(three_mugs, MOVED_HOUSE)["violations"] == []

    portal.ships(three_mugs, 1, "packed")

    (violation,) = portal.previews(three_mugs, MOVED_HOUSE)["violations"]
    assert (violation["code"], violation["pointer"]) == ("address-after-packing", "/edits/0/address")


def test_a_line_can_be_added_at_its_products_list_price_and_another_cancelled(portal: Portal) -> None:
    kept, dropped, added = portal.a_sku(), portal.a_sku(), portal.a_sku(on_hand=5)
    product = {"title": "Lamp", "list_price": [{"amount": "30.00", "currency": "USD"}]}
    portal.service.http("PUT", f"/products/{added}", product, "service")
    order = portal.places(
        a_line("l1", sku=kept, quantity=1, price="10.00"), a_line("l2", sku=dropped, quantity=1, price="20.00")
    )

    change = portal.amends(
        order, {"op": "cancel_line", "line_id": "l2"}, {"op": "add_line", "sku": added, "quantity": 2}
    ).json

    assert change["status"] == "committed"
    lines = {line["sku"]: line for line in portal.reads(order.path)["lines"]}
    assert (lines[added]["total"]["amount"], lines[dropped]["status"]) == ("72.00", "cancelled")
    assert portal.stock(added) == (5, 3, 0, 2)


# ----------------------------------------------------------------------------------- versions, replies, and the log


def test_a_repeated_request_is_answered_the_same_and_has_one_effect(portal: Portal, three_mugs: Placed) -> None:
    body = amendment(to_quantity(2), accept=portal.previews(three_mugs, to_quantity(2)))

    first, again = (portal.asks(three_mugs, body, key="once-only") for _ in range(2))

    assert (first.status, first.body, first.etag) == (again.status, again.body, again.etag)
    portal.becomes(first.json, "completed")
    late = portal.asks(three_mugs, body, key="once-only")
    assert (late.status, late.body) == (201, first.body)
    assert len(portal.reads(f"/changes?order_id={three_mugs.order_id}")["items"]) == 1
    assert len(portal.refunds(three_mugs)) == 1


def test_a_channel_that_sends_its_order_twice_gets_the_same_order(portal: Portal, service: Service) -> None:
    body = {
        "channel_order_id": "E2E-TWICE",
        "customer": {"customer_id": "cus-2"},
        "currency": "EUR",
        "placed_at": "2026-11-20T09:00:00Z",
        "shipping_address": {"line1": "Weg 1", "city": "Berlin", "country": "DE"},
        "lines": [{"sku": portal.a_sku(), "quantity": 1, "unit_price": {"amount": "5.00", "currency": "EUR"}}],
    }

    first, again = (service.http("POST", "/orders", body, "service") for _ in range(2))

    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json


def test_every_version_stays_as_it_was_and_the_log_proves_its_own_history(portal: Portal, three_mugs: Placed) -> None:
    portal.amends(three_mugs, to_quantity(2))
    portal.amends(three_mugs, to_quantity(1), etag=portal.etag(three_mugs))

    versions = portal.reads(f"{three_mugs.path}/versions", "customer")["items"]
    past = [portal.reads(f"{three_mugs.path}/versions/{n}") for n in (1, 2, 3)]
    log = portal.log(three_mugs)["items"]

    assert versions == [
        {"version": 3, "status": "live"},
        {"version": 2, "status": "superseded"},
        {"version": 1, "status": "superseded"},
    ]
    assert [version["lines"][0]["quantity"] for version in past] == [3, 2, 1]
    assert [version["totals"]["total"]["amount"] for version in past] == ["32.40", "21.60", "10.80"]
    assert [entry["seq"] for entry in log] == list(range(1, len(log) + 1))
    assert [entry["previous_hash"] for entry in log[1:]] == [entry["hash"] for entry in log[:-1]]
    amended = [entry for entry in log if entry["action"] == "order_amended"]
    assert [(entry["by"], entry["role"], entry["reason_code"]) for entry in amended] == [
        ("usr-agent", "agent", "customer_request")
    ] * 2


def test_customers_see_their_own_orders_and_nobody_elses(portal: Portal, service: Service, three_mugs: Placed) -> None:
    paths = (three_mugs.path, f"{three_mugs.path}/versions", f"{three_mugs.path}/versions/1")

    mine, others = ([service.http("GET", path, None, user).status for path in paths] for user in CUSTOMERS)

    assert (mine, others) == ([200, 200, 200], [404, 404, 404])
    listed = portal.reads("/orders?customer_id=cus-1&limit=100", "customer_2")["items"]
    assert {order["customer"]["customer_id"] for order in listed} <= {"cus-2"}


# ---------------------------------------------------------------------------------------------------------- the door


def test_the_api_describes_itself_to_anybody(service: Service) -> None:
    document, health = service.http("GET", "/openapi.json"), service.http("GET", "/health")

    assert (document.status, health.status) == (200, 200)
    assert document.json["openapi"].startswith("3.")
    assert "/orders/{order_id}/amendments" in document.json["paths"]
    assert health.json["status"] == "ok"


@pytest.mark.parametrize(
    ("headers", "path", "expected"),
    [
        pytest.param({}, "/orders", (401, "unauthenticated"), id="no token"),
        pytest.param({"Authorization": "Bearer a.b.c"}, "/orders", (401, "unauthenticated"), id="no JWT"),
        pytest.param({"Authorization": "Basic dXNlcjpwdw=="}, "/orders", (401, "unauthenticated"), id="no bearer"),
        pytest.param({}, "/nowhere", (404, "not-found"), id="unknown route"),
        pytest.param({}, "/orders/ord_1/nowhere", (404, "not-found"), id="unknown route below a known one"),
    ],
)
def test_the_gateways_own_refusals_are_problems_too(
    service: Service, headers: dict[str, str], path: str, expected: tuple[int, str]
) -> None:
    reply = service.http("GET", path, None, None, headers)

    assert (reply.status, reply.problem) == expected


def test_a_body_that_the_gateway_itself_refuses_is_refused_in_the_same_form(
    service: Service, three_mugs: Placed
) -> None:
    reply = service.http("POST", three_mugs.amendments, b"x" * 11 * 1024 * 1024, "agent")

    assert (reply.status, reply.problem) == (413, "body-too-large")


def test_a_token_that_somebody_else_signed_opens_nothing(service: Service) -> None:
    header, payload, signature = service.tokens["manager"].split(".")
    forged = f"{header}.{service.tokens['agent'].split('.')[1]}.{signature}"

    replies = [
        service.http("GET", "/orders", None, None, {"Authorization": f"Bearer {token}"})
        for token in (forged, f"{header}.{payload}.", f"{header}.{payload}")
    ]

    assert [(reply.status, reply.problem) for reply in replies] == [(401, "unauthenticated")] * 3


def test_a_page_of_the_portals_origin_may_read_the_etag(service: Service, three_mugs: Placed) -> None:
    origin = {"Origin": service.api_url}
    asked = origin | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "if-match"}

    preflight = service.http("OPTIONS", three_mugs.amendments, headers=asked)
    reply = service.http("GET", three_mugs.path, None, "agent", origin)
    refused = service.http("GET", three_mugs.path, None, None, origin)

    assert preflight.status in (200, 204)
    allowed = {name.strip().lower() for name in preflight.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"authorization", "content-type", "if-match", "idempotency-key"} <= allowed
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert preflight.headers["Access-Control-Allow-Origin"] == service.api_url
    assert reply.headers["Access-Control-Allow-Origin"] == service.api_url
    assert "etag" in reply.headers["Access-Control-Expose-Headers"].lower()
    assert refused.headers["Access-Control-Allow-Origin"] == service.api_url


def test_a_page_of_another_origin_may_read_nothing(service: Service, three_mugs: Placed) -> None:
    origin = {"Origin": "https://evil.example"}

    preflight = service.http("OPTIONS", three_mugs.amendments, headers=origin)
    reply = service.http("GET", three_mugs.path, None, "agent", origin)

    assert preflight.headers["Access-Control-Allow-Origin"] != "https://evil.example"
    assert "Access-Control-Allow-Origin" not in reply.headers


def test_what_only_the_local_run_serves_is_not_behind_the_api(service: Service) -> None:
    assert service.http("GET", "/dev/gateway").status == 200

    stage = f"/restapis/{service.outputs['ApiId']}/{service.outputs['Stage']}/_user_request_"
    behind = replace(service, api_url=service.outputs["aws_endpoint_url"])

    assert behind.http("GET", f"{stage}/health").status == 200
    for path in ("/dev/gateway", "/dev/mail", "/dev/jwks.json", "/dev/queues"):
        assert behind.http("GET", f"{stage}{path}", None, "operator").status in (403, 404), path


def test_the_mail_that_went_out_can_be_looked_at(service: Service) -> None:
    items: list[Any] = service.http("GET", "/dev/mail?to=nobody@example.com").json["items"]

    assert items == []


def test_a_version_is_named_by_its_etag_until_it_changes(portal: Portal, service: Service, three_mugs: Placed) -> None:
    assert three_mugs.etag == '"1.0"' == portal.etag(three_mugs)

    shipped = portal.ships(three_mugs, 1, "picked").etag
    committed = portal.amends(three_mugs, to_quantity(2), etag=shipped).etag
    stale = service.http("POST", three_mugs.amendments, amendment(to_quantity(1)), "agent", conditions(three_mugs.etag))

    assert (shipped, committed) == ('"1.1"', '"2.1"')
    assert (stale.status, stale.etag) == (412, committed)
