"""The sandbox: its adapter against the very ledger of the local run, without the HTTP between them."""

import io
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from typing import Any

import pytest

from infra.local.gateway import Answer, Fault, Gateway, Kind
from shared.adapters.gateways.common.signatures import signature_of
from shared.adapters.gateways.sandbox.callbacks import SandboxCallbacks
from shared.adapters.gateways.sandbox.gateway import SandboxGateway
from shared.ports.gateways import GatewayDeclined, GatewayUnavailable, GatewayUnknown
from tests.fakes.world import NOW
from tests.unit.gateways.orders import a_refund, a_release

Json = dict[str, Any]


@pytest.fixture
def ledger() -> Gateway:
    return Gateway(lambda: NOW)


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, ledger: Gateway) -> SandboxGateway:
    def urlopen(request: urllib.request.Request, timeout: float) -> io.BytesIO:
        kind: Kind = "release" if "/releases" in request.full_url else "refund"
        key = request.get_header("Idempotency-key")
        if request.method == "GET":
            answer = ledger.find(kind, request.full_url.rpartition("/")[2])
        else:
            answer = ledger.ask(kind, key, json.loads(request.data))  # type: ignore[arg-type]
        return _body(answer)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return SandboxGateway("http://sandbox/")


def _body(answer: Answer) -> io.BytesIO:
    if answer.silent:
        raise TimeoutError
    if answer.status >= 400:
        raise urllib.error.HTTPError("", answer.status, "", Message(), None)
    return io.BytesIO(json.dumps(answer.body).encode())


def shown(ledger: Gateway) -> Json:
    return dict(ledger.ledger().body)


def told(ledger: Gateway, mode: Fault, times: int = 1) -> None:
    assert ledger.set_fault({"mode": mode, "times": times}).status == 200


def test_a_refund_stands_in_the_ledger_once_however_often_it_is_asked_for(
    gateway: SandboxGateway, ledger: Gateway
) -> None:
    assert gateway.find(a_refund()) is None
    first = gateway.refund(a_refund())
    assert gateway.refund(a_refund()) == gateway.find(a_refund()) == first
    assert first.status == "settled"
    (row,) = shown(ledger)["refunds"]
    assert (row["reference"], row["payment_id"], row["amount"], row["idempotency_key"], row["at"]) == (
        "pi_1",
        "pay-1",
        {"amount": "10.80", "currency": "USD"},
        "ref_0a",
        "2026-11-20T12:00:00.000Z",
    )


def test_refunds_of_a_payment_never_exceed_what_was_captured(gateway: SandboxGateway, ledger: Gateway) -> None:
    for number in range(3):
        gateway.refund(a_refund(key=f"ref_{number}"))
    with pytest.raises(GatewayDeclined, match="402"):
        gateway.refund(a_refund(key="ref_3", amount=1))
    assert len(shown(ledger)["refunds"]) == 3


@pytest.mark.parametrize(
    ("mode", "meaning", "paid"),
    [
        (Fault.TIMEOUT_AFTER, GatewayUnknown, 1),
        (Fault.ERROR_BEFORE, GatewayUnknown, 0),  # a fault of theirs: nobody here can tell
        (Fault.DECLINE, GatewayDeclined, 0),
    ],
)
def test_each_fault_means_what_it_should(
    gateway: SandboxGateway, ledger: Gateway, mode: Fault, meaning: type[Exception], paid: int
) -> None:
    told(ledger, mode)
    with pytest.raises(meaning):
        gateway.refund(a_refund())
    assert len(shown(ledger)["refunds"]) == paid
    assert (gateway.find(a_refund()) is not None) == bool(paid)
    assert gateway.refund(a_refund()).status == "settled"
    assert len(shown(ledger)["refunds"]) == 1


def test_a_release_has_a_ledger_of_its_own(gateway: SandboxGateway, ledger: Gateway) -> None:
    assert gateway.find(a_release(500)) is None
    first = gateway.release(a_release(500))
    assert gateway.release(a_release(500)) == gateway.find(a_release(500)) == first
    assert shown(ledger)["refunds"] == []
    (row,) = shown(ledger)["releases"]
    assert (row["amount"]["amount"], row["keep"]["amount"]) == ("10.80", "5.00")
    assert gateway.find(a_refund()) is None


