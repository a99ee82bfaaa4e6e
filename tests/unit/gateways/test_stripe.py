"""Stripe's adapter at the SDK's transport: what is sent, what is made of the answers, and what is never sent."""

import json
import logging
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe

from shared.adapters.gateways.stripe.gateway import PATIENCE, StripeGateway, client_of
from shared.ports.gateways import GatewayDeclined, GatewayRefund, GatewayUnavailable, GatewayUnknown
from tests.unit.gateways.orders import a_refund, a_release

Json = dict[str, Any]
OURS = {"inflight_key": "ref_0a", "inflight_change": "chg_0c", "inflight_order": "ord_0b"}
FORM = "application/x-www-form-urlencoded"


def refund_there(status: str = "succeeded", amount: int = 1080, **more: Any) -> Json:
    return {"object": "refund", "id": "re_1", "status": status, "amount": amount, "metadata": OURS} | more


def listed(*refunds: Json) -> tuple[int, Json]:
    return 200, {"object": "list", "url": "/v1/refunds", "has_more": False, "data": list(refunds)}


def refused(status: int, type_: str = "invalid_request_error", code: str | None = None) -> tuple[int, Json]:
    return status, {"error": {"type": type_, "code": code, "message": "No."}}


@dataclass
class Sent:
    method: str
    path: str
    values: dict[str, list[str]]
    key: str | None


@dataclass
class Transport(stripe.HTTPClient):
    """Answers in turn, and remembers what it was asked; an exception is raised in place of an answer."""

    answers: list[tuple[int, Json] | Exception] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    name = "recorded"

    def __post_init__(self) -> None:
        super().__init__()

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **_: Any) -> Any:
        parts = urlsplit(url)
        self.sent.append(Sent(method, parts.path, parse_qs(post_data or parts.query), headers.get("Idempotency-Key")))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return json.dumps(answer[1]), answer[0], {"Content-Type": "application/json"}


def gateway(*answers: tuple[int, Json] | Exception) -> tuple[StripeGateway, Transport]:
    transport = Transport(list(answers))
    client = stripe.StripeClient("sk_test_0", http_client=transport, max_network_retries=0)
    return StripeGateway(lambda: client), transport


def test_a_refund_is_asked_for_under_our_key_after_looking_for_it() -> None:
    there, transport = gateway(listed(), (200, refund_there()))
    assert there.refund(a_refund()) == GatewayRefund(reference="re_1")
    look, ask = transport.sent
    assert (look.method, look.path, look.values["payment_intent"]) == ("get", "/v1/refunds", ["pi_1"])
    assert (ask.method, ask.path, ask.key) == ("post", "/v1/refunds", "ref_0a")
    assert ask.values == {
        "payment_intent": ["pi_1"],
        "amount": ["1080"],
        **{f"metadata[{name}]": [value] for name, value in OURS.items()},
    }


@pytest.mark.parametrize("reference", ["ch_1", "py_1"])
def test_a_payment_may_be_known_by_its_charge(reference: str) -> None:
    there, transport = gateway(listed(), (200, refund_there()))
    there.refund(a_refund(reference=reference))
    assert [sent.values["charge"] for sent in transport.sent] == [[reference], [reference]]


@pytest.mark.parametrize("reference", [None, "", "W-1001"])
def test_a_payment_that_stripe_does_not_know_is_declined_unsent(reference: str | None) -> None:
    there, transport = gateway()
    with pytest.raises(GatewayDeclined, match="no reference of Stripe's"):
        there.refund(a_refund(reference=reference))
    assert transport.sent == []


def test_a_refund_that_has_our_key_already_is_not_asked_for_again() -> None:
    there, transport = gateway(listed(refund_there()))
    assert there.refund(a_refund()) == GatewayRefund(reference="re_1")
    assert [sent.method for sent in transport.sent] == ["get"]


@pytest.mark.parametrize("status", ["pending", "requires_action"])
def test_a_refund_that_takes_its_time_is_pending(status: str) -> None:
    there, _ = gateway(listed(), (200, refund_there(status)))
    assert there.refund(a_refund()).status == "pending"


def test_what_became_of_a_refund_is_found_by_our_key_among_others() -> None:
    there, _ = gateway(listed(refund_there(id="re_0", metadata={}), refund_there("pending")), listed())
    assert there.find(a_refund()) == GatewayRefund(reference="re_1", status="pending")
    assert there.find(a_refund()) is None


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_refund_that_failed_there_is_told_with_its_reason(status: str) -> None:
    there, _ = gateway(listed(refund_there(status, failure_reason="lost_or_stolen_card")))
    with pytest.raises(GatewayDeclined, match="lost_or_stolen_card"):
        there.find(a_refund())


def test_refunds_of_a_payment_never_exceed_what_was_captured_whoever_made_them() -> None:
    by_hand = refund_there(id="re_0", amount=2161, metadata={})
    there, transport = gateway(listed(by_hand))
    with pytest.raises(GatewayDeclined, match="given back more"):
        there.refund(a_refund())
    assert [sent.method for sent in transport.sent] == ["get"]


