"""What gateways report: only with their signature, only for a while, and only what ends a refund of ours."""

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import stripe
from Adyen import util as adyen_util

from shared.adapters.gateways.adyen.callbacks import AdyenCallbacks, signature_of
from shared.adapters.gateways.common.signatures import REPLAY_WINDOW, check_signature
from shared.adapters.gateways.sandbox.callbacks import SandboxCallbacks
from shared.adapters.gateways.stripe.callbacks import StripeCallbacks
from shared.domain.refusal import Refusal
from shared.ports.gateways import BadSignature, Callback
from tests.fakes.world import NOW

Json = dict[str, Any]
SECRET, HMAC_KEY = "whsec_0", "44" * 32
HALF_A_PAIR = "\ud800"
"""Legal in JSON, and no text that could be encoded."""
IDS = {"order_id": "ord_0b", "change_id": "chg_0c", "key": "ref_0a"}
METADATA = {"inflight_order": "ord_0b", "inflight_change": "chg_0c", "inflight_key": "ref_0a"}
STAMP = int(NOW.timestamp())


def header(body: bytes, at: int = STAMP, secret: str = SECRET) -> str:
    return f"t={at},v1={hmac.new(secret.encode(), f'{at}.'.encode() + body, sha256).hexdigest()}"


def of_stripe(event: Json, **signed: Any) -> list[Callback]:
    raw = json.dumps(event).encode()
    return list(StripeCallbacks(lambda: SECRET).read(raw, {"Stripe-Signature": header(raw, **signed)}, NOW))


def refund_event(type_: str = "refund.updated", **values: Any) -> Json:
    refund = {"object": "refund", "id": "re_1", "amount": 1080, "currency": "usd", "status": "succeeded"}
    return {"type": type_, "data": {"object": refund | {"metadata": METADATA} | values}}


def item(**values: Any) -> Json:
    """One item of Adyen's, unsigned."""
    return {
        "pspReference": "9914CD",
        "originalReference": "8835AB",
        "merchantAccountCode": "Shop",
        "merchantReference": "0b.0c.0a",
        "amount": {"value": 1080, "currency": "USD"},
        "eventCode": "REFUND",
        "success": "true",
        "reason": "",
    } | values


def of_adyen(*items: Json, key: str = HMAC_KEY) -> list[Callback]:
    signed = [{**each, "additionalData": {"hmacSignature": signature_of(each, bytes.fromhex(key))}} for each in items]
    body = {"live": "false", "notificationItems": [{"NotificationRequestItem": each} for each in signed]}
    return list(AdyenCallbacks(lambda: HMAC_KEY).read(json.dumps(body).encode(), {}, NOW))


# ------------------------------------------------------------------------------------------------- the shared signature


def test_a_signature_holds_for_the_very_bytes_it_is_over() -> None:
    check_signature(b'{"a":1}', header(b'{"a":1}'), SECRET, NOW)
    with pytest.raises(BadSignature):
        check_signature(b'{"a": 1}', header(b'{"a":1}'), SECRET, NOW)


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "v1=00",
        f"t={STAMP}",
        f"t={STAMP},v1=",
        f"t={STAMP},v1=00",
        f"t=x,{header(b'')}",
        f"t=٣,{header(b'')[2:]}",
        header(b"", secret="another"),
        header(b"").replace("v1=", "v0="),
        f"t={STAMP},{header(b'')}",
        "ü",
    ],
)
def test_without_the_right_signature_nothing_is_taken(given: str | None) -> None:
    with pytest.raises(BadSignature):
        check_signature(b"", given, SECRET, NOW)


@pytest.mark.parametrize("seconds", [-REPLAY_WINDOW, -1, 0, REPLAY_WINDOW])
def test_a_callback_is_taken_within_the_replay_window(seconds: int) -> None:
    check_signature(b"", header(b"", STAMP + seconds), SECRET, NOW)


@pytest.mark.parametrize("seconds", [-REPLAY_WINDOW - 1, REPLAY_WINDOW + 1])
def test_a_callback_caught_and_sent_again_later_is_refused(seconds: int) -> None:
    with pytest.raises(BadSignature):
        check_signature(b"", header(b"", STAMP + seconds), SECRET, NOW)


def test_while_a_secret_is_changed_either_signature_will_do() -> None:
    new = header(b"").partition(",")[2]
    check_signature(b"", f"{header(b'', secret='the old one')},{new}", SECRET, NOW)


# ------------------------------------------------------------------------------------------------------------ Stripe


