"""A group moves together: components keep their proportion to their parent, in units, money, stock and dates."""

from dataclasses import replace
from datetime import date

import pytest

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.order.line_price import Charge
from shared.domain.order.order import Order
from shared.domain.order.product import Catalogue, Product, StockLevel
from shared.domain.order.progress import Progress
from shared.domain.planning.affected_skus import touched_skus
from shared.domain.planning.edits import (
    AddLine,
    CancelLine,
    CancelUnits,
    Edit,
    FitToStock,
    Money,
    SetDates,
    SetDiscount,
    SetQuantity,
    SetUnitPrice,
)
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import ChangePlan, Planned
from shared.domain.planning.planner import PlanContext, plan
from tests.fakes.builders import OrderBuilder, an_order, noon

POLICY = ShippedPolicies().current()
EMPTY = Catalogue()
PLACED = an_order().new.placed_at.date()


def inside(parent: str = "b", *, required: bool = True) -> dict[str, object]:
    return {"parent_line_id": parent, "bundle_id": "b", "required": required}


def bundles(
    parents: int = 2, first: int = 2, second: int = 4, price: int = 0, *, required: bool = True
) -> OrderBuilder:
    """Bundles of one C1 at 30.00 and two C2 at 10.00 each, 20 % tax: 60.00 a bundle, if it has no price of its own."""
    return (
        an_order()
        .with_line("BUNDLE", parents, price, line_id="b", bundle_id="b")
        .with_line("C1", first, 3000, line_id="b1", **inside(required=required))
        .with_line("C2", second, 1000, line_id="b2", **inside(required=required))
        .with_line("TEA", 3, 500, line_id="tea")
    )


TWO = bundles().paid().build()


def change(order: Order, *edits: Edit, on: date = PLACED, catalogue: Catalogue = EMPTY) -> Planned:
    kind = "cancellation" if any(isinstance(edit, CancelUnits) for edit in edits) else "amendment"
    context = PlanContext(
        kind=kind, role="agent", policy=POLICY, reason_code="customer_request", catalogue=catalogue, now=noon(on)
    )
    return plan(order, edits, context)


def quantities(order: Order) -> list[int]:
    return [line.quantity for line in order.lines]


def refunded(plan: ChangePlan) -> int:
    return sum(refund.amount for refund in plan.refunds)


def codes(plan: ChangePlan) -> list[tuple[str, str]]:
    return [(violation.code, violation.pointer or "") for violation in plan.violations]


ONE_AWAY: tuple[Edit, ...] = (
    CancelUnits(line_id="b", quantity=1), CancelLine(line_id="b", quantity=1), CancelLine(sku="BUNDLE", quantity=1),
    SetQuantity(line_id="b", quantity=1),
)  # fmt: skip


@pytest.mark.parametrize("edit", ONE_AWAY)
@pytest.mark.parametrize("required", [True, False])
def test_one_of_two_bundles_takes_half_of_each_component_required_or_not(edit: Edit, required: bool) -> None:
    result = change(bundles(required=required).paid().build(), edit)
    assert (codes(result.plan), quantities(result.after)) == ([], [1, 1, 2, 3])
    assert refunded(result.plan) == 6000


@pytest.mark.parametrize("edit", ONE_AWAY)
def test_half_of_a_bundle_s_price_goes_back_where_the_price_is_its_parent_s(edit: Edit) -> None:
    order = (
        an_order().with_line("BUNDLE", 2, 5000, line_id="b", bundle_id="b")
        .with_line("C1", 2, 0, line_id="b1", **inside()).with_line("C2", 4, 0, line_id="b2", **inside()).paid().build()
    )  # fmt: skip
    result = change(order, edit)
    assert (quantities(result.after), refunded(result.plan)) == ([1, 1, 2], 6000)