@pytest.mark.parametrize(("outcome", "listed"), [("settled", "refunds"), ("failed", None)])
def test_a_pending_refund_ends_as_it_is_reported(
    gateway: SandboxGateway, ledger: Gateway, outcome: str, listed: str | None
) -> None:
    told(ledger, Fault.PENDING)
    assert gateway.refund(a_refund()).status == gateway.refund(a_refund()).status == "pending"
    assert [len(shown(ledger)[name]) for name in ("refunds", "pending")] == [0, 1]

    report = ledger.report({"idempotency_key": "ref_0a", "outcome": outcome})

    assert report == ledger.report({"idempotency_key": "ref_0a", "outcome": "settled"}), "it has ended"
    assert [name for name in ("refunds", "releases", "pending") if shown(ledger)[name]] == ([listed] if listed else [])
    if outcome == "failed":
        with pytest.raises(GatewayDeclined, match="failed"):
            gateway.find(a_refund())


def test_the_adapter_reads_what_the_ledger_reports(gateway: SandboxGateway, ledger: Gateway) -> None:
    told(ledger, Fault.PENDING)
    gateway.refund(a_refund())
    raw, stamp = json.dumps(ledger.report({"idempotency_key": "ref_0a"})).encode(), str(int(NOW.timestamp()))

    (said,) = SandboxCallbacks("s").read(
        raw, {"Inflight-Signature": f"t={stamp},v1={signature_of(raw, stamp, 's')}"}, NOW
    )

    assert (said.order_id, said.change_id, said.key, said.amount) == ("ord_0b", "chg_0c", "ref_0a", 1080)


@pytest.mark.parametrize("order", [{"idempotency_key": "ref_x"}, {}, {"idempotency_key": "ref_0a", "outcome": "maybe"}])
def test_what_nobody_asked_for_is_not_reported(gateway: SandboxGateway, ledger: Gateway, order: Json) -> None:
    gateway.refund(a_refund())
    assert ledger.report(order) is None


@pytest.mark.parametrize("asked", ["find", "refund", "release"])
def test_a_ledger_that_is_away_did_nothing_or_may_have_paid(monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    monkeypatch.setattr(urllib.request, "urlopen", _away)
    ask: Callable[[Any], Any] = getattr(SandboxGateway("http://sandbox"), asked)
    with pytest.raises(GatewayUnavailable if asked == "find" else GatewayUnknown):
        ask(a_refund())


def test_a_gateway_that_is_away_after_it_has_paid_answers_no_question_for_a_while(
    gateway: SandboxGateway, ledger: Gateway
) -> None:
    ledger.set_fault({"mode": Fault.AWAY_AFTER, "times": 2})
    assert gateway.find(a_refund()) is None
    with pytest.raises(GatewayUnknown):
        gateway.refund(a_refund())
    for _ in range(2):
        with pytest.raises(GatewayUnavailable):
            gateway.find(a_refund())
    assert gateway.find(a_refund()) is not None
    assert len(shown(ledger)["refunds"]) == 1


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504])
def test_an_answer_that_is_none_leaves_open_what_happened(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    def answers(request: Any, **_: Any) -> None:
        raise urllib.error.HTTPError(request.full_url, status, "", Message(), None)

    monkeypatch.setattr(urllib.request, "urlopen", answers)
    with pytest.raises(GatewayUnknown):
        SandboxGateway("http://sandbox").refund(a_refund())
    with pytest.raises(GatewayUnavailable):
        SandboxGateway("http://sandbox").find(a_refund())


@pytest.mark.parametrize("body", [b"<html>", b"", b"{}", b'{"status": "maybe", "refund_reference": "r"}'])
def test_an_answer_that_says_nothing_leaves_open_what_happened(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: io.BytesIO(body))
    with pytest.raises(GatewayUnknown):
        SandboxGateway("http://sandbox").refund(a_refund())
    with pytest.raises((GatewayUnavailable, GatewayUnknown)):
        SandboxGateway("http://sandbox").find(a_refund())


def _away(*_: Any, **__: Any) -> None:
    raise ConnectionResetError


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"payment_id": "p", "reference": "r", "amount": {"amount": "1.00", "currency": "USD"}},
        {"payment_id": "p", "reference": "r", "amount": {"amount": 1, "currency": "USD"}, "captured": {}},
        {
            "payment_id": "p",
            "reference": "r",
            "amount": {"amount": "0.00", "currency": "USD"},
            "captured": {"amount": "1.00", "currency": "USD"},
        },
    ],
)
def test_the_ledger_refuses_what_makes_no_sense(ledger: Gateway, request_: Json) -> None:
    assert ledger.ask("refund", "k", request_).status == 422
    assert ledger.ask("refund", None, request_).status == 400
    assert ledger.set_fault({"mode": "explode"}).status == 422
