"""An exchange takes units back and adds others, in one plan with one difference in money.

The orders are of 3 × 10.00, −10 %, +20 % = 32.40.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.policy_file import shipped
from shared.domain.intake.new_order import NewTax
from shared.domain.order.line_history import Proportion
from shared.domain.order.order import Order, Shipping
from shared.domain.order.product import Catalogue, Product, StockLevel
from shared.domain.order.progress import Progress
from shared.domain.order.states import OrderStatus, order_status
from shared.domain.planning.edits import (
    AddLine,
    CancelOrder,
    CancelUnits,
    Edit,
    Money,
    SetQuantity,
    SetUnitPrice,
    TakeBack,
)
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.policy.policy import Policy
from shared.domain.policy.subjects import Role
from tests.fakes import an_order
from tests.fakes.builders import HOME
from tests.fakes.world import NOW

ARRIVED = Progress(picked=3, packed=3, shipped=3, delivered=3, delivered_on=NOW.date())
ORDER = an_order().with_line("TEA", 3, 1000).discounted("10").paid().build()
DELIVERED = replace(ORDER, progress={"l1": ARRIVED})


def catalogue(**stock: int) -> Catalogue:
    prices = {"TEA": 1500, "POT": 2000, "CUP": 400, "SET": 9900}
    return Catalogue(
        products={sku: Product(sku=sku, title=sku, list_price={"USD": price}) for sku, price in prices.items()},
        stock={sku: StockLevel(sku=sku, on_hand=units) for sku, units in stock.items()},
    )


def exchange(
    order: Order,
    *edits: Edit,
    role: Role = "agent",
    reason: str = "item_defect",
    known: Catalogue | None = None,
    policy: Policy | None = None,
) -> Planned:
    context = PlanContext(
        kind="exchange",
        role=role,
        policy=policy or shipped(),
        reason_code=reason,
        catalogue=known or catalogue(),
        now=NOW,
    )
    return plan(order, edits, context)


def swap(units: int, sku: str = "TEA", came: int | None = None, **taken: Any) -> Sequence[Edit]:
    """So many units of line l1 for as many of a product."""
    back = TakeBack(**({"line_id": "l1", "quantity": units} | taken))
    return (back, AddLine(sku=sku, quantity=units if came is None else came))


def codes(planned: Planned) -> list[str]:
    return [each.code for each in planned.plan.violations]


def money(planned: Planned) -> tuple[int, int, int]:
    """By how much the total moves, what goes back, and what is due."""
    found = planned.plan
    return found.delta, sum(refund.amount for refund in found.refunds), found.amount_due


def added(planned: Planned) -> list[tuple[str, int, int, int]]:
    """SKU, units, unit price and total of each line that comes."""
    lines = [change.after for change in planned.plan.lines if change.before is None]
    return [(line.sku, line.quantity, line.unit_price, line.total) for line in lines]


# ------------------------------------------------------------------------------------------------------- like for like


@pytest.mark.parametrize("order", [ORDER, DELIVERED], ids=["before", "after delivery"])
def test_a_defective_unit_is_exchanged_for_another_of_its_kind_at_no_cost(order: Order) -> None:
    planned = exchange(order, *swap(1))
    assert codes(planned) == []
    assert (money(planned), planned.plan.fees) == ((0, 0, 0), ())
    assert added(planned) == [("TEA", 1, 1000, 1080)]


def test_the_replacement_carries_what_the_units_that_go_have_carried_to_the_minor_unit() -> None:
    order = an_order().with_line("TEA", 3, 333).less(100).discounted("7").paid().build()
    left, fresh = (change.after for change in exchange(order, *swap(2)).plan.lines)
    was = order.lines[0]
    assert [left.gross + fresh.gross, left.total + fresh.total] == [was.gross, was.total]
    assert [one.amount + other.amount for one, other in zip(left.discounts, fresh.discounts, strict=True)] == [
        each.amount for each in was.discounts
    ]
    assert [one.amount + other.amount for one, other in zip(left.taxes, fresh.taxes, strict=True)] == [
        each.amount for each in was.taxes
    ]


def test_replacements_taken_together_or_line_by_line_come_to_the_same() -> None:
    order = an_order().with_line("TEA", 7, 333).less(100).paid().build()
    singly = exchange(order, TakeBack(line_id="l1", quantity=3), *[AddLine(sku="TEA", quantity=1)] * 3)
    assert money(singly) == money(exchange(order, *swap(3))) == (0, 0, 0)


def test_a_price_that_has_risen_since_is_not_the_customers_matter_but_that_of_units_beyond_those_returned() -> None:
    planned = exchange(DELIVERED, *swap(1, came=2))
    assert added(planned) == [("TEA", 1, 1000, 1080), ("TEA", 1, 1500, 1620)]
    assert money(planned) == (1620, 0, 1620)


def test_fewer_units_than_were_taken_back_give_the_rest_back() -> None:
    assert money(exchange(DELIVERED, *swap(2, came=1))) == (-1080, 1080, 0)


def test_another_product_is_sold_at_its_list_price() -> None:
    planned = exchange(DELIVERED, *swap(1, "POT"))
    assert added(planned) == [("POT", 1, 2000, 2160)]
    assert money(planned) == (1080, 0, 1080)


def test_a_price_given_by_hand_is_no_replacement_and_is_checked_as_in_an_amendment() -> None:
    dear = AddLine(sku="TEA", quantity=1, unit_price=Money(currency="USD", amount=100))
    planned = exchange(ORDER, TakeBack(line_id="l1", quantity=1), dear)
    assert added(planned)[0][2] == 100
    assert any("below its floor" in needed.because for needed in planned.plan.approvals)


def test_a_product_without_a_price_is_replaced_and_no_more_of_it_is_sold() -> None:
    unknown = Catalogue()
    assert codes(exchange(ORDER, *swap(1), known=unknown)) == []
    assert codes(exchange(ORDER, *swap(1, came=2), known=unknown)) == ["price-unknown"]
    assert codes(exchange(ORDER, *swap(1, "KETTLE"), known=unknown)) == ["price-unknown"]


def test_of_two_lines_of_a_product_each_unit_is_replaced_at_its_own_price() -> None:
    order = an_order().with_line("TEA", 1, 1000).with_line("TEA", 2, 700).paid().build()
    planned = exchange(order, TakeBack(sku="TEA", quantity=1), AddLine(sku="TEA", quantity=2))
    assert added(planned) == [("TEA", 1, 1000, 1200), ("TEA", 1, 700, 840)]
    assert money(planned) == (0, 0, 0)


# ------------------------------------------------------------------------------------------------ stages, fees, rights


def test_what_the_customer_wants_exchanged_costs_the_restocking_of_what_comes_back() -> None:
    planned = exchange(DELIVERED, *swap(1), reason="customer_request")
    assert [(fee.code, fee.amount) for fee in planned.plan.fees] == [("restocking", 162)]
    assert money(planned) == (162, 0, 162)


def test_units_that_have_arrived_are_to_be_sent_back_and_the_order_is_to_be_fulfilled_again() -> None:
    planned = exchange(DELIVERED, *swap(1))
    assert planned.after.progress["l1"].returning == 1
    assert order_status(planned.after) is OrderStatus.PARTIALLY_FULFILLED
    assert (planned.plan.changed, planned.plan.departments) == (
        ("quantity", "price", "shipment"),
        ("warehouse", "billing", "logistics"),
    )
    assert [(units.stage, units.quantity) for units in planned.plan.cancelled] == [("delivered", 1)]


def test_units_on_their_way_are_intercepted_by_the_carrier_first() -> None:
    order = replace(ORDER, progress={"l1": Progress(picked=3, packed=3, shipped=3)})
    planned = exchange(order, *swap(1))
    assert codes(planned) == []
    assert [needed.party for needed in planned.plan.confirmations] == ["customer", "carrier"]


def test_the_units_that_came_least_far_go_first_unless_those_that_arrived_are_meant() -> None:
    order = replace(
        ORDER, progress={"l1": Progress(picked=2, packed=2, shipped=2, delivered=1, delivered_on=NOW.date())}
    )
    assert [units.stage for units in exchange(order, *swap(1)).plan.cancelled] == ["ordered"]
    meant = exchange(order, *swap(1, exception="return"))
    assert [units.stage for units in meant.plan.cancelled] == ["delivered"]
    assert "shipment" in meant.plan.changed
    assert [units.stage for units in exchange(order, *swap(1, exception="intercept")).plan.cancelled] == ["shipped"]


def test_an_exchange_is_no_way_round_what_a_cancellation_is_denied() -> None:
    late = replace(ARRIVED, delivered_on=NOW.date().replace(month=1))
    assert codes(exchange(replace(ORDER, progress={"l1": late}), *swap(1))) == ["too-late"]


def test_an_exchange_is_no_way_round_what_an_amendment_is_denied() -> None:
    priced = AddLine(sku="POT", quantity=1, unit_price=Money(currency="USD", amount=1))
    assert codes(exchange(ORDER, TakeBack(line_id="l1", quantity=1), priced, role="customer")) == ["not-eligible"]
    rules = tuple(
        replace(rule, kinds=("amendment",)) if "add_line" in rule.edits else rule
        for rule in shipped().eligibility.rules
    )
    policy = replace(shipped(), eligibility=replace(shipped().eligibility, rules=rules))
    assert codes(exchange(ORDER, *swap(1), policy=policy)) == []
    denied = tuple(replace(rule, outcome="deny") if "add_line" in rule.edits else rule for rule in rules)
    policy = replace(shipped(), eligibility=replace(shipped().eligibility, rules=denied))
    assert codes(exchange(ORDER, *swap(1), policy=policy)) == ["not-eligible"]


def test_both_sides_of_an_exchange_count_towards_its_approval() -> None:
    order = an_order().with_line("TEA", 1, 30000).paid().build()
    planned = exchange(order, *swap(1, "TEA"), role="customer")
    assert (planned.plan.delta, planned.plan.magnitude) == (0, 72000)
    assert [needed.role for needed in planned.plan.approvals] == ["manager"]


def test_the_customer_agrees_to_an_exchange_that_somebody_else_asks_for() -> None:
    assert [needed.party for needed in exchange(ORDER, *swap(1)).plan.confirmations] == ["customer"]
    assert exchange(ORDER, *swap(1), role="customer", reason="customer_request").plan.confirmations == ()


def test_an_exchange_makes_shipping_no_dearer_than_the_goods_that_are_lost_by_it() -> None:
    order = replace(an_order().with_line("TEA", 3, 2000).paid().build(), shipping=Shipping(method="value"))
    arrived = replace(order, progress={"l1": ARRIVED})
    cheaper = AddLine(sku="CUP", quantity=1)
    planned = exchange(arrived, TakeBack(line_id="l1", quantity=1), cheaper, reason="customer_request")
    assert (planned.after.shipping.price, planned.after.shipping.spared) == (0, 1600)


# --------------------------------------------------------------------------------------------------------------- stock


def test_an_exchange_beyond_stock_is_refused() -> None:
    assert codes(exchange(DELIVERED, *swap(1), known=catalogue(TEA=0))) == ["insufficient-stock"]
    planned = exchange(DELIVERED, *swap(1), known=catalogue(TEA=1))
    assert [(move.sku, move.delta) for move in planned.plan.stock] == [("TEA", -1)]


# -------------------------------------------------------------------------------------------------------- what is none


def test_an_exchange_has_two_sides() -> None:
    assert codes(exchange(ORDER, AddLine(sku="POT", quantity=1))) == ["one-sided-exchange"]
    assert codes(exchange(ORDER, TakeBack(line_id="l1", quantity=1))) == ["one-sided-exchange"]


def test_more_than_there_is_or_of_an_unknown_line_is_not_taken_back() -> None:
    assert codes(exchange(ORDER, *swap(4))) == ["more-than-left"]
    assert codes(exchange(ORDER, *swap(1, line_id="l9"))) == ["unknown-line"]
    assert codes(exchange(ORDER, TakeBack(sku="KETTLE"), AddLine(sku="TEA", quantity=1))) == ["unknown-line"]


# ------------------------------------------------------------------------------------------------------------- bundles


def a_set(**progress: Progress) -> Order:
    """Two sets of 99.00, each with a pot and two cups that cost nothing of their own; one loose pot of 20.00."""
    builder = an_order().with_line("SET", 2, 9900)
    builder = builder.with_line("POT", 2, 0, parent_line_id="l1", required=True)
    builder = builder.with_line("CUP", 4, 0, parent_line_id="l1")
    return builder.with_line("POT", 1, 2000).paid().build(**progress)


def test_a_bundle_is_exchanged_with_its_components() -> None:
    planned = exchange(a_set(), *swap(1, "SET"))
    assert codes(planned) == []
    assert [each[:2] for each in added(planned)] == [("SET", 1), ("POT", 1), ("CUP", 2)]
    head, *parts = (change.after for change in planned.plan.lines if change.before is None)
    assert {(part.parent_line_id, part.bundle_id) for part in parts} == {(head.line_id, head.line_id)}
    assert (parts[0].required, parts[0].sold_as) == (True, Proportion(units=1, parents=1))
    assert money(planned) == (0, 0, 0)


def test_bundles_exchanged_in_two_lines_share_their_components_out() -> None:
    builder = an_order().with_line("SET", 2, 9900).with_line("CUP", 3, 0, parent_line_id="l1")
    order = builder.paid().build()
    one = AddLine(sku="SET", quantity=1)
    found = added(exchange(order, TakeBack(line_id="l1"), one, one))
    assert [each[:2] for each in found] == [("SET", 1), ("CUP", 2), ("SET", 1), ("CUP", 1)]


def test_bundles_exchanged_in_many_parts_stay_bounded() -> None:
    builder = an_order().with_line("SET", 300, 9900)
    for _ in range(20):
        builder = builder.with_line("CUP", 300, 0, parent_line_id="l1")
    planned = exchange(builder.paid().build(), TakeBack(line_id="l1"), *[AddLine(sku="SET", quantity=1)] * 300)
    assert codes(planned) == ["too-many-lines"]
    assert len(added(planned)) < 2100


def test_a_part_that_went_with_its_bundle_is_not_sold_at_what_it_cost_there() -> None:
    planned = exchange(a_set(), TakeBack(line_id="l1", quantity=1), AddLine(sku="CUP", quantity=2))
    assert added(planned) == [("CUP", 2, 400, 960)]


def test_a_required_component_is_exchanged_for_another_of_its_kind_which_takes_its_place() -> None:
    planned = exchange(a_set(), TakeBack(line_id="l2", quantity=1), AddLine(sku="POT", quantity=1))
    assert codes(planned) == []
    fresh = planned.after.lines[-1]
    assert (fresh.parent_line_id, fresh.unit_price, fresh.required) == ("l1", 0, True)


def test_a_required_component_is_exchanged_for_another_product_below_its_parent_or_not_at_all() -> None:
    back = TakeBack(line_id="l2", quantity=1)
    assert codes(exchange(a_set(), back, AddLine(sku="CUP", quantity=1, parent_line_id="l1"))) == []
    assert codes(exchange(a_set(), back, AddLine(sku="CUP", quantity=1))) == ["required-component"]
    both = (back, TakeBack(line_id="l4"), AddLine(sku="POT", quantity=1))
    assert codes(exchange(a_set(), *both)) == ["required-component"]


# ---------------------------------------------------------------------------------------------------------------- undo


def undo(planned: Planned, after: Order | None = None, **stock: int) -> Planned:
    context = PlanContext(role="agent", policy=shipped(), catalogue=catalogue(**stock), now=NOW)
    return plan(after or planned.after, [restoration("chg_1", planned.plan)], context)


def progressed(order: Order, line_id: str, **steps: int) -> Order:
    known = order.progress.get(line_id, Progress())
    return replace(order, progress={**order.progress, line_id: replace(known, **steps)})


@pytest.mark.parametrize("order", [ORDER, DELIVERED], ids=["before", "after delivery"])
def test_an_exchange_is_undone_before_anything_moved(order: Order) -> None:
    order = replace(order, lines=(replace(order.lines[0], allocated=3),))
    planned = exchange(order, *swap(1, "POT"), known=catalogue(POT=5, TEA=5))
    back = undo(planned, POT=4, TEA=5)
    assert codes(back) == []
    assert back.plan.delta == -planned.plan.delta
    assert back.after.lines[0].quantity == 3
    assert back.after.progress == order.progress
    assert {move.sku: move.delta for move in back.plan.stock} == {move.sku: -move.delta for move in planned.plan.stock}
    assert ("shipment" in back.plan.changed) == bool(order.progress)


def test_an_exchange_is_not_undone_when_units_have_come_back() -> None:
    planned = exchange(DELIVERED, *swap(1, "POT"))
    assert "goods-moved-on" in codes(undo(planned, progressed(planned.after, "l1", returned=1)))


def test_an_exchange_is_not_undone_when_the_replacement_has_shipped() -> None:
    planned = exchange(DELIVERED, *swap(1, "POT"))
    sent = progressed(planned.after, planned.after.lines[-1].line_id, picked=1, packed=1, shipped=1)
    assert "goods-moved-on" in codes(undo(planned, sent))


def test_an_exchange_of_units_that_the_carrier_was_to_stop_is_not_undone() -> None:
    planned = exchange(replace(ORDER, progress={"l1": Progress(picked=3, packed=3, shipped=3)}), *swap(1))
    assert "goods-moved-on" in codes(undo(planned))


def test_the_exchange_of_a_required_component_is_undone() -> None:
    order = a_set()
    planned = exchange(order, TakeBack(line_id="l2", quantity=1), AddLine(sku="POT", quantity=1))
    back = undo(planned)
    assert codes(back) == []
    assert [line.quantity for line in back.after.lines] == [2, 2, 4, 1, 0]


# -------------------------------------------------------------------------------------------------------------- others


def test_what_was_exchanged_goes_on_as_any_line_does() -> None:
    planned = exchange(ORDER, *swap(1))
    fresh = planned.after.lines[-1]
    more = plan(planned.after, [SetQuantity(line_id=fresh.line_id, quantity=2)], context_of("amendment"))
    assert more.plan.delta == 1080
    gone = plan(planned.after, [CancelUnits(line_id=fresh.line_id)], context_of("cancellation"))
    assert gone.plan.delta == -1080


@pytest.mark.parametrize("units", [1, 2, 3])
def test_what_a_low_price_cut_is_whole_again_on_what_came_in_exchange(units: int) -> None:
    """3 × 10.00 less 15.00 is at 1.00 for a while: the coupon takes all of that, and comes back with the price."""
    order = an_order().with_line("TEA", 3, 1000, taxes=()).less(1500).paid().build()
    low, high = (SetUnitPrice(line_id="l1", unit_price=Money(currency="USD", amount=price)) for price in (100, 1000))
    cheap = plan(order, [low], context_of("amendment")).after
    planned = exchange(cheap, *swap(units))
    assert (money(planned), planned.after.totals.total) == ((0, 0, 0), 0)
    fresh = planned.after.lines[-1].line_id
    dear = [replace(high, line_id=fresh)] if units == 3 else [high, replace(high, line_id=fresh)]
    assert plan(planned.after, dear, context_of("amendment")).after.totals.total == 1500


def context_of(kind: Any) -> PlanContext:
    return PlanContext(
        kind=kind, role="agent", policy=shipped(), reason_code="customer_request", catalogue=catalogue(), now=NOW
    )


# ---------------------------------------------------------------------------------------------------------- properties


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Of one product, with discounts and taxes that do not come out even."""
    rates = draw(st.lists(st.sampled_from(["0.19", "0.0725", "0.07", "0.2"]), max_size=2))
    taxes = tuple(NewTax(name=f"T{place}", rate=Decimal(rate)) for place, rate in enumerate(rates))
    builder = an_order()
    for _ in range(draw(st.integers(1, 2))):
        quantity, price = draw(st.integers(1, 9)), draw(st.integers(0, 1999))
        builder = builder.with_line("TEA", quantity, price, taxes=taxes, tax_included=draw(st.booleans()))
    if draw(st.booleans()):
        builder = builder.discounted(draw(st.sampled_from(["7", "12.5", "33.3"])))
    goods = sum(line.net for line in builder.build().lines)
    if goods and draw(st.booleans()):
        builder = builder.less(draw(st.integers(1, goods)))
    return builder.paid().build()