def test_refunds_that_failed_count_for_nothing() -> None:
    failed = refund_there("failed", id="re_0", amount=3240, metadata={})
    there, transport = gateway(listed(failed), (200, refund_there()))
    there.refund(a_refund())
    assert [sent.method for sent in transport.sent] == ["get", "post"]


@pytest.mark.parametrize(
    ("trouble", "meaning"),
    [
        (stripe.APIConnectionError("reset"), GatewayUnknown),
        (refused(500, "api_error"), GatewayUnknown),
        (refused(503, "api_error"), GatewayUnknown),
        (refused(409, code="idempotency_key_in_use"), GatewayUnknown),
        (refused(429, code="rate_limit"), GatewayUnavailable),
        (refused(402, "card_error", "expired_card"), GatewayDeclined),
        (refused(400, code="charge_already_refunded"), GatewayDeclined),
        (refused(401), GatewayDeclined),
        (refused(403), GatewayDeclined),
        (refused(404, code="resource_missing"), GatewayDeclined),
    ],
)
def test_trouble_while_paying_is_unknown_unless_stripe_surely_did_nothing(
    trouble: tuple[int, Json] | Exception, meaning: type[Exception]
) -> None:
    there, _ = gateway(listed(), trouble)
    with pytest.raises(meaning):
        there.refund(a_refund())


@pytest.mark.parametrize(
    ("trouble", "meaning"),
    [
        (stripe.APIConnectionError("reset"), GatewayUnavailable),
        (refused(500, "api_error"), GatewayUnavailable),
        (refused(429, code="rate_limit"), GatewayUnavailable),
        (refused(400, code="parameter_invalid"), GatewayUnavailable),
        (refused(401), GatewayUnavailable),
        (refused(403), GatewayUnavailable),
        (refused(404, code="resource_missing"), GatewayUnavailable),
    ],
)
def test_trouble_while_looking_has_done_nothing_and_answers_nothing(
    trouble: tuple[int, Json] | Exception, meaning: type[Exception]
) -> None:
    for asked in ("find", "refund"):
        there, transport = gateway(trouble)
        with pytest.raises(meaning):
            getattr(there, asked)(a_refund())
        assert [sent.method for sent in transport.sent] == ["get"]


def test_a_refund_that_was_made_counts_before_one_of_the_same_key_that_failed() -> None:
    there, _ = gateway(listed(refund_there(status="failed"), refund_there(id="re_2")))
    found = there.find(a_refund())
    assert found is not None
    assert (found.reference, found.status) == ("re_2", "settled")


@pytest.mark.parametrize("status", ["on_the_moon", None])
def test_a_status_that_nobody_knows_is_unknown(status: str | None) -> None:
    there, _ = gateway(listed(refund_there(status=status)))
    with pytest.raises(GatewayUnknown):
        there.find(a_refund())


def test_an_operator_reads_why_stripe_refused() -> None:
    there, _ = gateway(listed(), refused(400, code="charge_disputed"))
    with pytest.raises(GatewayDeclined, match=r"charge_disputed.*No\."):
        there.refund(a_refund())


def test_a_void_cancels_the_intent_once() -> None:
    there, transport = gateway((200, {"object": "payment_intent", "id": "pi_1", "status": "canceled"}))
    assert there.release(a_release(keep=0)) == GatewayRefund(reference="pi_1")
    (sent,) = transport.sent
    assert (sent.method, sent.path, sent.key) == ("post", "/v1/payment_intents/pi_1/cancel", "ref_0a")


@pytest.mark.parametrize(("status", "found"), [("canceled", True), ("requires_capture", False)])
def test_a_void_is_found_by_the_intents_status(status: str, found: bool) -> None:
    there, _ = gateway((200, {"object": "payment_intent", "id": "pi_1", "status": status}))
    assert (there.find(a_release(keep=0)) is not None) == found


def test_a_mere_reduction_needs_no_call_for_less_will_be_captured() -> None:
    there, transport = gateway()
    assert there.find(a_release(keep=500)) == there.release(a_release(keep=500)) == GatewayRefund(reference="pi_1")
    assert transport.sent == []


def test_only_an_intent_can_be_voided_from_here() -> None:
    there, _ = gateway()
    with pytest.raises(GatewayDeclined, match="dashboard"):
        there.release(a_release(keep=0, reference="ch_1"))


@pytest.mark.parametrize(("currency", "sent"), [("USD", "1080"), ("JPY", "1080"), ("KWD", "1080"), ("ISK", "108000")])
def test_amounts_are_sent_in_stripes_units(currency: str, sent: str) -> None:
    there, transport = gateway(listed(), (200, refund_there()))
    there.refund(a_refund(currency=currency))
    assert transport.sent[1].values["amount"] == [sent]


def test_the_sdk_neither_repeats_nor_logs_bodies() -> None:
    client = client_of("sk_test_1")
    assert client is client_of("sk_test_1")
    assert client._requestor._options.max_network_retries == 0
    assert not logging.getLogger("stripe").isEnabledFor(logging.INFO)
    assert 3 * PATIENCE < 15
