"""POST of orders: one address for each channel's own shape, and a refusal that points into what the channel sent."""

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


def shipped(**shipping: object) -> dict[str, object]:
    return {**example("order-direct"), "shipping": {"price": usd("4.95"), **shipping}, "payments": []}


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


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
