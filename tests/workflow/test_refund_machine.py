"""The refund machine, executed against a gateway in every mood: paid exactly once, or handed to a person."""

import pytest

from shared.ports.gateways import GatewayDeclined, GatewayUnavailable, GatewayUnknown
from tests.fakes.builders import AGENT
from tests.support.cloud import Cloud
from tests.workflow.stories import Json, amended, live, now, placed

MACHINE = "RefundMachine"


@pytest.fixture
def order(cloud: Cloud) -> Json:
    return placed(cloud)


def settled(cloud: Cloud, order: Json) -> tuple[Json, str]:
    """Drop one unit of 400.00 and let everything happen; the change as it is then, and its refund's id."""
    change = amended(cloud, order, 2)
    cloud.settle()
    return now(cloud, change), change["refunds"][0]["refund_id"]


def paid(cloud: Cloud) -> list[int]:
    return [payment.amount for payment in cloud.gateway.payments]


def attempts(cloud: Cloud, step: str) -> int:
    return len([event for function, event in cloud.calls if function == "RefundFunction" and event["step"] == step])


def test_a_refund_is_paid_once_settled_and_its_change_completed(cloud: Cloud, order: Json) -> None:
    change, refund_id = settled(cloud, order)

    assert cloud.ended(MACHINE, refund_id) == ("SUCCEEDED", "Settled")
    assert paid(cloud) == [40_000]
    assert (change["status"], change["refunds"][0]["status"]) == ("completed", "settled")
    assert live(cloud, order)["totals"]["refunded"]["amount"] == "400.00"


def test_a_gateway_that_is_away_is_asked_again_until_it_pays(cloud: Cloud, order: Json) -> None:
    cloud.gateway.troubles = [("before", GatewayUnavailable()), ("before", GatewayUnavailable())]

    change, refund_id = settled(cloud, order)

    assert cloud.ended(MACHINE, refund_id) == ("SUCCEEDED", "Settled")
    assert (attempts(cloud, "pay"), paid(cloud), change["status"]) == (3, [40_000], "completed")
    first, second = cloud.waits
    assert 0 <= first <= 1
    assert 0 <= second <= 2


def test_a_gateway_that_paid_without_answering_is_not_made_to_pay_twice(cloud: Cloud, order: Json) -> None:
    cloud.gateway.troubles = [("after", GatewayUnknown())]

    change, refund_id = settled(cloud, order)

    assert cloud.ended(MACHINE, refund_id) == ("SUCCEEDED", "Settled")
    assert (attempts(cloud, "pay"), paid(cloud)) == (2, [40_000])
    assert (change["status"], change["refunds"][0]["reference"]) == ("completed", f"gw-{refund_id}")


def test_a_gateway_that_said_no_is_not_asked_again_and_a_person_is_told(cloud: Cloud, order: Json) -> None:
    cloud.gateway.troubles = [("before", GatewayDeclined("the card is closed"))]

    change, refund_id = settled(cloud, order)

    assert cloud.ended(MACHINE, refund_id) == ("FAILED", "FellOut")
    assert (attempts(cloud, "pay"), paid(cloud)) == (1, [])
    assert (change["status"], change["refunds"][0]["status"]) == ("fallout", "failed")
    (words,) = [entry["note"] for entry in change["timeline"] if refund_id in entry.get("note", "")]
    assert "GatewayDeclined: the card is closed" in words
    assert "pay it by hand" in words
    totals = live(cloud, order)["totals"]
    assert (totals["total"]["amount"], totals["refunded"]["amount"]) == ("800.00", "0.00")


def test_a_gateway_that_never_comes_back_is_given_up_and_a_person_is_told(cloud: Cloud, order: Json) -> None:
    cloud.gateway.troubles = [("before", GatewayUnavailable())] * 100

    change, refund_id = settled(cloud, order)

    assert cloud.ended(MACHINE, refund_id) == ("FAILED", "FellOut")
    assert (attempts(cloud, "pay"), paid(cloud), change["status"]) == (7, [], "fallout")
    assert change["refunds"][0]["status"] == "unknown"
    assert [event["attempt"] for _, event in cloud.calls if event.get("step") == "pay"] == list(range(7))