def test_our_check_of_stripes_signature_takes_what_the_sdk_makes() -> None:
    raw = json.dumps(refund_event()).encode()
    signature = stripe.WebhookSignature._compute_signature(f"{STAMP}.{raw.decode()}", SECRET)
    check_signature(raw, f"t={STAMP},v1={signature},v0=ignored", SECRET, NOW)


@pytest.mark.parametrize(
    ("status", "outcome"), [("succeeded", "settled"), ("failed", "failed"), ("canceled", "failed")]
)
def test_stripes_report_of_a_refund_of_ours_is_read(status: str, outcome: str) -> None:
    assert of_stripe(refund_event(status=status)) == [
        Callback(**IDS, reference="re_1", outcome=outcome, amount=1080, currency="USD")  # type: ignore[arg-type]
    ]


def test_stripes_reason_for_a_failure_is_told() -> None:
    (said,) = of_stripe(refund_event("refund.failed", status="failed", failure_reason="expired_or_canceled_card"))
    assert said.detail == "expired_or_canceled_card"


@pytest.mark.parametrize(
    "event",
    [
        refund_event("charge.captured"),
        refund_event(status="pending"),
        refund_event(metadata={}),
        refund_event(metadata=None),
        {"type": "payment_intent.canceled", "data": {}},
        {},
    ],
)
def test_what_ends_no_refund_of_ours_is_no_news(event: Json) -> None:
    assert of_stripe(event) == []


def test_stripes_amounts_become_ours() -> None:
    (said,) = of_stripe(refund_event(amount=108_000, currency="isk"))
    assert said.amount == 1080


@pytest.mark.parametrize(("raw", "code"), [(b"{", "malformed-json"), (b"[]", "malformed-payload")])
def test_a_signed_body_without_sense_is_refused(raw: bytes, code: str) -> None:
    for reader, name in ((StripeCallbacks(lambda: SECRET), "Stripe"), (SandboxCallbacks(SECRET), "Inflight")):
        with pytest.raises(Refusal) as refused:
            reader.read(raw, {f"{name}-Signature": header(raw)}, NOW)
        assert refused.value.code == code


# ------------------------------------------------------------------------------------------------------------- Adyen


def test_our_signature_of_an_adyen_item_is_the_sdks() -> None:
    for each in (item(), item(eventCode="REFUND_FAILED", success="false", merchantReference="a:b\\c")):
        assert (
            signature_of(each, bytes.fromhex(HMAC_KEY)) == adyen_util.generate_notification_sig(each, HMAC_KEY).decode()
        )


@pytest.mark.parametrize(
    ("event", "success", "outcome"),
    [
        ("REFUND", "true", "settled"),
        ("REFUND", "false", "failed"),
        ("REFUND_FAILED", "true", "failed"),
        ("REFUNDED_REVERSED", "true", "failed"),
        ("CANCEL_OR_REFUND", "true", "settled"),
    ],
)
def test_adyens_report_of_a_refund_of_ours_is_read(event: str, success: str, outcome: str) -> None:
    assert of_adyen(item(eventCode=event, success=success, reason="why")) == [
        Callback(**IDS, reference="9914CD", outcome=outcome, amount=1080, currency="USD", detail="why")  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize("event", ["CANCELLATION", "TECHNICAL_CANCEL", "AUTHORISATION_ADJUSTMENT"])
def test_adyens_report_of_a_release_tells_no_amount_of_ours(event: str) -> None:
    (said,) = of_adyen(item(eventCode=event, amount={"value": 9, "currency": "USD"}))
    assert (said.outcome, said.amount, said.tells_other) == ("settled", None, True)


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("No\r\nsuch\u2028 card\x00", "No such card"),
        ("x" * 101, "x" * 100),
        (HALF_A_PAIR, ""),
        (None, ""),
        (7, "7"),
    ],
)
def test_of_adyens_reason_which_nothing_signs_one_short_line_is_told(reason: Any, told: str) -> None:
    signed = {**item(), "additionalData": {"hmacSignature": signature_of(item(), bytes.fromhex(HMAC_KEY))}}
    body = {"notificationItems": [{"NotificationRequestItem": {**signed, "reason": reason}}]}
    (said,) = AdyenCallbacks(lambda: HMAC_KEY).read(json.dumps(body).encode(), {}, NOW)
    assert said.detail == told