def test_a_cancellation_counts_the_units_of_components_as_cancelled_and_a_quantity_does_not() -> None:
    cancelled, lowered = change(TWO, CancelLine(line_id="b", quantity=1)), change(TWO, ONE_AWAY[-1])
    assert [line.cancelled_quantity for line in cancelled.after.lines] == [1, 1, 2, 0]
    assert [line.cancelled_quantity for line in lowered.after.lines] == [0, 0, 0, 0]
    taken = change(TWO, ONE_AWAY[0]).plan.cancelled
    assert [(each.line_id, each.quantity, each.amount) for each in taken] == [
        ("b", 1, 0), ("b1", 1, 3600), ("b2", 2, 2400),
    ]  # fmt: skip


def test_more_bundles_have_more_of_each_component() -> None:
    result = change(TWO, SetQuantity(line_id="b", quantity=5))
    assert (quantities(result.after), result.plan.delta) == ([5, 5, 10, 3], 3 * 6000)


def test_stock_follows_and_what_is_short_points_to_the_edit_of_the_bundle() -> None:
    covered = replace(TWO, lines=tuple(replace(line, allocated=line.quantity) for line in TWO.lines))
    catalogue = Catalogue(stock={"C2": StockLevel(sku="C2", on_hand=9, allocated=4)})
    less = change(covered, ONE_AWAY[-1], catalogue=catalogue)
    assert [(move.sku, move.delta) for move in less.plan.stock] == [("BUNDLE", 1), ("C1", 1), ("C2", 2)]
    assert less.after.lines[2].allocated == 2
    short = change(covered, SetUnitPrice(line_id="tea", unit_price=Money(amount=600, currency="USD")),
                   SetQuantity(line_id="b", quantity=5), catalogue=catalogue)  # fmt: skip
    assert codes(short.plan) == [("insufficient-stock", "/edits/1/quantity")]


@pytest.mark.parametrize("edit", ONE_AWAY)
def test_the_skus_of_components_are_known_when_a_part_of_their_bundle_moves(edit: Edit) -> None:
    assert touched_skus(TWO, [edit]) == ("BUNDLE", "C1", "C2")


@pytest.mark.parametrize("one", [CancelLine(line_id="b", quantity=1), CancelUnits(line_id="b", quantity=1)])
@pytest.mark.parametrize(("first", "second"), [(4, 1), (5, 7), (1, 2)])
def test_one_by_one_ends_where_together_ends_also_where_units_cannot_be_divided(
    one: CancelLine | CancelUnits, first: int, second: int
) -> None:
    order = bundles(3, first, second).paid().build()
    singly = change(change(order, one).after, one).after
    together = change(order, replace(one, quantity=2)).after
    assert [(line.quantity, line.cancelled_quantity, line.total) for line in singly.lines] == [
        (line.quantity, line.cancelled_quantity, line.total) for line in together.lines
    ]


def test_what_was_rounded_away_comes_back_with_its_bundle() -> None:
    order = bundles(3, 1, 4).paid().build()
    one = change(order, SetQuantity(line_id="b", quantity=1)).after
    assert quantities(one) == [1, 0, 1, 3]
    assert quantities(change(one, SetQuantity(line_id="b", quantity=3)).after) == quantities(order)


def test_a_row_without_its_proportion_moves_by_the_quantities_that_it_has() -> None:
    order = bundles(3, 1, 4).paid().build()
    old = replace(order, lines=tuple(replace(line, sold_as=None) for line in order.lines))
    for quantity in (2, 1):
        old = change(old, SetQuantity(line_id="b", quantity=quantity)).after
    assert quantities(old) == quantities(change(order, SetQuantity(line_id="b", quantity=1)).after) == [1, 0, 1, 3]


def nested() -> Order:
    """Two hampers of one box each, with three cups in a box and two labels on a cup."""
    return (
        an_order().with_line("LABEL", 12, 10, line_id="label", **inside("cup"))
        .with_line("CUP", 6, 100, line_id="cup", **inside("box"))
        .with_line("HAMPER", 2, 1000, line_id="b", bundle_id="b")
        .with_line("BOX", 2, 0, line_id="box", **inside()).paid().build()
    )  # fmt: skip