def test_a_lost_answer_of_a_gateway_that_is_not_reached_again_is_unknown_and_the_sweep_asks_until_it_answers(
    cloud: Cloud, order: Json
) -> None:
    cloud.gateway.troubles = [("after", GatewayUnknown())]
    cloud.gateway.meanwhile = lambda _: setattr(cloud.gateway, "away", True)

    change, refund_id = settled(cloud, order)

    assert cloud.ended(MACHINE, refund_id) == ("FAILED", "FellOut")
    assert (change["status"], change["refunds"][0]["status"]) == ("fallout", "unknown")
    assert "may have been paid: look at the gateway first" in change["waits"][-1]["words"]

    cloud.clock.passes(seconds=960)
    cloud.invoke("SweepFunction", {})
    assert cloud.ended(MACHINE, f"{refund_id}-ask-1") == ("SUCCEEDED", "Asked")
    cloud.gateway.away = False
    cloud.clock.passes(seconds=900)
    cloud.invoke("SweepFunction", {})
    assert cloud.ended(MACHINE, f"{refund_id}-ask-2") == ("SUCCEEDED", "Settled")

    after = now(cloud, change)
    assert (after["status"], after["refunds"][0]["status"], paid(cloud)) == ("completed", "settled", [40_000])
    assert live(cloud, order)["totals"]["refunded"]["amount"] == "400.00"
    assert len(cloud.letters()) == 1


def test_a_fault_of_ours_falls_out_rather_than_paying_blindly(cloud: Cloud, order: Json) -> None:
    cloud.gateway.troubles = [("before", ValueError("what we did not think of"))]

    change, refund_id = settled(cloud, order)

    assert cloud.ended(MACHINE, refund_id) == ("FAILED", "FellOut")
    assert (paid(cloud), change["status"]) == ([], "fallout")


def test_a_refund_that_fell_out_can_still_be_acknowledged_by_the_departments(cloud: Cloud, order: Json) -> None:
    cloud.gateway.troubles = [("before", GatewayDeclined())]

    change, _ = settled(cloud, order)

    acknowledged = {entry["department"] for entry in change["timeline"] if "department" in entry}
    assert acknowledged == {"warehouse", "billing"}
    assert change["status"] == "fallout"


def test_an_event_told_twice_starts_one_execution(cloud: Cloud, order: Json) -> None:
    change = amended(cloud, order, 2)
    records = {"Records": cloud.written()}

    for _ in range(2):
        assert cloud.invoke("SteerFunction", records) == {"batchItemFailures": []}
    refund_id = change["refunds"][0]["refund_id"]

    assert cloud.ended(MACHINE, refund_id) == ("SUCCEEDED", "Settled")
    assert list(cloud.executions(MACHINE)) == [refund_id]
    assert paid(cloud) == [40_000]


def test_what_the_machine_hands_on_is_ids_and_the_gateways_reference(cloud: Cloud, order: Json) -> None:
    change, refund_id = settled(cloud, order)

    pay, settle = (event for function, event in cloud.calls if function == "RefundFunction")

    ids = {
        "refund_id": refund_id,
        "change_id": change["change_id"],
        "order_id": order["order_id"],
        "payment_id": "pay-1",
    }
    assert pay == {"step": "pay", **ids, "attempt": 0}
    assert settle == {"step": "settle", **ids, "paid": {"reference": f"gw-{refund_id}", "status": "settled"}}


def test_one_unit_after_the_other_gives_back_what_dropping_both_at_once_gives(cloud: Cloud) -> None:
    order = placed(cloud, price="100.00", paid="300.00")

    for quantity in (2, 1):
        change = amended(cloud, order, quantity)
        cloud.settle()
        order["etag"] = f'"{change["committed_version"]}.0"'

    assert paid(cloud) == [10_000, 10_000]
    totals = live(cloud, order)["totals"]
    assert [totals[name]["amount"] for name in ("total", "refunded", "balance_due")] == ["100.00", "200.00", "0.00"]


def test_a_cancellation_that_gives_no_money_back_ends_with_a_letter(cloud: Cloud) -> None:
    order = placed(cloud, price="100.00", paid="0.00")
    path = f"/orders/{order['order_id']}/cancellations"
    reply = cloud.http(AGENT, "POST", path, {"reason_code": "fraud"}, if_match=order["etag"])
    assert reply.status == 201, reply.body

    cloud.settle()

    assert cloud.ended(MACHINE, f"{reply.body['change_id']}-letter") == ("SUCCEEDED", "Told")
    assert [letter["subject"] for letter in cloud.letters()] == ["We have cancelled your order W-1"]
