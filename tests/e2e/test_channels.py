"""Real payloads of real shops over HTTP: each becomes an order of its own total, or is refused with the reason."""

from decimal import Decimal
from typing import Any

import pytest

from tests.contract.channel_corpus import CHANNELS, ROOT, Recorded, recorded
from tests.contract.channel_report import TAKEN, outcome
from tests.e2e.service import Reply, Service

pytestmark = pytest.mark.skipif(not ROOT.is_dir(), reason="the recorded payloads are not beside the repository")


@pytest.mark.parametrize("folder", CHANNELS)
def test_every_recorded_payload_becomes_an_order_of_its_own_total_or_is_refused_with_the_reason(
    service: Service, folder: str
) -> None:
    seen: dict[str, Any] = {}
    wrong = []
    for payload in recorded(folder):
        reply = service.http("POST", f"/channels/{payload.channel}/orders", payload.raw, "service")
        if complaint := complaint_about(reply, payload, seen):
            wrong.append(f"{payload.name}: {complaint}")

    assert wrong == []


def complaint_about(reply: Reply, payload: Recorded, seen: dict[str, Any]) -> str | None:
    expected, words = outcome(payload)
    if expected != TAKEN:
        told = (reply.status, reply.problem, bool(reply.json["detail"]))
        return None if told == (422, expected, True) else f"{told} for {expected}: {words}"
    order = reply.json
    if reply.status == 200:
        return None if order == seen.get(order["order_id"]) else "not the order that came before"
    if reply.status != 201:
        return f"{reply.status} {order}"
    seen[order["order_id"]] = order
    total = Decimal(order["totals"]["total"]["amount"])
    return None if total == stated_total(payload) else f"{total} for {stated_total(payload)}"


def stated_total(payload: Recorded) -> Decimal:
    """Returns what the payload itself says it comes to, however it is paid, less what was given back since."""
    stated = payload.payload.get("order", payload.payload)
    if payload.channel == "shopify":
        return Decimal(stated.get("current_total_price") or stated["total_price"])
    paid_by_card = sum(Decimal(str(card["amount"])) for card in stated.get("gift_cards") or ())
    given_back = sum(Decimal(refund["total"]) for refund in stated.get("refunds") or ())
    return Decimal(stated["total"]) + paid_by_card + given_back


@pytest.mark.parametrize("user", ["agent", "customer"])
def test_only_a_service_brings_a_channels_orders(service: Service, user: str) -> None:
    reply = service.http("POST", "/channels/woocommerce/orders", b"{}", user)

    assert (reply.status, reply.problem) == (403, "forbidden")


def test_a_channel_that_nobody_knows_is_not_found(service: Service) -> None:
    reply = service.http("POST", "/channels/etsy/orders", b"{}", "service")

    assert (reply.status, reply.problem) == (404, "unknown-channel")
