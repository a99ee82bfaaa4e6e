"""Kits and bundles of the shops arrive as parent and child, so that what is done to the one reaches the other."""

from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.intake.new_order import NewLine, NewOrder
from shared.domain.intake.to_order import accept
from shared.domain.order.order import Order
from shared.domain.order.product import Catalogue, StockLevel
from shared.domain.order.progress import Progress
from shared.domain.order.states import order_status
from shared.domain.planning import stock_cover
from shared.domain.planning.edits import CancelUnits, SetQuantity
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.refusal import Refusal
from tests.unit.channels.shop_orders import (
    a_shopify_line,
    a_shopify_order,
    a_woo_line,
    a_woo_order,
    read_shopify,
    read_woocommerce,
)

POLICY = ShippedPolicies().current()
Json = dict[str, Any]


def standing(new: NewOrder) -> list[tuple[str | None, str | None, str | None, bool]]:
    return [(line.line_id, line.parent_line_id, line.bundle_id, line.required) for line in new.lines]


def free(line_id: int, quantity: int, **more: object) -> Json:
    return a_woo_line(
        id=line_id, sku=f"PART-{line_id}", quantity=quantity, price=0, subtotal="0.00", total="0.00", total_tax="0.00",
        taxes=[], **more,
    )  # fmt: skip


def kit(parent: Json, *parts: Json) -> NewOrder:
    """Two kits at 10.00, with what parent and parts say of each other."""
    return read_woocommerce(a_woo_order(line_items=[a_woo_line(**parent), *parts]))


def meta(**values: object) -> list[Json]:
    return [{"id": 1, "key": f"_{key}", "value": value} for key, value in values.items()]


KITS = [
    kit({"bundled_items": ["602", "603"]}, free(602, 2, bundled_by="601"), free(603, 4, bundled_by="601")),
    kit({"bundled_items": [602, 603], "bundled_by": ""}, free(602, 2), free(603, 4, bundled_by=[])),
    kit({"composite_parent": ""}, free(602, 2, composite_parent=601), free(603, 4, composite_parent="601")),
    kit({"composite_children": ["602", "603"]}, free(602, 2, composite_parent=""), free(603, 4, bundled_by=False)),
    kit(
        {"meta_data": meta(bundle_cart_key="abc")},
        free(602, 2, meta_data=meta(bundled_by="abc", stamp={"some": "thing"})),
        free(603, 4, meta_data=meta(bundled_by="abc")),
    ),
    kit(
        {"meta_data": meta(composite_cart_key="abc")},
        free(602, 2, meta_data=meta(composite_parent="abc")),
        free(603, 4, meta_data=meta(composite_parent="abc")),
    ),
]


@pytest.mark.parametrize("new", KITS)
def test_parts_of_a_woocommerce_kit_are_required_under_its_line(new: NewOrder) -> None:
    assert standing(new) == [("601", None, "601", False), ("602", "601", "601", True), ("603", "601", "601", True)]


@pytest.mark.parametrize("new", KITS)
def test_a_paid_kit_that_is_cancelled_leaves_none_of_its_free_parts_to_ship(new: NewOrder) -> None:
    order = accept(new, "ord_1", "key")
    assert [line.quantity for line in cancelled(order, "601", None).lines] == [0, 0, 0]
    assert [line.quantity for line in cancelled(order, "601", 1).lines] == [1, 1, 2]


def cancelled(order: Order, line_id: str, units: int | None) -> Order:
    context = PlanContext(kind="cancellation", role="agent", policy=POLICY, reason_code="customer_request")
    planned = plan(order, [CancelUnits(line_id=line_id, quantity=units)], context)
    assert planned.plan.violations == ()
    return planned.after


