"""The story of a cancellation over HTTP, with real parts: from the click to the settled refund, and every way out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.crowd import four_mugs, outcome
from tests.e2e.portal import Json, Placed, Portal, a_line, cancellation, eventually, units, usd
from tests.e2e.service import Service
from tests.e2e.subscriber import Subscriber
from tests.e2e.workflows import how_it_ended

CONFIRMATION = "ConfirmationMachineArn"
MEMO_NUMBER = "CM-{order_id}-{version}-1"
"""What a credit memo is called: by the order, the version that its cancellation made, and its place in that."""


@pytest.fixture
def order(portal: Portal) -> Placed:
    return four_mugs(portal)


def paid_by(portal: Portal, method: str, gateway: str, status: str) -> Placed:
    """Four mugs, 48.00, with one payment of this kind."""
    sku = portal.a_sku(on_hand=20)
    payment: Json = {"payment_id": "pay-1", "method": method, "gateway": gateway, "reference": f"PAY-{sku}"}
    payment |= {"status": status, "authorised": usd("48.00")}
    payment |= {"captured": usd("48.00")} if status == "captured" else {}
    return portal.places(a_line(sku=sku, quantity=4, price="10.00"), payments=[payment])


def amount(money: Json) -> str:
    return str(money["amount"])


def waiting(change: Json) -> list[str]:
    """Who has to act next."""
    return [wait["party"] for wait in change["waits"]]


def departments(change: Json) -> dict[str, str]:
    return {step["department"]: step["status"] for step in change["departments"]}


def all_of(status: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, status)


def but_for(changes: Json, *names: str) -> Json:
    return {name: value for name, value in changes.items() if name not in names}


# ------------------------------------------------------------------------------------------------ by the owner, at once


def test_an_owner_sees_the_terms_agrees_and_follows_the_money_until_it_is_back(
    portal: Portal, subscriber: Subscriber, order: Placed
) -> None:
    before = portal.everything(order)
    plan = portal.terms(order, cancellation())
    assert (amount(plan["terms"]["refund"]), amount(plan["terms"]["tax_reversed"])) == ("48.00", "8.00")
    assert plan["terms"]["how_long"] == {
        "words": ["The money is back within 5 days of the cancellation."],
        "refund_days": 5,
    }
    assert portal.everything(order) == before

    reply = portal.asks_to_cancel(order, cancellation(consent=plan))

    change = reply.json
    (refund,) = change["refunds"]
    memo = MEMO_NUMBER.format(order_id=order.order_id, version=2)
    assert (reply.status, change["status"], reply.etag, change["plan"]) == (201, "committed", '"2.0"', plan)
    assert (change["consent"]["by"], change["consent"]["digest"]) == ("usr-customer", plan["digest"])
    assert (waiting(change), departments(change)) == (
        ["warehouse", "billing", "payment gateway"],
        all_of("waiting", "warehouse", "billing"),
    )
    done = portal.becomes(change, "completed")
    assert (waiting(done), departments(done)) == ([], all_of("done", "warehouse", "billing"))
    wanted = {
        "warehouse": ["OrderCancelled"],
        "billing": ["OrderCancelled"],
        "logistics": [],
    }
    assert portal.delivered(order, wanted) == wanted
    (paid,) = portal.refunds(order)
    assert (amount(paid["amount"]), paid["idempotency_key"]) == ("48.00", refund["refund_id"])
    told = subscriber.hears(order.order_id, "OrderCancelled", "RefundSettled")
    assert [event["detail-type"] for event in told] == [
        "OrderReceived",
        "CancellationRequested",
        "OrderCancelled",
        "StockReleased",
        "RefundRequested",
        "RefundSettled",
    ]
    (for_billing,) = portal.heard(order)["billing"]
    assert [(each["number"], amount(each["amount"])) for each in for_billing["data"]["credit_memos"]] == [
        (memo, "48.00")
    ]
    assert done["refunds"] == [
        refund | {"status": "settled", "credit_memo": memo, "reference": paid["refund_reference"]}
    ]
    (letter,) = portal.letters(order)
    assert letter["subject"].startswith("Your refund of 48.00 USD")
    assert f"Credit memo: {memo}" in letter["text"]
    after = outcome(portal, order)
    assert (after.status, after.total, after.stock) == ("cancelled", "0.00", (20, 20, 0, 0))


def test_without_consent_an_owner_s_cancellation_waits_and_is_agreed_to_signed_in(
    portal: Portal, order: Placed
) -> None:
    change = portal.asks_to_cancel(order, cancellation()).json
    assert (change["status"], waiting(change), portal.etag(order)) == (
        "pending_confirmation",
        ["customer"],
        order.etag,
    )

    agreed = portal.decides(change, "approve", user="customer")

    assert (agreed.status, agreed.json["status"], agreed.json["consent"]["means"]) == (200, "committed", "token")
    assert outcome(portal, order).refunded == "48.00"


def test_what_was_only_reserved_is_released_and_nothing_is_refunded(portal: Portal) -> None:
    order = paid_by(portal, "card", "sandbox", "authorised")

    change = portal.cancels(order).json

    assert (amount(change["plan"]["terms"]["released"]), change["refunds"]) == ("48.00", [])
    done = portal.becomes(change, "completed")
    ledger = portal.ledger(order)
    assert ([amount(row["amount"]) for row in ledger["releases"]], ledger["refunds"]) == (["48.00"], [])
    assert [(row["status"], amount(row["keep"])) for row in done["releases"]] == [("settled", "0.00")]
    assert amount(portal.reads(order.path)["payments"][0]["authorised"]) == "0.00"


def test_a_bank_transfer_is_paid_back_by_people_and_their_word_completes_the_change(portal: Portal) -> None:
    order = paid_by(portal, "bank_transfer", "bank_transfer", "captured")
    change = portal.cancels(order).json

    def left_to_people() -> Json | None:
        now = portal.change(change)
        alone = departments(now) == all_of("done", "warehouse", "billing")
        return now if alone and now["refunds"][0]["status"] == "pending" else None

    now = eventually(left_to_people, "only the transfer is left")
    assert now is not None
    (refund,) = now["refunds"]
    assert (now["status"], [refund["refund_id"] in wait["words"] for wait in now["waits"]]) == ("committed", [True])
    path = f"/changes/{change['change_id']}/refunds/{refund['refund_id']}/settlements"
    by_agent, paid, again, other = (
        portal.service.http("POST", path, {"reference": reference}, user)
        for user, reference in [
            ("agent", "SEPA-1"),
            ("finance", "SEPA-1"),
            ("finance", "SEPA-1"),
            ("finance", "SEPA-2"),
        ]
    )

    assert (by_agent.problem, paid.status, paid.json["status"]) == ("forbidden", 200, "completed")
    assert (again.status, again.json, other.problem) == (200, paid.json, "refund-settled")
    assert [(row["status"], row["reference"]) for row in paid.json["refunds"]] == [("settled", "SEPA-1")]
    totals = portal.reads(order.path)["totals"]
    assert (amount(totals["refunded"]), portal.refunds(order)) == ("48.00", [])


def test_a_refund_that_is_declined_calls_an_operator_who_ends_it(portal: Portal, order: Placed) -> None:
    portal.gateway_will("decline")
    change = portal.cancels(order).json

    fallen = portal.becomes(change, "fallout")

    assert waiting(fallen)[-1] == "operator"
    assert fallen["refunds"][0]["refund_id"] in fallen["waits"][-1]["words"]
    assert (fallen["refunds"][0]["status"], portal.reads(order.path)["status"]) == ("failed", "cancelled")
    path = f"/changes/{change['change_id']}/resolutions"
    body = {"outcome": "completed", "note": "paid by hand, transfer 4711"}
    refused = portal.service.http("POST", path, body, "agent")
    resolved = portal.service.http("POST", path, body, "operator")
    assert (refused.problem, resolved.status, resolved.json["status"]) == ("forbidden", 200, "completed")
    assert resolved.json["waits"] == []
    assert resolved.json["timeline"][-1]["note"] == body["note"]
    assert amount(portal.reads(order.path)["totals"]["refunded"]) == "48.00"
    assert portal.log(order)["items"][-1]["action"] == "fallout_completed"


# ------------------------------------------------------------------------------------------------- with a letter's link


@pytest.fixture
def part(portal: Portal, order: Placed) -> Json:
    """An agent cancels one of the four units: the customer must agree."""
    change: Json = portal.cancels(order, units(1), user="agent").json
    return change


def test_a_customer_who_follows_the_link_and_agrees_gets_the_money_and_word_of_it(
    service: Service, portal: Portal, order: Placed, part: Json
) -> None:
    assert (part["status"], part["waiting_for"], waiting(part)) == ("pending_confirmation", "customer", ["customer"])
    assert departments(part) == all_of("not_told", "warehouse", "billing")
    versions = {n: portal.reads(f"{order.path}/versions/{n}")["status"] for n in (1, 2)}
    assert versions == {1: "being_cancelled", 2: "pending_cancellation"}
    link = portal.link(order)
    before = portal.everything(order)
    shown = [service.http("GET", link) for _ in range(2)]
    assert [(reply.status, reply.json["waiting"], amount(reply.json["terms"]["refund"])) for reply in shown] == [
        (200, True, "12.00")
    ] * 2
    assert portal.everything(order) == before

    said = portal.says(link, digest=shown[0].json["digest"], order_id=order.order_id)

    assert (said.status, said.json["status"], said.json["waiting"]) == (200, "committed", False)
    done = portal.becomes(part, "completed")
    assert how_it_ended(service, f"{part['change_id']}-1", CONFIRMATION) == ("SUCCEEDED", "Confirmed")
    assert (done["consent"]["means"], done["consent"]["by"]) == ("link", "cus-1")
    assert [refund["amount"]["amount"] for refund in portal.refunds(order)] == ["12.00"]
    _, told = portal.letters(order, 2)
    assert told["subject"].startswith("Your refund of 12.00 USD")
    assert order.order_id in told["text"]
    assert f"Credit memo: {MEMO_NUMBER.format(order_id=order.order_id, version=2)}" in told["text"]
    wanted = {
        "warehouse": ["OrderLinesCancelled"],
        "billing": ["OrderLinesCancelled"],
        "logistics": [],
    }
    assert portal.delivered(order, wanted) == wanted


def test_a_customer_who_declines_keeps_the_order_as_it_was(
    service: Service, portal: Portal, order: Placed, part: Json
) -> None:
    link = portal.link(order)

    said = portal.says(link, "decline")

    assert (said.status, said.json["status"]) == (200, "declined")
    assert how_it_ended(service, f"{part['change_id']}-1", CONFIRMATION) == ("SUCCEEDED", "Declined")
    assert portal.reads(order.path) == order.body
    assert (portal.etag(order), portal.stock(order.sku), portal.refunds(order)) == (order.etag, (20, 16, 0, 4), [])
    assert (waiting(portal.change(part)), departments(portal.change(part))) == (
        [],
        all_of("not_told", "warehouse", "billing"),
    )


def test_a_cancellation_that_waits_is_withdrawn_and_its_link_answers_no_more(
    service: Service, portal: Portal, subscriber: Subscriber, order: Placed, part: Json
) -> None:
    link = portal.link(order)

    withdrawn = portal.withdraws(part, order.etag)

    assert (withdrawn.status, withdrawn.json["status"], withdrawn.etag) == (200, "withdrawn", order.etag)
    assert how_it_ended(service, f"{part['change_id']}-1", CONFIRMATION) == ("SUCCEEDED", "Closed")
    assert portal.says(link).problem == "link-used"
    assert (portal.reads(order.path), portal.stock(order.sku)) == (order.body, (20, 16, 0, 4))
    types = [event["detail-type"] for event in subscriber.hears(order.order_id, "CancellationWithdrawn")]
    assert types == ["OrderReceived", "CancellationRequested", "ConfirmationRequested", "CancellationWithdrawn"]
    assert portal.cancels(order).status == 201


def test_a_large_part_is_approved_first_then_agreed_to_and_each_stage_shows_who_is_waited_for(
    service: Service, portal: Portal
) -> None:
    sku = portal.a_sku(on_hand=10)
    order = portal.places(a_line(sku=sku, quantity=3, price="400.00"), paid="1440.00")

    asked = portal.cancels(order, units(2), user="agent").json
    approved = portal.decides(asked, "approve").json
    link = portal.link(order)
    portal.says(link)
    done = portal.becomes(asked, "completed")

    stages = [(each["status"], waiting(each), set(departments(each).values())) for each in (asked, approved, done)]
    assert stages == [
        ("pending_approval", ["manager"], {"not_told"}),
        ("pending_confirmation", ["customer"], {"not_told"}),
        ("completed", [], {"done"}),
    ]
    assert all("deadline" in wait for each in (asked, approved) for wait in each["waits"])
    assert how_it_ended(service, f"{asked['change_id']}-1") == ("SUCCEEDED", "Approved")
    assert how_it_ended(service, f"{asked['change_id']}-2", CONFIRMATION) == ("SUCCEEDED", "Confirmed")
    after = outcome(portal, order)
    assert (after.version, after.quantity, after.total, after.refunded) == (2, 1, "480.00", "960.00")


# ----------------------------------------------------------------------------------------------------- what has left


@pytest.fixture
def shipped(portal: Portal, order: Placed) -> Placed:
    portal.ships(order, 4, tracking="1Z-9")
    return order


def intercepted(portal: Portal, shipped: Placed) -> Json:
    """A whole order on its way, which logistics has been asked to stop."""
    change: Json = portal.cancels(shipped, user="agent", etag=portal.etag(shipped), exception="intercept").json
    assert (change["status"], change["waiting_for"], waiting(change)) == (
        "pending_confirmation",
        "logistics",
        ["carrier"],
    )
    eventually(lambda: portal.heard(shipped)["logistics"], "logistics hears of it")
    (asked,) = portal.heard(shipped)["logistics"]
    assert (asked["metadata"]["type"], asked["data"]["party"]) == ("ConfirmationRequested", "carrier")
    assert [(row["quantity"], row["tracking"]) for row in asked["data"]["cancelled"]] == [(4, ["1Z-9"])]
    inbox = portal.reads("/changes?waiting_for=logistics")["items"]
    assert change["change_id"] in [item["change_id"] for item in inbox]
    return change


def test_a_parcel_that_the_carrier_stops_is_cancelled_with_a_restocking_fee(portal: Portal, shipped: Placed) -> None:
    change = intercepted(portal, shipped)

    reply = portal.acknowledges(change, "logistics", note="stopped in Leipzig")

    assert (reply.status, reply.json["status"]) == (200, "committed")
    assert departments(reply.json) == all_of("waiting", "warehouse", "billing") | {"logistics": "done"}
    done = portal.becomes(change, "completed")
    assert [(fee["code"], amount(fee["amount"])) for fee in done["plan"]["fees"]] == [("restocking", "4.80")]
    eventually(lambda: "OrderCancelled" in portal.deliveries(shipped)["logistics"], "logistics hears of the end")
    assert portal.deliveries(shipped)["logistics"] == ["ConfirmationRequested", "OrderCancelled"]
    after = outcome(portal, shipped)
    assert (after.status, after.total, after.refunded, after.stock) == ("cancelled", "4.80", "43.20", (16, 16, 0, 0))
    portal.ships(shipped, 4, "returned")
    assert portal.stock(shipped.sku) == (20, 20, 0, 0)


def test_a_parcel_that_cannot_be_stopped_leaves_the_order_as_it_is(portal: Portal, shipped: Placed) -> None:
    before = portal.everything(shipped)
    change = intercepted(portal, shipped)

    reply = portal.acknowledges(change, "logistics", "failed", note="it is at the door")

    assert (reply.status, reply.json["status"], reply.json["waits"]) == (200, "failed", [])
    assert reply.json["timeline"][-1]["note"] == "it is at the door"
    after = portal.everything(shipped)
    assert but_for(after, "log", "changes") == but_for(before, "log", "changes")


def test_a_return_of_what_has_arrived_needs_an_approval_and_costs_a_fee(portal: Portal, shipped: Placed) -> None:
    portal.ships(shipped, 4, "delivered")

    change = portal.cancels(shipped, units(1), etag=portal.etag(shipped), exception="return").json

    assert (change["status"], waiting(change)) == ("pending_approval", ["manager"])
    approved = portal.decides(change, "approve").json
    assert (approved["status"], amount(approved["refunds"][0]["amount"])) == ("committed", "10.20")
    done = portal.becomes(change, "completed")
    assert [(fee["rule"], amount(fee["amount"])) for fee in done["plan"]["fees"]] == [("returned", "1.80")]
    assert set(departments(done)) == {"warehouse", "billing", "logistics"}
    after = outcome(portal, shipped)
    assert (after.total, after.refunded, after.stock) == ("37.80", "10.20", (16, 16, 0, 0))
    portal.ships(shipped, 1, "returned")
    assert portal.stock(shipped.sku) == (17, 17, 0, 0)


def test_goodwill_is_approved_and_takes_nothing_from_the_customer(portal: Portal, shipped: Placed) -> None:
    portal.ships(shipped, 4, "delivered")
    asked: dict[str, Any] = {"reason": "goodwill", "goodwill": {"amount": usd("5.00")}}

    change = portal.cancels(shipped, user="agent", etag=portal.etag(shipped), **asked).json

    assert (change["status"], waiting(change), departments(change)) == (
        "pending_approval",
        ["manager"],
        all_of("not_told", "billing"),
    )
    approved = portal.decides(change, "approve").json
    assert (approved["status"], amount(approved["plan"]["terms"]["credit"])) == ("committed", "5.00")
    portal.becomes(change, "completed")
    after = outcome(portal, shipped)
    assert (after.status, after.quantity, after.total, after.refunded) == ("fulfilled", 4, "43.00", "5.00")
    memo = MEMO_NUMBER.format(order_id=shipped.order_id, version=2)
    assert f"Credit memo: {memo}" in portal.letters(shipped)[0]["text"]


# -------------------------------------------------------------------------------------------------------- afterwards


def test_what_was_cancelled_comes_back_as_a_change_of_its_own(portal: Portal, order: Placed) -> None:
    change = portal.cancels(order).json
    portal.becomes(change, "completed")
    undo = f"{order.amendments}/{change['change_id']}/undo"
    plan = portal.service.http("POST", f"{undo}?dry_run=true", {}, "agent").json
    assert (amount(plan["amount_due"]), plan["stock"]) == ("48.00", [{"sku": order.sku, "delta": -4}])

    reply = portal.goes_on(change, "undo", portal.etag(order), digest=plan["digest"])

    assert (reply.status, reply.json["status"], reply.json["undoes"]) == (201, "committed", change["change_id"])
    assert portal.change(change)["status"] == "completed"
    after = outcome(portal, order)
    assert (after.status, after.version, after.total, after.refunded) == ("pending", 3, "48.00", "48.00")
    assert after.stock == (20, 16, 0, 4)


def test_cancellations_are_found_by_reason_and_period(portal: Portal, order: Placed) -> None:
    change_id = portal.cancels(order, user="agent", reason="fraud").json["change_id"]
    now = datetime.now(UTC)
    hour_ago, in_an_hour = ((now + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ") for hours in (-1, 1))

    def found(query: str) -> bool:
        items = portal.reads(f"/changes?limit=100&order_id={order.order_id}&{query}")["items"]
        return [item["change_id"] for item in items] == [change_id]

    assert found(f"reason_code=fraud&created_from={hour_ago}")
    assert found(f"reason_code=fraud&kind=cancellation&created_from={hour_ago}&created_to={in_an_hour}")
    assert not found(f"reason_code=fraud&created_from={in_an_hour}")
    assert not found(f"reason_code=goodwill&created_from={hour_ago}")
    everywhere = portal.reads(f"/changes?reason_code=fraud&created_from={hour_ago}&limit=100")["items"]
    assert change_id in [item["change_id"] for item in everywhere]
    assert {item["reason_code"] for item in everywhere} == {"fraud"}
