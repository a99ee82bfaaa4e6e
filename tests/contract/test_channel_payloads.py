"""Checks real payloads of Shopify and WooCommerce: each is an order whose money is the payload's own, or is refused."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from shared.adapters.channels import read
from shared.domain import money
from shared.domain.intake.new_order import NewOrder
from shared.domain.intake.to_order import accept
from shared.domain.refusal import Refusal
from tests.contract.channel_corpus import CHANNELS, ROOT, Recorded, recorded
from tests.contract.channel_report import TAKEN, counts, outcome

pytestmark = pytest.mark.skipif(not ROOT.is_dir(), reason="the recorded payloads are not beside the repository")

OUTCOMES = {
    "shopify": {
        "not-an-order": 65,
        "already-ended": 3,
        "unknown-currency": 2,
        "total-mismatch": 1,
        "no-lines": 1,
        "malformed-payload": 1,
    },
    "shopify_webhook_docs": {"not-an-order": 43, "already-ended": 5},
    "woocommerce": {
        "taken": 42,
        "not-an-order": 85,
        "total-mismatch": 4,
        "not-placed-yet": 3,
        "already-ended": 2,
        "fractional-quantity": 2,
        "no-lines": 1,
    },
}
"""Every Shopify order among them was cancelled, is a placeholder, or does not add up."""


def taken(folder: str) -> list[tuple[Recorded, NewOrder]]:
    return [(each, read(each.channel, each.raw)) for each in recorded(folder) if outcome(each)[0] == TAKEN]


@pytest.mark.parametrize("folder", CHANNELS)
def test_as_many_are_taken_and_refused_under_each_code_as_we_have_looked_into(folder: str) -> None:
    assert counts(folder) == Counter(OUTCOMES[folder])


@pytest.mark.parametrize("folder", CHANNELS)
def test_an_order_taken_comes_to_the_total_that_its_payload_states(folder: str) -> None:
    for payload, new in taken(folder):
        order = accept(new, "order", "key")

        assert Decimal(money.text(order.totals.total, new.currency)) == stated_total(payload), payload.name


@pytest.mark.parametrize("folder", CHANNELS)
def test_no_order_taken_has_given_back_more_than_it_took(folder: str) -> None:
    for payload, new in taken(folder):
        assert all(0 <= each.refunded <= each.captured <= each.authorised for each in new.payments), payload.name


def test_every_recorded_order_line_is_kept() -> None:
    for payload, new in taken("woocommerce"):
        stated = [str(line["id"]) for line in stated_order(payload)["line_items"]]

        assert [line.line_id for line in new.lines] == stated, payload.name


def test_shopifys_own_example_adds_up_as_it_stands_now_though_not_as_it_was_placed() -> None:
    """Its `total_price` counts a discount and shipping that its `current_…` fields no longer have."""
    path = ROOT / "shopify_webhook_docs" / "2026-04__orders__create.json"
    order = {**json.loads(path.read_bytes())["response"], "cancelled_at": None}

    assert read("shopify", json.dumps(order).encode()).declared_total == 41495
    with pytest.raises(Refusal, match="total-mismatch"):
        read("shopify", json.dumps({**order, "current_total_price": order["total_price"]}).encode())


def test_a_date_that_is_still_a_recorders_template_is_refused_by_its_field() -> None:
    """The Android recordings are read here in their stored form, before their templates are filled in."""
    wrapped = json.loads((ROOT / "woocommerce" / "android__2787_details.json").read_bytes())

    with pytest.raises(Refusal, match="is not a time") as refused:
        read("woocommerce", json.dumps(wrapped["response"]["jsonBody"]["data"]).encode())
    assert refused.value.violations[0].pointer == "/date_created_gmt"


def test_orders_refused_for_their_money_do_not_add_up() -> None:
    mismatched = [each.name for each in recorded("woocommerce") if outcome(each)[0] == "total-mismatch"]

    for payload in recorded("woocommerce"):
        if payload.name in mismatched:
            order = payload.payload
            charged = [*order["line_items"], *order.get("shipping_lines", []), *order.get("fee_lines", [])]
            parts = sum(Decimal(each["total"]) + Decimal(each["total_tax"]) for each in charged)
            assert parts != Decimal(order["total"])


def stated_order(payload: Recorded) -> Any:
    return payload.payload.get("order", payload.payload)


def stated_total(payload: Recorded) -> Decimal:
    """Returns the total without use of the adapters: Shopify's present total; WooCommerce's own, with what gift cards
    paid of it and without what was given back."""
    order = stated_order(payload)
    if payload.channel == "shopify":
        return Decimal(order.get("current_total_price") or order["total_price"])
    cards = sum((Decimal(str(card["amount"])) for card in order.get("gift_cards") or ()), Decimal(0))
    return Decimal(order["total"]) + cards + sum(Decimal(each["total"]) for each in order.get("refunds") or ())
