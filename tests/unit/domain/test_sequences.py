"""Whatever is changed, and however often: what FAULTS.md demands of money, versions and stock holds throughout."""

from copy import deepcopy
from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from shared.domain import money
from shared.domain.bundles import components
from shared.domain.edits import CancelLine
from shared.domain.order import Line, Order
from shared.domain.plan import planned_order
from shared.domain.planner import plan
from shared.domain.product import StockLevel
from shared.domain.restoring import restoration
from tests.unit.domain.histories import Step, context, histories, orders

throughout = settings(
    max_examples=80,
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
        assert min(step.after.shipping.price, step.after.shipping.tax, step.after.totals.total) >= 0
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
    """The lines that the edits name, and what goes with a cancelled one."""
    found: set[str] = set()
    for edit in step.edits:
        line = step.before.line(getattr(edit, "line_id", None) or "")
        if line is not None:
            below = components(step.before, line) if isinstance(edit, CancelLine) else []
            found |= {each.line_id for each in (line, *below)}
    return found


@throughout
@given(histories())
def test_a_later_revision_more_stock_and_the_changes_own_hold_leave_its_digest(steps: list[Step]) -> None:
    for step in steps:
        digest = step.planned.plan.digest
        assert plan(replace(step.before, revision=99), step.edits, step.context).plan.digest == digest
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
        undone = plan(step.after, [undo], context(step.stock_after, step.context.catalogue.products))
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
    assert sum(line.net for line in order.lines) == left


def own(line: Line) -> int:
    return sum(discount.amount for discount in line.discounts if discount.scope == "line")