@settings(deadline=None)
@given(orders(), st.data())
def test_any_units_are_exchanged_for_their_like_at_no_cost_and_cancelled_for_all_that_was_paid(
    order: Order, data: st.DataObject
) -> None:
    paid = order.totals.total
    for _ in range(3):
        line = data.draw(st.sampled_from([each for each in order.lines if each.quantity]))
        units = data.draw(st.integers(1, line.quantity))
        first = data.draw(st.integers(0, units))
        new = [AddLine(sku="TEA", quantity=part) for part in (first, units - first) if part]
        planned = exchange(order, TakeBack(line_id=line.line_id, quantity=units), *new)
        assert (codes(planned), money(planned)) == ([], (0, 0, 0))
        for each in planned.after.lines:
            parts = [discount.amount for discount in each.discounts] + [tax.amount for tax in each.taxes]
            assert min([each.gross, each.total, *parts]) >= 0
        order = planned.after
    gone = plan(order, [CancelOrder()], context_of("cancellation"))
    assert sum(refund.amount for refund in gone.plan.refunds) == paid


def test_shipping_that_an_exchange_makes_due_where_no_rate_is_known_points_to_its_edits() -> None:
    """Free shipping becomes due, because less is left, and policy knows no tax of it in that place."""
    order = replace(an_order().with_line("TEA", 3, 2000).paid().build(), shipping=Shipping(method="value"))
    order = replace(order, shipping_address=replace(HOME, country="AT", region=None))
    found = exchange(order, *swap(1, "CUP"), reason="customer_request").plan.violations
    assert ("tax-unknown", "/edits") in [(each.code, each.pointer) for each in found]