def test_a_kit_in_a_composite_has_its_parts_under_itself() -> None:
    new = kit(
        {"composite_children": ["602", "603"]},
        free(602, 2, composite_parent="601", bundled_items=["603"]),
        free(603, 4, composite_parent="601", bundled_by="602"),
    )
    assert standing(new) == [("601", None, "601", False), ("602", "601", "601", True), ("603", "602", "601", True)]


def test_a_part_whose_kit_is_no_longer_in_the_order_stands_alone() -> None:
    assert standing(kit({}, free(602, 2, bundled_by="600"))) == [("601", None, None, False), ("602", None, None, False)]


@pytest.mark.parametrize(
    ("parent", "part", "pointer"),
    [
        ({}, {"bundled_by": {"id": 601}}, "/line_items/1/bundled_by"),
        ({}, {"composite_parent": ["601"]}, "/line_items/1/composite_parent"),
        ({"bundled_items": "602"}, {}, "/line_items/0/bundled_items"),
        ({"composite_children": [None]}, {}, "/line_items/0/composite_children/0"),
        ({"composite_children": [True]}, {}, "/line_items/0/composite_children/0"),
    ],
)
def test_what_names_a_part_or_a_kit_by_no_id_is_refused(parent: Json, part: Json, pointer: str) -> None:
    with pytest.raises(Refusal) as refused:
        kit(parent, free(602, 2, **part))
    assert refused.value.violations[0].pointer == pointer


def test_kits_that_are_each_other_s_parts_are_refused() -> None:
    new = kit({"bundled_by": "602"}, free(602, 2, bundled_by="601"))
    with pytest.raises(Refusal) as refused:
        accept(new, "ord_1", "key")
    assert refused.value.code == "parent-cycle"


# ------------------------------------------------------------------------------------------------------------- Shopify

GROUP = {"id": 900, "title": "Tea for two", "quantity": 2, "variant_id": 77, "variant_sku": "TEA-SET", "product_id": 7}


def bundle(*, groups: object = (GROUP,), first: Json | None = None, second: Json | None = None) -> NewOrder:
    """Two sets of a mug at 10.00 and two spoons at nothing; with shipping 30.00 in all."""
    mugs = a_shopify_line(sales_line_item_group_id=900, **(first or {}))
    spoons = {"id": 502, "sku": "SPOON", "quantity": 4, "current_quantity": 4, "price": "0.00", "tax_lines": []}
    spoons = a_shopify_line(**{**spoons, "sales_line_item_group_id": 900, **(second or {})})
    return read_shopify(a_shopify_order(line_items=[mugs, spoons], line_item_groups=groups))


def test_a_shopify_bundle_is_a_line_without_price_that_heads_its_components() -> None:
    new = bundle()
    assert standing(new) == [
        ("group:900", None, "group:900", False),
        ("501", "group:900", "group:900", True),
        ("502", "group:900", "group:900", True),
    ]
    head = new.lines[0]
    assert (head.sku, head.title, head.quantity, head.unit_price) == ("TEA-SET", "Tea for two", 2, 0)
    order = accept(new, "ord_1", "key")
    assert [line.quantity for line in cancelled(order, "group:900", 1).lines] == [1, 1, 2]
    assert [line.quantity for line in cancelled(order, "group:900", None).lines] == [0, 0, 0]


@pytest.mark.parametrize(
    ("groups", "head"),
    [
        ((), ("shopify:group:900", "", 2)),
        (({"id": 901, "quantity": 9},), ("shopify:group:900", "", 2)),
        (({"id": 900, "quantity": 1, "variant_id": 77},), ("shopify:77", "", 1)),
    ],
)
def test_a_bundle_that_the_order_does_not_describe_has_what_its_quantities_share(
    groups: object, head: tuple[str, str, int]
) -> None:
    line = bundle(groups=groups).lines[0]
    assert (line.sku, line.title, line.quantity) == head


