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
