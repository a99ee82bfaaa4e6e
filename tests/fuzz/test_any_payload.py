"""Whatever bytes a channel sends: an order or a refusal, and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.adapters.channels import names, read
from shared.adapters.channels.reading.payload import Fields
from shared.adapters.channels.reading.strict_json import parse
from shared.adapters.channels.reading.sums import round_together
from shared.domain.intake.new_order import NewOrder
from shared.domain.refusal import Refusal
from tests.support.effort import times
from tests.unit.channels.shop_orders import a_refund, a_shopify_order, a_transaction, a_woo_order

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["1e999999999", "-0.001", "9" * 30, 10**30, 1e300, "", "NaN", "\ud800", "2026-13-01", [], {}])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)

RICH: dict[str, dict[str, Any]] = {
    "shopify": a_shopify_order(
        refunds=[a_refund(1, "10.00", "2.00", transactions=[a_transaction(3, "refund", "4.00", parent_id=1)])],
        transactions=[a_transaction(1, "sale", "30.00")],
        fulfillments=[{"status": "success", "line_items": [{"id": 501, "quantity": 1}]}],
        discount_applications=[{"value_type": "percentage", "value": "10.0"}],
    ),
    "woocommerce": a_woo_order(
        total="26.10",
        fee_lines=[{"name": "Wrap", "total": "1.00", "total_tax": "0.10"}],
        coupon_lines=[{"code": "ten", "discount_type": "percent", "nominal_amount": 10}],
        refunds=[
            {"total": "-1.00"},
            {
                "total": "-12.00",
                "line_items": [{"refunded_item_id": 601, "quantity": -1, "total": "-10.00", "total_tax": "-2.00"}],
            },
        ],
        gift_cards=[{"id": 2, "amount": 5}],
        meta_data=[{"key": "k", "value": []}],
    ),
}


@pytest.mark.parametrize("channel", names())
def test_the_order_to_be_varied_is_sound_itself(channel: str) -> None:
    assert read(channel, json.dumps(RICH[channel]).encode()).payments


def taken_or_refused(channel: str, raw: bytes) -> None:
    try:
        answer: NewOrder | Refusal = read(channel, raw)
    except Refusal as refused:
        answer = refused
    assert isinstance(answer, NewOrder) or (answer.code and answer.detail)


@given(raw=st.binary())
def test_any_bytes(raw: bytes) -> None:
    for channel in names():
        taken_or_refused(channel, raw)


@given(value=VALUES)
def test_any_json(value: object) -> None:
    for channel in names():
        taken_or_refused(channel, json.dumps(value).encode())


@settings(max_examples=times(400), suppress_health_check=[HealthCheck.too_slow])
@given(channel=st.sampled_from(sorted(RICH)), value=VALUES, data=st.data())
def test_an_order_with_one_field_replaced_by_anything(channel: str, value: object, data: st.DataObject) -> None:
    order = json.loads(json.dumps(RICH[channel]))
    place: Any = order
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not (isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans())):
            break
        place = place[key]
    place[key] = value

    taken_or_refused(channel, json.dumps(order).encode())


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\xff\xfe{}", "UTF-8"),
        (b'{"order": ', "not JSON"),
        (b'{"id": 1, "id": 2}', "'id' stands twice"),
        (b'{"total": NaN}', "NaN"),
        (b"[" * 200_000, "nested too deep"),
        (b'{"id": ' + b"9" * 5000 + b"}", "too large"),
        (b'{"id": 1e99999999999999999999999}', "too large"),
    ],
)
@pytest.mark.parametrize("channel", names())
def test_bytes_that_are_no_sound_json_are_refused_as_malformed(channel: str, raw: bytes, words: str) -> None:
    with pytest.raises(Refusal, match="malformed-payload") as refused:
        read(channel, raw)

    assert words in refused.value.detail


def test_an_unknown_channel_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(Refusal, match="unknown-channel") as refused:
        read("carrier-pigeon", b"{}")

    assert all(channel in refused.value.detail for channel in names())


def test_a_number_in_json_never_becomes_a_float() -> None:
    payload = parse(b'{"price": 0.1, "more": 2.675}')

    assert isinstance(payload, dict)
    fields = Fields(payload, currency="KWD")
    assert (fields.amount("price"), fields.amount("more")) == (100, 2675)


def test_a_pointer_names_the_field_that_is_wrong() -> None:
    with pytest.raises(Refusal) as refused:
        Fields({"a/b": [{"c": 1}]}).objects("a/b")[0].flag("c")

    assert refused.value.violations[0].pointer == "/a~1b/0/c"


@given(amounts=st.lists(st.decimals(-1000, 1000, places=6, allow_nan=False)))
def test_rounding_together_keeps_the_sum_and_moves_no_part_by_a_whole_unit(amounts: list[Any]) -> None:
    rounded = round_together(amounts)

    assert abs(sum(rounded) - sum(amounts)) <= 0.5
    assert all(abs(whole - part) < 1 for whole, part in zip(rounded, amounts, strict=True))