@pytest.mark.parametrize("edit", [ONE_AWAY[0], ONE_AWAY[1], ONE_AWAY[3]])
def test_components_of_components_move_too(edit: Edit) -> None:
    result = change(nested(), edit)
    assert (codes(result.plan), quantities(result.after)) == ([], [6, 3, 1, 1])
    assert quantities(change(nested(), SetQuantity(line_id="b", quantity=3)).after) == [18, 9, 3, 3]
    assert quantities(change(nested(), CancelUnits(line_id="b")).after) == [0, 0, 0, 0]


@pytest.mark.parametrize("edit", ONE_AWAY)
def test_an_undo_brings_the_whole_bundle_back(edit: Edit) -> None:
    order = bundles(3, 4, 1).discounted("7").less(33).paid().build()
    first = change(order, edit)
    undone = change(first.after, restoration("chg_1", first.plan))
    assert undone.plan.violations == ()
    assert [replace(line, since=1) for line in undone.after.lines] == list(order.lines)
    assert undone.after.totals.total == order.totals.total


# ----------------------------------------------------------------------------------------------------- goods that left


def sent(order: Order, **progress: dict[str, int]) -> Order:
    return replace(order, progress={
        line_id: Progress(**steps, delivered_on=PLACED if "delivered" in steps else None)
        for line_id, steps in progress.items()
    })  # fmt: skip


ARRIVED = sent(TWO, b1={"picked": 2, "packed": 2, "shipped": 2, "delivered": 2},
               b2={"picked": 4, "packed": 4, "shipped": 4, "delivered": 4})  # fmt: skip


def test_a_bundle_that_is_returned_comes_back_with_its_components() -> None:
    refused = change(ARRIVED, ONE_AWAY[0]).plan
    assert set(codes(refused)) == {("unit-shipped", "/lines/0")}
    result = change(ARRIVED, CancelUnits(line_id="b", quantity=1, exception="return"))
    assert (codes(result.plan), quantities(result.after)) == ([], [1, 1, 2, 3])
    assert [result.after.progress[line_id].returning for line_id in ("b1", "b2")] == [1, 2]
    assert [(each.line_id, each.stage) for each in result.plan.cancelled] == [
        ("b", "ordered"), ("b1", "delivered"), ("b2", "delivered"),
    ]  # fmt: skip


@pytest.mark.parametrize("edit", ONE_AWAY[1:])
def test_an_amendment_leaves_a_bundle_whose_components_have_shipped(edit: Edit) -> None:
    order = sent(TWO, b2={"picked": 3, "packed": 3, "shipped": 3})
    assert codes(change(order, edit).plan) == [("component-shipped", "/edits/0")]
    assert codes(change(sent(TWO, b2={"picked": 2, "packed": 2, "shipped": 2}), edit).plan) == []


# ------------------------------------------------------------------------------------------------ components themselves


@pytest.mark.parametrize(
    "edit",
    [
        CancelLine(line_id="b2", quantity=1),
        CancelUnits(line_id="b2", quantity=1),
        SetQuantity(line_id="b2", quantity=3),
    ],
)
def test_a_required_component_cannot_fall_below_its_share_alone_and_an_accessory_can(edit: Edit) -> None:
    assert [code for code, _ in codes(change(TWO, edit).plan)] == ["required-component"]
    accessory = change(bundles(required=False).paid().build(), edit)
    assert (codes(accessory.plan), quantities(accessory.after)) == ([], [2, 2, 3, 3])


def test_units_beyond_its_share_can_be_added_to_a_required_component_and_taken_again() -> None:
    more = change(TWO, SetQuantity(line_id="b2", quantity=6)).after
    assert quantities(change(more, ONE_AWAY[-1]).after) == [1, 1, 3, 3]
    again = change(more, SetQuantity(line_id="b2", quantity=4))
    assert codes(again.plan) == []
    assert [replace(line, since=1, basis=None) for line in again.after.lines] == list(TWO.lines)
    assert [code for code, _ in codes(change(more, SetQuantity(line_id="b2", quantity=3)).plan)] == [
        "required-component"
    ]


