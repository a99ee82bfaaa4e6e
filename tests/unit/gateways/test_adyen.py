"""Adyen's adapter at the SDK's transport: one call for everything, answered `received`, and never repeated blindly."""

import json
import urllib.error
from dataclasses import dataclass, field
from typing import Any

import Adyen
import pytest

from shared.adapters.gateways.adyen.gateway import PATIENCE, AdyenGateway, client_of
from shared.adapters.gateways.adyen.reference import ids_of, reference_of
from shared.ports.gateways import GatewayDeclined, GatewayRefund, GatewayUnavailable, GatewayUnknown, RefundOrder
from tests.unit.gateways.orders import a_refund, a_release

Json = dict[str, Any]
PSP = "8835AB"


@dataclass
class Transport:
    answer: tuple[int, Json] | Exception
    sent: list[tuple[str, str, Json, Any]] = field(default_factory=list)
    user_agent = "test"

    def request(self, method: str, url: str, *, json: Json, headers: Json, **_: Any) -> Any:
        self.sent.append((method, url, json, headers.get("Idempotency-Key")))
        if isinstance(self.answer, Exception):
            raise self.answer
        status, body = self.answer
        return _dumped(body), json, status, {}


def _dumped(body: Json) -> str:
    return json.dumps(body)


def gateway(answer: tuple[int, Json] | Exception) -> tuple[AdyenGateway, Transport]:
    transport, adyen = Transport(answer), Adyen.Adyen(xapikey="key", platform="test")
    adyen.client.http_client, adyen.client.http_init = transport, True
    return AdyenGateway(lambda: adyen, lambda: "Shop"), transport


def of_adyen(order: RefundOrder) -> RefundOrder:
    return a_refund(reference=PSP, keep=order.keep)


RECEIVED = (201, {"status": "received", "pspReference": "9914CD"})
THE_REFUND, VOID, REDUCTION = of_adyen(a_refund()), of_adyen(a_release(0)), of_adyen(a_release(500))


def test_a_refund_is_pending_until_its_webhook() -> None:
    there, transport = gateway(RECEIVED)
    assert there.refund(THE_REFUND) == GatewayRefund(reference="9914CD", status="pending")
    ((method, url, body, key),) = transport.sent
    assert (method, key) == ("POST", "ref_0a")
    assert url.endswith(f"/payments/{PSP}/refunds")
    amount = {"value": 1080, "currency": "USD"}
    assert body == {"merchantAccount": "Shop", "reference": "0b.0c.0a", "amount": amount}


def test_a_void_cancels_and_a_reduction_lowers_the_amount() -> None:
    there, transport = gateway(RECEIVED)
    assert there.release(VOID).status == there.release(REDUCTION).status == "pending"
    (_, cancel, without, _), (_, update, lowered, _) = transport.sent
    assert cancel.endswith(f"/payments/{PSP}/cancels")
    assert "amount" not in without
    assert update.endswith(f"/payments/{PSP}/amountUpdates")
    assert lowered["amount"] == {"value": 500, "currency": "USD"}


def test_adyen_cannot_be_asked_so_nothing_is_found_and_nothing_sent() -> None:
    there, transport = gateway(RECEIVED)
    assert there.find(THE_REFUND) is None
    assert transport.sent == []


@pytest.mark.parametrize(
    ("trouble", "meaning"),
    [
        (TimeoutError(), GatewayUnknown),
        (urllib.error.URLError(TimeoutError()), GatewayUnknown),
        (ConnectionResetError(), GatewayUnknown),
        (urllib.error.URLError(ConnectionRefusedError()), GatewayUnavailable),
        ((500, {"message": "Internal"}), GatewayUnknown),
        ((503, {}), GatewayUnknown),
        ((429, {}), GatewayUnavailable),
        ((422, {"errorCode": "704", "message": "in progress"}), GatewayUnavailable),
        ((422, {"errorCode": "137", "message": "Invalid amount"}), GatewayDeclined),
        ((401, {"errorCode": "000", "message": "Unauthorized"}), GatewayDeclined),
        ((403, {"errorCode": "901", "message": "Not allowed"}), GatewayDeclined),
        ((404, {}), GatewayDeclined),
        ((408, {}), GatewayUnknown),
        ((409, {}), GatewayUnknown),
    ],
)
def test_trouble_is_unknown_unless_adyen_surely_did_nothing(
    trouble: tuple[int, Json] | Exception, meaning: type[Exception]
) -> None:
    there, _ = gateway(trouble)
    with pytest.raises(meaning):
        there.refund(THE_REFUND)


def test_an_operator_reads_why_adyen_refused() -> None:
    there, _ = gateway((422, {"errorCode": "137", "message": "Invalid amount"}))
    with pytest.raises(GatewayDeclined, match=r"422 137.*Invalid amount"):
        there.refund(THE_REFUND)


@pytest.mark.parametrize("reference", [None, "", "W-1", "../payments"])
def test_a_payment_that_adyen_does_not_know_is_declined_unsent(reference: str | None) -> None:
    there, transport = gateway(RECEIVED)
    with pytest.raises(GatewayDeclined, match="pspReference"):
        there.refund(a_refund(reference=reference))
    assert transport.sent == []


def test_ids_travel_in_a_reference_of_eighty_characters() -> None:
    ids = {"order_id": f"ord_{'a' * 24}", "change_id": f"chg_{'b' * 24}", "key": f"ref_{'c' * 24}"}
    reference = reference_of(a_refund(**ids))
    assert len(reference) <= 80
    assert ids_of(reference) == tuple(ids.values())


@pytest.mark.parametrize("reference", ["", "W-1001", "a.b", "a.b.c.d", "a b.c.d"])
def test_a_reference_that_is_not_ours_names_nothing(reference: str) -> None:
    assert ids_of(reference) is None


def test_the_live_platform_is_used_where_there_is_a_prefix_for_it() -> None:
    live, trial = client_of("key", "0a1b-Shop").client, client_of("key", None).client
    assert (live.platform, live.live_endpoint_prefix, trial.platform) == ("live", "0a1b-Shop", "test")
    assert live.http_timeout == PATIENCE < 15


def test_voids_and_reductions_go_under_our_key() -> None:
    there, transport = gateway(RECEIVED)
    there.release(VOID)
    there.release(REDUCTION)
    assert [key for *_, key in transport.sent] == [VOID.key, REDUCTION.key]
