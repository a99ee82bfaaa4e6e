"""POST of orders: one address for each channel's own shape, and a refusal that points into what the channel sent."""

from typing import Any

import pytest

from tests.fakes import World
from tests.unit.channels.shop_orders import a_shopify_line, a_shopify_order
from tests.unit.http.client import Client, example


def test_the_direct_channels_address_takes_orders_of_that_channel_only(world: World, service: Client) -> None:
    reply = service.post("/channels/direct/orders", {**example("order-direct"), "channel": "shopify"})
    assert (reply.status, reply.code, reply.pointers) == (422, "unknown-value", ["/channel"])
    assert not world.memory.orders


def test_an_order_in_our_shape_may_be_of_another_channel_where_the_address_names_none(service: Client) -> None:
    assert service.post("/orders", {**example("order-direct"), "channel": "shopify"}).status == 201


def test_a_text_of_a_shop_that_is_too_long_is_refused_where_it_stands(world: World, service: Client) -> None:
    reply = service.post("/channels/shopify/orders", a_shopify_order(line_items=[a_shopify_line(name="x" * 600_000)]))
    assert (reply.status, reply.code, reply.pointers) == (422, "too-long", ["/line_items/0/name"])
    assert not world.memory.orders


def test_a_sku_with_a_blank_after_it_is_covered_by_the_stock_of_that_sku(service: Client) -> None:
    assert service.put("/stock/MUG", {"on_hand": 0}).status == 200
    order = a_shopify_order(line_items=[a_shopify_line(sku="MUG ")])
    reply = service.post("/channels/shopify/orders", order)
    assert (reply.status, reply.body["lines"][0]["sku"], reply.body["lines"][0]["backordered"]) == (201, "MUG", 2)


# ---------------------------------------------------------------------------------------------------- fees of an order


def usd(amount: object, currency: object = "USD") -> dict[str, object]:
    return {"amount": amount, "currency": currency}


def test_a_fee_comes_in_as_one_and_a_deduction_shares_out_over_the_lines(service: Client) -> None:
    plain = service.post("/orders", {**example("order-direct"), "channel_order_id": "plain", "payments": []}).body
    fees = [{"code": "gift-wrap", "amount": usd("2.00"), "tax": usd("0.40")},
            {"code": "credit", "amount": usd("-5.00"), "tax": usd("-0.30")}]  # fmt: skip
    order = service.post("/orders", {**example("order-direct"), "fees": fees}).body
    assert order["fees"] == [{"code": "gift-wrap", "amount": usd("2.00"), "tax": usd("0.40")}]
    assert float(order["totals"]["total"]["amount"]) == pytest.approx(float(plain["totals"]["total"]["amount"]) - 2.90)
    [credit] = [each for each in order["lines"][0]["discounts"] if each.get("code") == "credit"]
    assert (credit["amount"], credit["scope"]) == (usd("5.00"), "order")


def test_a_deduction_without_tax_is_told_as_such(service: Client) -> None:
    order = service.post("/orders", {**example("order-direct"), "fees": [{"code": "c", "amount": usd("-5.00")}]}).body
    assert order["lines"][0]["discounts"][-1]["after_tax"] is True


@pytest.mark.parametrize(
    ("fee", "code", "pointer"),
    [
        ("5.00", "wrong-type", "/fees/0"),
        ({"amount": usd("1.00")}, "missing-field", "/fees/0/code"),
        ({"code": "", "amount": usd("1.00")}, "empty-value", "/fees/0/code"),
        ({"code": "c"}, "missing-field", "/fees/0/amount"),
        ({"code": "c", "amount": usd(-5)}, "malformed-amount", "/fees/0/amount/amount"),
        ({"code": "c", "amount": usd("--5")}, "malformed-amount", "/fees/0/amount/amount"),
        ({"code": "c", "amount": usd("-5.001")}, "amount-too-precise", "/fees/0/amount/amount"),
        ({"code": "c", "amount": usd("-1" + "0" * 18)}, "amount-too-large", "/fees/0/amount/amount"),
        ({"code": "c", "amount": usd("-5.00", "EUR")}, "other-currency", "/fees/0/amount/currency"),
        ({"code": "c", "amount": usd("-5.00"), "tax": usd("-1.00", "EUR")}, "other-currency", "/fees/0/tax/currency"),
        ({"code": "c", "amount": usd("-5.00"), "tax": usd("1.00")}, "tax-of-other-sign", "/fees/0"),
        ({"code": "c", "amount": usd("5.00"), "tax": usd("-1.00")}, "tax-of-other-sign", "/fees/0"),
        ({"code": "c", "amount": usd("-5000.00")}, "negative-total", "/lines"),
        ({"code": "c", "amount": usd("5.00"), "percent": "5"}, "unknown-field", "/fees/0/percent"),
    ],
)
def test_a_bad_fee_is_refused_where_it_stands(world: World, service: Client, fee: Any, code: str, pointer: str) -> None:
    reply = service.post("/orders", {**example("order-direct"), "fees": [fee]})
    assert (reply.status, reply.code, reply.pointers) == (422, code, [pointer])
    assert not world.memory.orders