def test_an_accessory_that_went_alone_stays_away_when_its_bundle_grows() -> None:
    order = bundles(required=False).paid().build()
    without = change(order, CancelLine(line_id="b1")).after
    assert quantities(change(without, SetQuantity(line_id="b", quantity=4)).after) == [4, 0, 8, 3]
    fewer = change(order, CancelLine(line_id="b2", quantity=2)).after
    assert quantities(change(fewer, ONE_AWAY[0]).after) == [1, 1, 1, 3]


def test_an_added_component_moves_with_its_parent_from_then_on() -> None:
    add = AddLine(sku="CARD", quantity=3, unit_price=Money(amount=100, currency="USD"), parent_line_id="b")
    added = change(TWO, add, SetQuantity(line_id="b", quantity=3)).after
    assert quantities(added) == [3, 3, 6, 3, 3]
    assert quantities(change(added, SetQuantity(line_id="b", quantity=1)).after) == [1, 1, 2, 3, 1]


def test_components_move_with_their_bundle_where_their_own_quantity_is_fixed() -> None:
    fixed = Catalogue(products={"C2": Product(sku="C2", quantity_modifiable=False)})
    for edit in ONE_AWAY:
        assert quantities(change(TWO, edit, catalogue=fixed).after) == [1, 1, 2, 3]


def test_an_edit_of_a_component_that_comes_to_the_same_as_its_bundle_s_is_no_conflict() -> None:
    agreed = (CancelUnits(line_id="b", quantity=1), CancelUnits(line_id="b2", quantity=2))
    for edits in (agreed, agreed[::-1]):
        result = change(TWO, *edits)
        assert (codes(result.plan), quantities(result.after), refunded(result.plan)) == ([], [1, 1, 2, 3], 6000)


@pytest.mark.parametrize("own", [SetQuantity(line_id="b2", quantity=3), CancelLine(line_id="b2")])
def test_an_edit_that_wants_another_quantity_of_a_component_than_its_bundle_is_a_conflict(own: Edit) -> None:
    order = bundles(required=False).paid().build()
    for edits, pointer in (((ONE_AWAY[-1], own), "/edits/0"), ((own, ONE_AWAY[-1]), "/edits/1")):
        assert codes(change(order, *edits).plan) == [("conflicting-edits", pointer)]


def test_other_edits_of_a_component_go_with_its_bundle_s_in_any_order() -> None:
    price = SetUnitPrice(line_id="b1", unit_price=Money(amount=2000, currency="USD"))
    digests = {change(TWO, *edits).plan.digest for edits in ((ONE_AWAY[-1], price), (price, ONE_AWAY[-1]))}
    assert len(digests) == 1
    assert change(TWO, ONE_AWAY[-1], price).after.line("b1").total == 2400  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "edit",
    [
        SetUnitPrice(line_id="b", unit_price=Money(amount=900, currency="USD")),
        SetDiscount(line_id="b", type="percent", value="10"),
    ],
)
def test_price_and_discount_of_a_parent_are_its_own(edit: Edit) -> None:
    result = change(bundles(price=1000).paid().build(), edit)
    assert [each.line_id for each in result.plan.lines] == ["b"]


# --------------------------------------------------------------------------------------------------------------- dates

YEAR = {"start_date": date(2026, 12, 1), "end_date": date(2027, 11, 30), "taxes": ()}