def test_bundles_that_were_removed_from_a_shopify_order_count_as_cancelled() -> None:
    line = {"id": 502, "sku": "SPOON", "price": "0.00", "tax_lines": [], "quantity": 4, "current_quantity": 2}
    mug = a_shopify_line(sales_line_item_group_id=900, current_quantity=1, price="0.00", tax_lines=[])
    order = a_shopify_order(
        line_items=[mug, a_shopify_line(**line, sales_line_item_group_id=900)], line_item_groups=[GROUP],
        current_total_price="6.00", total_price="6.00",
    )  # fmt: skip
    head = read_shopify(order).lines[0]
    assert (head.quantity, head.cancelled_quantity) == (1, 1)


@pytest.mark.parametrize("named", [{"parent_line_item_id": 501}, {"parent": {"id": 501}}])
def test_a_nested_line_goes_with_the_one_that_it_was_added_to_and_may_go_alone(named: Json) -> None:
    warranty = a_shopify_line(id=502, sku="WARRANTY", price="0.00", tax_lines=[], **named)
    new = read_shopify(a_shopify_order(line_items=[a_shopify_line(), warranty]))
    assert standing(new) == [("501", None, "501", False), ("502", "501", "501", False)]
    order = accept(new, "ord_1", "key")
    assert [line.quantity for line in cancelled(order, "501", 1).lines] == [1, 1]
    assert [line.quantity for line in cancelled(order, "502", 1).lines] == [2, 1]


def test_a_nested_line_finds_its_parent_by_a_rounded_id_too() -> None:
    long = {"id": 487817672276298560, "admin_graphql_api_id": "gid://shopify/LineItem/487817672276298554"}
    warranty = a_shopify_line(id=502, price="0.00", tax_lines=[], parent_line_item_id=487817672276298560)
    new = read_shopify(a_shopify_order(line_items=[a_shopify_line(**long), warranty]))
    assert [line.parent_line_id for line in new.lines] == [None, "487817672276298554"]


def test_an_order_is_fulfilled_when_all_components_are_for_a_heading_has_no_goods() -> None:
    order = accept(bundle(), "ord_1", "key")
    sent = {"501": Progress(picked=2, packed=2, shipped=2), "502": Progress(picked=4, packed=4, shipped=4)}
    assert order_status(order) == "pending"
    assert order_status(replace(order, progress={"501": sent["501"]})) == "partially_fulfilled"
    assert order_status(replace(order, progress=sent)) == "fulfilled"


def test_a_heading_takes_no_stock_whatever_its_sku() -> None:
    order = accept(bundle(), "ord_1", "key")
    stock = {sku: StockLevel(sku=sku, on_hand=9) for sku in ("TEA-SET", "SPOON")}
    covered = replace(order, lines=stock_cover.cover(order, stock))
    assert [(line.sku, line.allocated, line.backordered) for line in covered.lines] == [
        ("TEA-SET", 0, 0), ("MUG", 0, 0), ("SPOON", 4, 0),
    ]  # fmt: skip
    context = PlanContext(role="agent", policy=POLICY, catalogue=Catalogue(stock=stock))
    more = plan(covered, [SetQuantity(line_id="group:900", quantity=3)], context).plan
    assert [(move.sku, move.delta) for move in more.stock] == [("SPOON", -2)]


def test_more_lines_than_an_order_may_have_are_refused_with_the_headings_of_their_bundles() -> None:
    lines = [a_shopify_line(id=number, price="0.00", tax_lines=[], sales_line_item_group_id=number)
             for number in range(1, 1002)]  # fmt: skip
    with pytest.raises(Refusal) as refused:
        read_shopify(a_shopify_order(line_items=lines))
    assert refused.value.code == "too-many-lines"


def test_lines_without_a_group_stay_as_they_are() -> None:
    for new in (read_shopify(a_shopify_order()), read_woocommerce(a_woo_order())):
        lines: tuple[NewLine, ...] = new.lines
        assert [(line.parent_line_id, line.bundle_id, line.constraints) for line in lines] == [(None, None, ())]