def test_an_order_has_fifty_fees_at_most(service: Client) -> None:
    fees = [{"code": "c", "amount": usd("0.01")}] * 51
    assert service.post("/orders", {**example("order-direct"), "fees": fees}).code == "too-many"


@pytest.mark.parametrize(
    ("units", "code"), [(-1, "quantity-negative"), (1.5, "quantity-not-whole"), (10**10, "quantity-too-large")]
)
def test_cancelled_units_are_a_count(service: Client, units: object, code: str) -> None:
    order = example("order-direct")
    order["lines"][0]["cancelled_quantity"] = units
    reply = service.post("/orders", order)
    assert (reply.code, reply.pointers) == (code, ["/lines/0/cancelled_quantity"])


def test_fees_of_one_sign_are_bounded_by_what_a_reply_can_hold(service: Client) -> None:
    order = example("order-direct")
    order["lines"] = [{**order["lines"][0], "line_id": f"l{number}"} for number in range(300)]
    order["fees"] = [{"code": "c", "amount": usd("-0.01")}] * 50
    assert service.post("/orders", {**order, "payments": []}).code == "too-many"


def shipped(**shipping: object) -> dict[str, object]:
    return {**example("order-direct"), "shipping": {"price": usd("4.95"), **shipping}, "payments": []}


def test_shipping_has_taxes_with_rates_and_shows_them(service: Client) -> None:
    taxes = [{"name": "VAT", "rate": "0.07"}, {"name": "City", "rate": "0.01", "amount": usd("0.06")}]
    told = service.post("/orders", shipped(taxes=taxes)).body["shipping"]
    assert [each["amount"]["amount"] for each in told["taxes"]] == ["0.35", "0.06"]
    assert (told["tax"], told["taxes"][0]["rate"], "tax_included" in told) == (usd("0.41"), "0.07", False)


def test_tax_that_is_contained_in_the_price_of_shipping_is_not_added_to_it(service: Client) -> None:
    included = service.post("/orders", shipped(taxes=[{"name": "VAT", "rate": "0.07"}], tax_included=True)).body
    assert (included["shipping"]["tax"], included["shipping"]["tax_included"]) == (usd("0.32"), True)
    assert included["totals"]["shipping"] == usd("4.95")


def test_tax_on_shipping_may_come_as_an_amount_only(service: Client) -> None:
    told = service.post("/orders", shipped(tax=usd("0.35"))).body["shipping"]
    assert (told["tax"], "taxes" in told) == (usd("0.35"), False)


def test_an_exemption_is_kept_with_its_reason_and_shown(service: Client) -> None:
    order = example("order-direct")
    untaxed = {**order, "lines": [{**line, "taxes": []} for line in order["lines"]], "payments": []}
    exemption = {"kind": "reverse_charge", "reason": "Art. 196"}
    reply = service.post("/orders", {**untaxed, "tax_exemption": exemption})
    assert (reply.status, reply.body["tax_exemption"]) == (201, {**exemption, "jurisdiction": "US-IL"})


# ------------------------------------------------------------------------------------------------- places of an address

PLACES: list[tuple[dict[str, Any], str, str]] = [
    ({"country": "Deutschland"}, "malformed-value", "country"),
    ({"country": "de"}, "malformed-value", "country"),
    ({"country": "XX"}, "unknown-country", "country"),
    ({"country": "UK"}, "unknown-country", "country"),
    ({"country": 49}, "wrong-type", "country"),
    ({"region": "Illinois"}, "unknown-region", "region"),
    ({"region": "ZZ"}, "unknown-region", "region"),
    ({"region": 7}, "wrong-type", "region"),
    ({"postal_code": "90210"}, "region-contradicts-postal-code", "postal_code"),
    ({"region": "CA"}, "region-contradicts-postal-code", "postal_code"),
    ({"country": "CA", "region": "AB", "postal_code": "V6B 1A1"}, "region-contradicts-postal-code", "postal_code"),
    ({"postal_code": 62701}, "wrong-type", "postal_code"),
]


@pytest.mark.parametrize("key", ["shipping_address", "billing_address"])
@pytest.mark.parametrize(("place", "code", "field"), PLACES)
def test_a_direct_order_to_no_place_is_refused(
    world: World, service: Client, key: str, place: dict[str, Any], code: str, field: str
) -> None:
    order = example("order-direct")
    reply = service.post("/orders", {**order, key: {**order["shipping_address"], **place}})
    assert (reply.status, reply.code, reply.pointers) == (422, code, [f"/{key}/{field}"])
    assert not world.memory.orders


@pytest.mark.parametrize(("place", "code", "field"), PLACES)
def test_no_order_is_moved_to_no_place(
    service: Client, agent: Client, place: dict[str, Any], code: str, field: str
) -> None:
    order = example("order-direct")
    order_id = service.post("/orders", order).body["order_id"]
    edit = {"op": "set_shipping_address", "address": {**order["shipping_address"], **place}}
    body = {"reason_code": "address_correction", "edits": [edit]}
    reply = agent.post(f"/orders/{order_id}/amendments", body, if_match='"1.0"')
    assert (reply.status, reply.code, reply.pointers) == (422, code, [f"/edits/0/address/{field}"])