def a_plan(**dates: object) -> Order:
    """Two plans without dates of their own, of four seats and one support, at 10.00 and 50.00 a month."""
    seats = Charge(charge_id="seats", type="recurring", period="month", price=1000)
    support = Charge(charge_id="support", type="recurring", period="month", price=5000)
    return (
        an_order().with_line("PLAN", 2, 0, line_id="b", bundle_id="b", taxes=(), **dates)
        .with_line("SEAT", 4, 0, line_id="b1", charges=(seats,), **inside(), **YEAR)
        .with_line("SUPPORT", 2, 0, line_id="b2", charges=(support,), **inside(required=False), **YEAR)
        .with_line("MUG", 2, 900, line_id="mug", taxes=(), **inside(required=False)).paid().build()
    )  # fmt: skip


def ends(order: Order) -> list[date | None]:
    return [line.end_date for line in order.lines]


MAY = date(2027, 5, 31)
SOONER = SetDates(line_id="b", end_date=MAY)


def test_dates_of_a_bundle_move_every_component_that_has_some() -> None:
    result = change(a_plan(), SOONER)
    assert (codes(result.plan), ends(result.after)) == ([], [None, MAY, MAY, None])
    assert refunded(result.plan) == 6 * (4 * 1000 + 2 * 5000)
    assert [each.line_id for each in result.plan.proration] == ["b1", "b2"]


def test_a_parent_with_dates_moves_with_its_components() -> None:
    order = a_plan(start_date=YEAR["start_date"], end_date=YEAR["end_date"])
    assert ends(change(order, SOONER).after) == [MAY, MAY, MAY, None]


def test_a_component_that_was_stopped_stays_so_when_its_bundle_is_renewed() -> None:
    stopped = change(a_plan(), CancelLine(line_id="b2"), on=MAY).after
    later = date(2028, 11, 30)
    renewed = change(stopped, SetDates(line_id="b", end_date=later), on=date(2027, 12, 15))
    assert ends(renewed.after) == [None, later, MAY, None]


def test_dates_of_a_component_beside_other_dates_of_its_bundle_are_a_conflict() -> None:
    own = SetDates(line_id="b2", end_date=date(2027, 4, 30))
    for edits in ((SOONER, own), (own, SOONER)):
        assert [code for code, _ in codes(change(a_plan(), *edits).plan)] == ["conflicting-edits"]
    same = SetDates(line_id="b2", end_date=MAY)
    for edits in ((SOONER, same), (same, SOONER)):
        assert codes(change(a_plan(), *edits).plan) == []


def test_a_component_that_would_end_before_it_starts_refuses_its_bundle_s_dates() -> None:
    found = codes(change(a_plan(), SetDates(line_id="b", end_date=date(2026, 11, 30))).plan)
    assert found == [("end-before-start", "/edits/0"), ("end-before-start", "/edits/0")]


def test_a_bundle_of_nothing_that_has_dates_has_none_to_move() -> None:
    assert codes(change(TWO, SOONER).plan) == [("line-without-dates", "/edits/0")]


RUNNING_AWAY = (ONE_AWAY[0], ONE_AWAY[1], ONE_AWAY[3])


@pytest.mark.parametrize("edit", RUNNING_AWAY)
def test_a_part_of_a_bundle_stops_its_share_of_what_runs_in_it(edit: Edit) -> None:
    result = change(a_plan(), edit, on=MAY)
    assert (codes(result.plan), quantities(result.after), ends(result.after)) == (
        [], [1, 2, 1, 1], [None, YEAR["end_date"], YEAR["end_date"], None],
    )  # fmt: skip
    assert refunded(result.plan) == 900 + 6 * (2 * 1000 + 5000)
    assert [(each.quantity, each.end_date) for line in result.after.lines for each in line.ended] == [
        (2, MAY), (1, MAY),
    ]  # fmt: skip


def test_bundles_that_go_one_by_one_while_they_run_end_as_if_they_had_gone_together() -> None:
    once = change(change(a_plan(), ONE_AWAY[0], on=MAY).after, CancelUnits(line_id="b", quantity=1), on=MAY)
    together = change(a_plan(), CancelUnits(line_id="b"), on=MAY)
    assert (codes(once.plan), once.after.totals.total) == ([], together.after.totals.total)


