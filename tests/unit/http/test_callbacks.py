"""POST /callbacks/{gateway}: no token but a signature, once or often the same, and nothing told to strangers."""

import json
from typing import Any

import pytest

from shared import bootstrap
from shared.adapters.gateways.adyen.callbacks import AdyenCallbacks
from shared.adapters.gateways.common.signatures import REPLAY_WINDOW, signature_of
from shared.adapters.gateways.sandbox.callbacks import SandboxCallbacks
from shared.domain.change.change import Change
from shared.http.door.call import MAX_BODY
from tests.fakes import World
from tests.fakes.world import NOW
from tests.unit.functions.stories import FEWER, a_paid_order, accepted
from tests.unit.http.client import Client, Reply

SECRET = "sandbox-secret"


@pytest.fixture(autouse=True)
def readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "callback_readers", lambda: {"sandbox": SandboxCallbacks(SECRET)})


@pytest.fixture
def change(world: World) -> Change:
    return accepted(world, a_paid_order(world), FEWER)


def body_of(change: Change, **values: Any) -> str:
    said = {
        "order_id": change.order_id,
        "change_id": change.change_id,
        "idempotency_key": change.refunds[0].refund_id,
        "refund_reference": "sandbox-1",
        "amount": {"amount": "12.00", "currency": "USD"},
        "outcome": "settled",
    }
    return json.dumps(said | values)


def sent(body: str, *, gateway: str = "sandbox", late: int = 0, secret: str = SECRET) -> Reply:
    stamp = str(int(NOW.timestamp()) - late)
    signature = f"t={stamp},v1={signature_of(body.encode(), stamp, secret)}"
    return Client(None).post(f"/callbacks/{gateway}", body, inflight_signature=signature)


def status(world: World, change: Change) -> str:
    return world.memory.changes[change.change_id].refunds[0].status


def test_a_signed_report_is_taken_without_a_token(world: World, change: Change) -> None:
    reply = sent(body_of(change))
    assert (reply.status, reply.body) == (200, {"taken": 1})
    assert status(world, change) == "settled"


def test_a_report_twice_is_answered_the_same_and_changes_nothing(world: World, change: Change) -> None:
    first, entries = sent(body_of(change)), len(world.memory.entries[change.order_id])
    second = sent(body_of(change))
    assert (second.status, second.body) == (first.status, first.body) == (200, {"taken": 1})
    assert len(world.memory.entries[change.order_id]) == entries
    assert world.memory.orders[change.order_id].payments[0].refunded == change.refunds[0].amount


@pytest.mark.parametrize(
    "amount",
    [
        None,
        "12.00",
        12,
        [],
        {},
        {"amount": "12.00"},
        {"amount": 12, "currency": "USD"},
        {"amount": "12.000", "currency": "USD"},
        {"amount": "1e1", "currency": "USD"},
        {"amount": "12.00", "currency": "EUR"},
        {"amount": "12.00", "currency": "???"},
        {"amount": "-12.00", "currency": "USD"},
    ],
)
def test_a_signed_report_of_another_or_no_readable_amount_settles_nothing_and_calls_a_person(
    world: World, change: Change, amount: Any
) -> None:
    reply = sent(body_of(change, amount=amount))
    assert (reply.status, reply.body, status(world, change)) == (200, {"taken": 1}, "requested")
    fallen = world.memory.changes[change.change_id]
    assert (fallen.status, "nothing is booked" in (fallen.timeline[-1].note or "")) == ("fallout", True)
    assert world.memory.orders[change.order_id].payments[0].refunded == 0


def test_a_report_with_the_wrong_signature_is_refused_and_nothing_happens(world: World, change: Change) -> None:
    for reply in (sent(body_of(change), secret="guessed"), Client(None).post("/callbacks/sandbox", body_of(change))):
        assert (reply.status, reply.code) == (401, "bad-signature")
    assert status(world, change) == "requested"


@pytest.mark.parametrize(
    "values",
    [
        {"merchantReference": "\ud800", "additionalData": {"hmacSignature": "x"}},
        {"additionalData": {"hmacSignature": "\ud800"}},
    ],
)
def test_half_a_surrogate_pair_is_no_signature_and_signs_nothing(
    values: dict[str, Any], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "callback_readers", lambda: {"adyen": AdyenCallbacks(lambda: "44" * 32)})
    body = json.dumps({"notificationItems": [{"NotificationRequestItem": values}]})
    reply = Client(None).post("/callbacks/adyen", body)
    assert (reply.status, reply.code) == (401, "bad-signature")


def test_a_report_caught_and_sent_again_after_the_replay_window_is_refused(world: World, change: Change) -> None:
    reply = sent(body_of(change), late=REPLAY_WINDOW + 1)
    assert (reply.status, reply.code) == (401, "bad-signature")
    assert sent(body_of(change), late=REPLAY_WINDOW).status == 200


def test_a_report_of_an_unknown_refund_is_not_found(world: World, change: Change) -> None:
    for values in ({"idempotency_key": "ref_x"}, {"change_id": "chg_x"}, {"order_id": "ord_x"}):
        reply = sent(body_of(change, **values))
        assert (reply.status, reply.code) == (404, "refund-not-found")


def test_a_gateway_that_is_not_connected_is_not_found(world: World, change: Change) -> None:
    reply = sent(body_of(change), gateway="paypal")
    assert (reply.status, reply.code) == (404, "unknown-gateway")


@pytest.mark.parametrize(("body", "expected"), [("{", (400, "malformed-json")), ("[]", (422, "malformed-payload"))])
def test_a_signed_body_without_sense_is_refused(world: World, body: str, expected: tuple[int, str]) -> None:
    reply = sent(body)
    assert (reply.status, reply.code) == expected


def test_a_report_is_no_larger_than_any_request(world: World) -> None:
    reply = sent("x" * (MAX_BODY + 1))
    assert (reply.status, reply.code) == (413, "body-too-large")


def test_a_failure_is_taken_and_calls_a_person(world: World, change: Change) -> None:
    assert sent(body_of(change, outcome="failed", detail="account closed")).status == 200
    after = world.memory.changes[change.change_id]
    assert (after.status.value, after.refunds[0].status) == ("fallout", "failed")
    assert "account closed" in (after.timeline[-1].note or "")