def test_of_many_items_those_about_refunds_of_ours_are_read() -> None:
    others = [item(eventCode="AUTHORISATION"), item(merchantReference="W-1001")]
    assert [said.key for said in of_adyen(*others, item(merchantReference="0b.0c.0d"), item())] == ["ref_0d", "ref_0a"]


def test_one_wrong_signature_refuses_all_items() -> None:
    with pytest.raises(BadSignature):
        of_adyen(item(), key="55" * 32)


@pytest.mark.parametrize("changed", [{"success": "false"}, {"amount": {"value": 1, "currency": "USD"}}])
def test_an_item_changed_on_the_way_is_refused(changed: Json) -> None:
    signed = {**item(), "additionalData": {"hmacSignature": signature_of(item(), bytes.fromhex(HMAC_KEY))}} | changed
    _refused({"notificationItems": [{"NotificationRequestItem": signed}]})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"notificationItems": []},
        {"notificationItems": [{"NotificationRequestItem": item()}]},
        {"notificationItems": [{"NotificationRequestItem": item(additionalData={"hmacSignature": 1})}]},
        {"notificationItems": [{"NotificationRequestItem": item(additionalData={"hmacSignature": HALF_A_PAIR})}]},
        {
            "notificationItems": [
                {"NotificationRequestItem": item(merchantReference=HALF_A_PAIR, additionalData={"hmacSignature": "x"})}
            ]
        },
        {
            "notificationItems": [
                {"NotificationRequestItem": item(additionalData={"hmacSignature": b64encode(b"x").decode()})}
            ]
        },
    ],
)
def test_adyen_without_signatures_is_refused(body: Json) -> None:
    _refused(body)


def _refused(body: Mapping[str, Any]) -> None:
    with pytest.raises(BadSignature):
        AdyenCallbacks(lambda: HMAC_KEY).read(json.dumps(body).encode(), {}, NOW)


# ----------------------------------------------------------------------------------------------------------- sandbox


def sandbox(**values: Any) -> list[Callback]:
    said = {
        "order_id": "ord_0b",
        "change_id": "chg_0c",
        "idempotency_key": "ref_0a",
        "refund_reference": "sandbox-1",
        "amount": {"amount": "10.80", "currency": "USD"},
        "outcome": "settled",
    }
    raw = json.dumps({name: value for name, value in (said | values).items() if value is not None}).encode()
    return list(SandboxCallbacks(SECRET).read(raw, {"Inflight-Signature": header(raw)}, NOW))


@pytest.mark.parametrize("outcome", ["settled", "failed"])
def test_the_sandboxs_report_is_read(outcome: Any) -> None:
    assert sandbox(outcome=outcome) == [
        Callback(**IDS, reference="sandbox-1", outcome=outcome, amount=1080, currency="USD")
    ]


@pytest.mark.parametrize(
    "values",
    [{"order_id": None}, {"change_id": ""}, {"idempotency_key": 1}, {"outcome": "maybe"}, {"refund_reference": ""}],
)
def test_a_report_of_another_shape_is_refused(values: Json) -> None:
    with pytest.raises(Refusal, match="callback"):
        sandbox(**values)


@pytest.mark.parametrize(
    "amount", [10, None, {}, {"amount": 10, "currency": "USD"}, {"amount": "ten", "currency": "USD"}, {"amount": "10"}]
)
def test_the_sandboxs_amount_that_cannot_be_read_is_told_as_none(amount: Any) -> None:
    assert [said.amount for said in sandbox(amount=amount)] == [None]


@pytest.mark.parametrize(
    "wrong",
    [{"amount": None}, {"amount": "1080"}, {"amount": 10.8}, {"amount": True}, {"currency": "xx"}, {"currency": None}],
)
def test_stripes_amount_that_cannot_be_read_is_told_as_none(wrong: Json) -> None:
    assert [said.amount for said in of_stripe(refund_event(**wrong))] == [None]


@pytest.mark.parametrize(
    "amount", [None, {}, {"value": "1080", "currency": "USD"}, {"value": True, "currency": "USD"}, {"value": 1080}]
)
def test_adyens_amount_that_cannot_be_read_keeps_no_other_item_from_being_taken(amount: Any) -> None:
    assert [said.amount for said in of_adyen(item(amount=amount), item())] == [None, 1080]


def test_a_time_beside_ours_counts_from_ours() -> None:
    raw = json.dumps(refund_event()).encode()
    with pytest.raises(BadSignature):
        StripeCallbacks(lambda: SECRET).read(
            raw, {"Stripe-Signature": header(raw)}, NOW + timedelta(seconds=REPLAY_WINDOW + 1)
        )
