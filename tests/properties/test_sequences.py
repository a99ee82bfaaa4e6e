"""Whatever is changed, and however often: what FAULTS.md demands of money, versions and stock holds throughout."""

from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from shared.domain import money
from shared.domain.intake.new_order import NewTax
from shared.domain.order.bundles import children_of, components
from shared.domain.order.line import Line
from shared.domain.order.order import Fee, Order, Shipping
from shared.domain.order.product import StockLevel
from shared.domain.planning.affected_skus import touched_skus
from shared.domain.planning.edits import (
    CancelLine,
    FitToStock,
    Restore,
    SetDates,
    SetDiscount,
    SetQuantity,
    SetShippingAddress,
    SetShippingMethod,
)
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import planned_order
from shared.domain.planning.planner import PlanContext, plan
from tests.fakes.builders import HOME, OrderBuilder, an_order, noon
from tests.properties.histories import START, Step, Stock, context, histories, orders
from tests.support.effort import times

throughout = settings(
    max_examples=times(30),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@throughout
@given(histories())
def test_the_total_is_the_sum_of_lines_shipping_and_fees(steps: list[Step]) -> None:
    for step in steps:
        after, planned = step.after, step.planned.plan
        parts = [line.total for line in after.lines] + [after.shipping.total] + [fee.total for fee in after.fees]
        assert after.totals.total == sum(parts)
        assert planned.delta == after.totals.total - step.before.totals.total
        assert planned.totals_after == after.totals


@throughout
@given(histories())
def test_no_amount_and_no_quantity_is_ever_negative(steps: list[Step]) -> None:
    for step in steps:
        for line in step.after.lines:
            assert min(amounts(line)) >= 0
            assert min(line.quantity, line.cancelled_quantity, line.allocated, line.backordered) >= 0
        totals = step.after.totals
        assert min(totals.items, totals.discount, totals.tax, totals.fees, totals.total) >= 0
        assert min(step.after.shipping.price, step.after.shipping.tax) >= 0
        assert min(step.planned.plan.amount_due, *(payment.authorised for payment in step.after.payments)) >= 0


def amounts(line: Line) -> list[int]:
    parts = [discount.amount for discount in line.discounts] + [tax.amount for tax in line.taxes]
    return [line.unit_price, line.gross, line.net, line.total, *parts]


@throughout
@given(histories())
def test_refunds_of_a_payment_never_exceed_what_it_captured(steps: list[Step]) -> None:
    for step in steps:
        assert all(payment.refunded + payment.refunding <= payment.captured for payment in step.after.payments)


@throughout
@given(histories())
def test_what_goes_back_is_what_the_order_lost_and_nothing_that_is_still_owed(steps: list[Step]) -> None:
    for step in steps:
        before, after = step.before.totals, step.after.totals
        kept = sum(payment.captured - payment.refunded - payment.refunding for payment in step.before.payments)
        refunded = sum(refund.amount for refund in step.planned.plan.refunds)
        assert refunded == max(0, min(before.total - after.total, kept - after.total))
        assert after.balance_due - before.balance_due == after.total - before.total + refunded


@throughout
@given(histories())
def test_stock_moves_conserve_and_lines_hold_what_is_allocated(steps: list[Step]) -> None:
    for step in steps:
        for sku, level in step.stock_after.items():
            assert level.on_hand == step.stock_before[sku].on_hand == level.available + level.held + level.allocated
            assert min(level.available, level.held, level.allocated) >= 0
            assert level.allocated == sum(line.allocated for line in step.after.lines if line.sku == sku)


@throughout
@given(histories())
def test_each_unit_of_a_tracked_sku_is_allocated_or_backordered_and_no_other(steps: list[Step]) -> None:
    for step in steps:
        for line in step.after.lines:
            tracked = line.sku in step.stock_after
            assert line.allocated + line.backordered == (line.quantity if tracked else 0)


@throughout
@given(histories())
def test_versions_are_dense_and_each_line_names_the_one_that_gave_it_its_content(steps: list[Step]) -> None:
    for version, step in enumerate(steps, start=1):
        assert (step.before.version, step.planned.plan.base_version, step.after.version) == (
            version,
            version,
            version + 1,
        )
        changed = {change.line_id for change in step.planned.plan.lines}
        for line in step.after.lines:
            assert (line.since == version + 1) == (line.line_id in changed)


@throughout
@given(histories())
def test_a_line_that_no_edit_touches_is_the_very_same(steps: list[Step]) -> None:
    for step in steps:
        touched = named(step)
        for was, line in zip(step.before.lines, step.after.lines, strict=False):
            assert line is was or line.line_id in touched


def named(step: Step) -> set[str]:
    """The lines that the edits name, what goes with one that moves, and all where another jurisdiction taxes."""
    if step.after.shipping_address != step.before.shipping_address:
        return {line.line_id for line in step.before.lines}
    found: set[str] = set()
    for edit in step.edits:
        line = step.before.line(getattr(edit, "line_id", None) or "")
        if line is not None:
            moves = isinstance(edit, CancelLine | SetQuantity | SetDates)
            below = components(children_of(step.before), line) if moves else []
            found |= {each.line_id for each in (line, *below)}
    return found


@throughout
@given(histories(begun=False))
def test_another_revision_day_policy_stock_and_the_changes_own_hold_leave_its_digest(steps: list[Step]) -> None:
    for step in steps:
        digest, policy = step.planned.plan.digest, replace(step.context.policy, version="another")
        anew = replace(step.context, now=noon(START - timedelta(days=1)), policy=policy)
        assert plan(replace(step.before, revision=99), step.edits, anew).plan.digest == digest
        taken = {move.sku: -move.delta for move in step.planned.plan.stock if move.delta < 0}
        held = replace(step.context, catalogue=replace(step.context.catalogue, stock=holding(step, taken)), held=taken)
        again = plan(step.before, step.edits, held).plan
        assert (again.digest, again.violations) == (digest, ())


def holding(step: Step, taken: dict[str, int]) -> dict[str, StockLevel]:
    stock = dict(step.stock_before)
    return stock | {
        sku: replace(stock[sku], held=units, on_hand=stock[sku].on_hand + 7) for sku, units in taken.items()
    }


@throughout
@given(histories())
def test_a_preview_leaves_the_order_alone_and_shows_what_is_committed(steps: list[Step]) -> None:
    for step in steps:
        before = deepcopy(step.before)
        planned = plan(step.before, step.edits, step.context)
        assert step.before == before
        assert planned == step.planned
        shown = planned_order(step.before, planned.plan)
        assert (shown.lines, shown.shipping, shown.version) == (
            step.after.lines, step.after.shipping, step.after.version,
        )  # fmt: skip


@throughout
@given(histories())
def test_undoing_the_last_change_gives_the_former_lines_shipping_and_total(steps: list[Step]) -> None:
    for step in steps[-1:]:
        undo = restoration("chg_1", step.planned.plan)
        undone = plan(
            step.after, [undo], context(step.stock_after, step.context.catalogue.products, step.context.today)
        )
        assert undone.plan.violations == ()
        assert content(undone.after, step.before) == content(step.before, step.before)
        assert undone.after.shipping == step.before.shipping
        assert undone.after.totals.total == step.before.totals.total
        assert undone.plan.delta == -step.planned.plan.delta


def content(order: Order, former: Order) -> list[Line]:
    """The lines that the former order had, without the version that they date from; an added one is left at nothing."""
    known = {line.line_id for line in former.lines}
    assert all(line.quantity == line.total == 0 for line in order.lines if line.line_id not in known)
    return [replace(line, since=0) for line in order.lines if line.line_id in known]


@throughout
@given(orders())
def test_an_orders_discount_is_allocated_to_the_last_minor_unit(order: Order) -> None:
    left = sum(line.gross - own(line) for line in order.lines)
    for place, discount in enumerate(order.discounts):
        amount = discount.amount if discount.percent is None else money.percent_of(left, discount.percent)
        shares = [[each.amount for each in line.discounts if each.scope == "order"][place] for line in order.lines]
        assert sum(shares) == amount
        left -= amount
    assert sum(line.net + deducted(line) for line in order.lines) == left


def deducted(line: Line) -> int:
    return sum(discount.amount for discount in line.discounts if (discount.code or "").startswith("credit-"))


def own(line: Line) -> int:
    return sum(discount.amount for discount in line.discounts if discount.scope == "line")


class Enough(Exception):
    """Everything has been seen."""


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_the_histories_hold_every_edit_currency_and_way_to_pay() -> None:
    seen: set[str] = set()

    # what comes along varies with the code that hypothesis sees loaded; once everything has come, it is enough
    @settings(throughout, max_examples=300, phases=[Phase.generate])
    @given(histories())
    def look(steps: list[Step]) -> None:
        for step in steps:
            planned = step.planned.plan
            seen.update(edit.op for edit in step.edits)
            seen.update([planned.currency, *(change.change for change in planned.lines)])
            facts = {
                "refund": planned.refunds,
                "spilt refund": len(planned.refunds) > 1,
                "amount due": planned.amount_due,
                "reduced": planned.authorisations,
                "stock": planned.stock,
                "proration": planned.proration,
                "contained tax": any(line.tax_included and line.tax for line in step.before.lines),
                "added tax": any(not line.tax_included and line.tax for line in step.before.lines),
                "order discount": step.before.discounts,
                "fifth version": step.before.version == 5,
            }
            seen.update(name for name, found in facts.items() if found)
        if seen == EVERYTHING:
            raise Enough

    with suppress(Enough):
        look()
    assert seen == EVERYTHING


EVERYTHING = {
    *("set_quantity", "set_unit_price", "set_discount", "set_dates", "cancel_line", "add_line", "replace_sku"),
    *("set_shipping_method", "set_shipping_address", "USD", "JPY", "KWD", "added", "changed", "cancelled"),
    *("refund", "spilt refund", "amount due", "reduced", "stock", "proration", "contained tax", "added tax"),
    *("order discount", "fifth version"),
}


# What the histories found, as examples


def agreed(stock: Stock | None = None) -> PlanContext:
    return context(stock or {}, {})


def test_two_discounts_of_a_few_units_never_come_to_more_than_their_price() -> None:
    order = an_order().with_line("A", 2, 1, taxes=()).less(1).less(1).build()
    lines = [plan(order, [SetQuantity(line_id="l1", quantity=units)], agreed()).after.lines[0] for units in (1, 3)]
    assert [(line.discount, line.net) for line in lines] == [(1, 0), (2, 1)]


def test_undoing_a_move_brings_back_the_tax_that_the_channel_charged_and_none_for_who_is_exempt() -> None:
    own = NewTax(name="Sales tax", rate=Decimal("0.0625"), amount=190, jurisdiction="US-IL")
    order = an_order().with_line("A", 3, 1000, taxes=(own,)).with_line("B", 1, 1000, taxes=()).paid().build()
    first = plan(order, [SetShippingAddress(address=replace(HOME, region="OR"))], agreed())
    undone = plan(first.after, [restoration("chg_1", first.plan)], agreed())
    assert [line.tax for line in first.after.lines] == [0, 0]
    assert [line.tax for line in undone.after.lines] == [190, 0]


def test_undo_does_not_recalculate_shipping_that_its_change_left_alone() -> None:
    order = an_order().with_line("A", 6, 1000).paid().build()
    order = replace(order, shipping=Shipping(method="value", price=400))
    first = plan(order, [SetQuantity(line_id="l1", quantity=3)], agreed())
    undone = plan(first.after, [restoration("chg_1", first.plan)], agreed())
    assert [step.after.shipping.price for step in (first, undone)] == [400, 400]


def test_units_that_waited_for_stock_wait_again_after_an_undo() -> None:
    order = an_order().with_line("A", 9, 1000).paid().build()
    order = replace(order, lines=(replace(order.lines[0], allocated=4, backordered=5),))
    stock = {"A": StockLevel(sku="A", on_hand=4, allocated=4)}
    first = plan(order, [FitToStock(line_id="l1")], agreed(stock))
    undone = plan(first.after, [restoration("chg_1", first.plan)], agreed(stock))
    line = undone.after.lines[0]
    assert (undone.plan.violations, line.quantity, line.allocated, line.backordered) == ((), 9, 4, 5)


def test_a_discount_on_a_line_leaves_the_total_that_its_channel_gave_it() -> None:
    new = an_order().with_line("A", 3, 333, gross=1000, taxes=()).build()
    after = plan(new, [SetDiscount(line_id="l1", type="percent", value="10")], agreed()).after
    assert (after.lines[0].gross, after.lines[0].total) == (1000, 900)


def test_revenue_is_without_tax_be_it_added_or_contained() -> None:
    for included, price in ((False, 1000), (True, 1200)):
        order = an_order().with_line("A", 6, price, tax_included=included).paid().build()
        planned = plan(order, [SetQuantity(line_id="l1", quantity=5)], agreed()).plan
        assert (planned.delta, planned.effects.revenue) == (-1200, -1000)


def test_a_first_address_and_an_undone_move_concern_the_skus_of_every_line() -> None:
    order = replace(an_order().with_lines(2).build(), shipping_address=None)
    assert touched_skus(order, [SetShippingAddress(address=HOME)]) == ("SKU-1", "SKU-2")
    assert touched_skus(order, [Restore(change_id="chg_1", lines=(), address=HOME)]) == ("SKU-1", "SKU-2")


def test_shipping_that_was_free_in_between_is_taxed_as_before() -> None:
    order = an_order().with_line("A", 4, 1000).paid().build()
    order = replace(order, shipping=Shipping(method="value", price=400, unrated=80))
    free = plan(order, [SetQuantity(line_id="l1", quantity=6)], agreed()).after
    again = plan(free, [SetQuantity(line_id="l1", quantity=4)], agreed()).after
    assert (free.shipping.total, again.shipping.total) == (0, 480)


def test_undo_is_refused_where_a_later_change_set_the_shipping_again() -> None:
    order = an_order().with_line("A", 4, 1000).shipped_for(500).paid().build()
    first = plan(order, [SetShippingMethod(method="express")], agreed())
    second = plan(first.after, [SetShippingMethod(method="value")], agreed())
    undone = plan(second.after, [restoration("chg_1", first.plan)], agreed()).plan
    assert [violation.code for violation in undone.violations] == ["changed-since"]


def test_an_order_whose_fee_is_negative_never_comes_to_less_than_nothing() -> None:
    builder = an_order().with_line("A", 1, 1000, taxes=())
    order = OrderBuilder(replace(builder.new, fees=(Fee(code="rounding", amount=-3),))).paid().build()
    assert plan(order, [CancelLine(line_id="l1")], agreed()).after.totals.total == 0