def test_a_bundle_more_costs_the_rest_of_what_runs_in_it() -> None:
    more = change(a_plan(), SetQuantity(line_id="b", quantity=3), on=date(2027, 6, 1)).plan
    assert (codes(more), more.amount_due) == ([], 900 // 2 * 2 + 6 * (2 * 1000 + 5000))


# -------------------------------------------------------------------------------------------------------------- stock


def waiting(order: Order, **allocated: int) -> Order:
    """The lines with so many units covered; the others wait for stock."""
    lines = [
        replace(line, allocated=units, backordered=line.quantity - units)
        if (units := allocated.get(line.line_id)) is not None
        else line
        for line in order.lines
    ]
    return replace(order, lines=tuple(lines))


def stocked(**available: int) -> Catalogue:
    return Catalogue(stock={sku: StockLevel(sku=sku, on_hand=units) for sku, units in available.items()})


def fitted(order: Order, catalogue: Catalogue, *more: Edit) -> Planned:
    return change(order, FitToStock(line_id="b"), *more, catalogue=catalogue)


def covered(planned: Planned) -> dict[str, tuple[int, int, int]]:
    """Units, allocated and backordered, of each line of the bundle."""
    lines = planned.after.lines[:3]
    return {line.line_id: (line.quantity, line.allocated, line.backordered) for line in lines}


def test_a_bundle_is_fitted_to_what_stock_covers_of_its_scarcest_part() -> None:
    order = waiting(bundles(5, 5, 10).paid().build(), b1=5, b2=5)
    planned = fitted(order, stocked(C1=0, C2=2))
    assert planned.plan.violations == ()
    assert covered(planned) == {"b": (3, 0, 0), "b1": (3, 3, 0), "b2": (6, 6, 0)}
    assert {move.sku: move.delta for move in planned.plan.stock} == {"C1": 2, "C2": -1}
    assert refunded(planned.plan) == 2 * 6000


def test_a_bundle_whose_parts_can_all_be_covered_now_waits_no_more() -> None:
    order = waiting(TWO, b1=1, b2=4)
    assert covered(fitted(order, stocked(C1=1, C2=0))) == {"b": (2, 0, 0), "b1": (2, 2, 0), "b2": (4, 4, 0)}


def test_two_parts_of_one_product_share_what_there_is_of_it() -> None:
    builder = an_order().with_line("BUNDLE", 4, 0, line_id="b").with_line("C", 4, 100, line_id="b1", **inside())
    order = waiting(builder.with_line("C", 4, 100, line_id="b2", **inside()).paid().build(), b1=0, b2=0)
    assert [each[0] for each in covered(fitted(order, stocked(C=5))).values()] == [2, 2, 2]


def test_a_bundle_of_which_stock_covers_none_is_not_fitted() -> None:
    found = fitted(waiting(TWO, b1=2, b2=0), stocked(C1=9, C2=1)).plan.violations
    assert [each.code for each in found] == ["nothing-in-stock"]
    assert "all that belongs to it" in found[0].detail


def test_a_bundle_with_parts_that_have_shipped_is_not_fitted_below_them() -> None:
    order = waiting(TWO, b1=2, b2=2)
    order = replace(order, progress={"b1": Progress(picked=2, packed=2, shipped=2)})
    found = fitted(order, stocked(C1=0, C2=0)).plan.violations
    assert [each.code for each in found] == ["component-shipped"]


def test_what_a_fitted_bundle_takes_is_left_to_no_other_line() -> None:
    order = bundles(2, 2, 4).with_line("C2", 3, 1000, line_id="c").paid().build()
    order = waiting(order, b1=2, b2=2, c=0)
    planned = fitted(order, stocked(C1=0, C2=3), FitToStock(line_id="c"))
    assert covered(planned)["b2"] == (4, 4, 0)
    assert planned.after.lines[-1].quantity == 1
