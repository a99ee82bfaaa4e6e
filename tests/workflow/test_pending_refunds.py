"""Refunds that a gateway takes and reports on later: whenever the report comes, the money is booked once."""

import json

import pytest

from shared.adapters.gateways.common.signatures import signature_of
from shared.ports.gateways import GatewayUnavailable, RefundOrder
from tests.support.cloud import SETTLEMENT_SECONDS, Cloud
from tests.unit.http.client import Reply
from tests.workflow.stories import Json, amended, live, now, placed
from tests.workflow.test_refund_machine import MACHINE, attempts, paid

SECRET = "SandboxCallbackSecret"  # the name of the template's parameter stands for its value


def reported(cloud: Cloud, change: Json, outcome: str = "settled") -> Reply:
    """The gateway's callback over the API."""
    body = json.dumps(
        {
            "order_id": change["order_id"],
            "change_id": change["change_id"],
            "idempotency_key": change["refunds"][0]["refund_id"],
            "refund_reference": f"gw-{change['refunds'][0]['refund_id']}",
            "amount": {"amount": "400.00", "currency": "USD"},
            "outcome": outcome,
        }
    )
    stamp = str(int(cloud.clock.now().timestamp()))
    signature = f"t={stamp},v1={signature_of(body.encode(), stamp, SECRET)}"
    return cloud.http(None, "POST", "/callbacks/sandbox", body, inflight_signature=signature)


def pending(cloud: Cloud, order: Json) -> Json:
    """The change whose refund of 400.00 waits for the gateway's report."""
    cloud.gateway.pending = True
    change = amended(cloud, order, 2)
    cloud.settle()
    return change


def refund_id(change: Json) -> str:
    return str(change["refunds"][0]["refund_id"])


def test_a_pending_refund_waits_for_the_report_then_settles_and_completes(cloud: Cloud) -> None:
    order = placed(cloud)
    change = pending(cloud, order)
    assert now(cloud, change)["refunds"][0]["status"] == "pending"
    assert cloud.executions(MACHINE) == {refund_id(change): "RUNNING"}
    assert live(cloud, order)["totals"]["refunded"]["amount"] == "0.00"

    assert reported(cloud, change).body == {"taken": 1}
    cloud.stream()

    assert cloud.ended(MACHINE, refund_id(change)) == ("SUCCEEDED", "Settled")
    assert cloud.states(MACHINE, refund_id(change)) == [
        "IsThereARefund",
        "Refund",
        "WhatTheGatewaySaid",
        "WaitForGateway",
        "WhatWasReported",
        "TellCustomer",
        "Settled",
    ]
    assert (attempts(cloud, "pay"), paid(cloud)) == (1, [40_000])
    after = now(cloud, change)
    assert (after["status"], after["refunds"][0]["status"]) == ("completed", "settled")
    assert live(cloud, order)["totals"]["refunded"]["amount"] == "400.00"


def test_a_report_twice_settles_once(cloud: Cloud) -> None:
    order = placed(cloud)
    change = pending(cloud, order)
    assert reported(cloud, change).body == reported(cloud, change).body == {"taken": 1}
    cloud.stream()
    cloud.ended(MACHINE, refund_id(change))
    assert reported(cloud, change).status == 200
    cloud.stream()
    assert live(cloud, order)["totals"]["refunded"]["amount"] == "400.00"


def test_a_report_before_the_reply_settles_and_the_execution_does_not_wait(cloud: Cloud) -> None:
    order = placed(cloud)
    cloud.gateway.pending = True
    change = amended(cloud, order, 2)
    replies: list[Reply] = []

    def report(_: RefundOrder) -> None:
        replies.append(reported(cloud, change))

    cloud.gateway.meanwhile = report
    cloud.settle()

    assert [reply.status for reply in replies] == [200]
    assert cloud.ended(MACHINE, refund_id(change)) == ("SUCCEEDED", "Settled")
    assert "WaitForGateway" not in cloud.states(MACHINE, refund_id(change))
    assert now(cloud, change)["status"] == "completed"
    assert live(cloud, order)["totals"]["refunded"]["amount"] == "400.00"


def test_a_reported_failure_ends_the_wait_and_calls_a_person(cloud: Cloud) -> None:
    order = placed(cloud)
    change = pending(cloud, order)
    reported(cloud, change, "failed")
    cloud.stream()
    assert cloud.ended(MACHINE, refund_id(change)) == ("FAILED", "FellOut")
    after = now(cloud, change)
    assert (after["status"], after["refunds"][0]["status"]) == ("fallout", "failed")
    assert live(cloud, order)["totals"]["refunded"]["amount"] == "0.00"


def test_a_refund_that_nobody_reports_is_looked_for_and_settled_if_it_was_made(cloud: Cloud) -> None:
    order = placed(cloud)
    change = pending(cloud, order)
    cloud.gateway.settled.add(refund_id(change))
    cloud.passes(seconds=SETTLEMENT_SECONDS)
    assert cloud.ended(MACHINE, refund_id(change)) == ("SUCCEEDED", "Settled")
    assert (attempts(cloud, "look"), paid(cloud)) == (1, [40_000])
    assert live(cloud, order)["totals"]["refunded"]["amount"] == "400.00"


def test_a_refund_that_stays_open_falls_out_unpaid_and_a_late_report_still_settles_it(cloud: Cloud) -> None:
    order = placed(cloud)
    change = pending(cloud, order)
    cloud.passes(seconds=SETTLEMENT_SECONDS)
    assert cloud.ended(MACHINE, refund_id(change)) == ("FAILED", "FellOut")
    assert (now(cloud, change)["status"], paid(cloud)) == ("fallout", [40_000])

    assert reported(cloud, change).status == 200

    after = now(cloud, change)
    assert (after["status"], after["refunds"][0]["status"]) == ("completed", "settled")
    assert live(cloud, order)["totals"]["refunded"]["amount"] == "400.00"


def test_a_gateway_that_cannot_be_asked_once_more_leaves_it_to_a_person(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = pending(cloud, placed(cloud))

    def away(_: RefundOrder) -> None:
        raise GatewayUnavailable

    monkeypatch.setattr(cloud.gateway, "find", away)
    cloud.passes(seconds=SETTLEMENT_SECONDS)
    assert cloud.ended(MACHINE, refund_id(change)) == ("FAILED", "FellOut")
    assert (attempts(cloud, "look"), now(cloud, change)["status"]) == (7, "fallout")


def test_a_letter_that_cannot_be_sent_holds_no_refund_back(cloud: Cloud) -> None:
    order = placed(cloud)
    change = amended(cloud, order, 2)
    cloud.aws("sesv2").delete_email_identity(EmailIdentity="orders@inflight.example")
    cloud.settle()
    assert cloud.ended(MACHINE, refund_id(change)) == ("SUCCEEDED", "Settled")
    assert len([event for function, event in cloud.calls if function == "MailFunction"]) == 1 + 20
    assert (cloud.letters(), now(cloud, change)["status"]) == ([], "completed")


def test_a_wait_that_could_not_begin_begins_again(cloud: Cloud) -> None:
    order = placed(cloud)
    cloud.gateway.pending = True
    change = amended(cloud, order, 2)
    cloud.settle()
    (wait,) = [event for _, event in cloud.calls if event.get("step") == "wait"]
    cloud.invoke("RefundFunction", wait)
    reported(cloud, change)
    cloud.stream()
    assert cloud.ended(MACHINE, refund_id(change)) == ("SUCCEEDED", "Settled")
