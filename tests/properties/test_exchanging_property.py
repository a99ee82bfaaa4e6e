"""Whatever has happened to an order before, units of it are exchanged for their like: money, stock and undo hold."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.order.line import Line
from shared.domain.order.order import Order
from shared.domain.planning.edits import AddLine, Edit, TakeBack
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from tests.properties.histories import Stock, context, histories, moved
from tests.properties.test_sequences import amounts, throughout


@st.composite
def exchanges(draw: st.DrawFn) -> tuple[Order, PlanContext, Planned] | None:
    """The last order of a history, and an exchange of some units of one of its lines for as many of their like."""
    steps = draw(histories())
    if not steps:
        return None
    order, last = steps[-1].after, steps[-1]
    live = [line for line in order.lines if line.quantity]
    if not live or any(line.joined or line.ended or line.formerly for line in order.lines):
        return None  # a subscription that has begun stops; nothing of it is replaced
    line = live[draw(st.integers(0, 99)) % len(live)]
    units = 1 + draw(st.integers(0, 10**6)) % line.quantity
    split = draw(st.integers(0, units))
    judged = replace(with_reason(context(last.stock_after, last.context.catalogue.products)), kind="exchange")
    edits: list[Edit] = [TakeBack(line_id=line.line_id, quantity=units)]
    edits += [AddLine(sku=line.sku, quantity=part) for part in (split, units - split) if part]
    planned = plan(order, edits, judged)
    return (order, judged, planned) if not planned.plan.violations else None


def with_reason(judged: PlanContext) -> PlanContext:
    return replace(judged, reason_code="item_defect")


def sums(order: Order) -> tuple[int, int, int, int]:
    """Gross, discounts, taxes and totals of all lines."""
    lines = order.lines
    return (
        sum(line.gross for line in lines),
        sum(line.discount for line in lines),
        sum(line.tax for line in lines),
        sum(line.total for line in lines),
    )


@throughout
@given(exchanges())
def test_units_are_exchanged_for_their_like_without_a_minor_unit_that_moves(
    found: tuple[Order, PlanContext, Planned] | None,
) -> None:
    if found is None:
        return
    order, _, planned = found
    assert sums(planned.after) == sums(order)
    assert all(min(amounts(line)) >= 0 for line in planned.after.lines)
    assert planned.plan.fees == ()


@throughout
@given(exchanges())
def test_as_many_units_of_each_product_come_as_go_and_stock_covers_them(
    found: tuple[Order, PlanContext, Planned] | None,
) -> None:
    if found is None:
        return
    order, judged, planned = found
    assert units(planned.after) == units(order)
    stock: Stock = moved(judged.catalogue.stock, planned)
    for sku, level in stock.items():
        assert min(level.available, level.held, level.allocated) >= 0
        assert level.allocated == sum(line.allocated for line in planned.after.lines if line.sku == sku)


def units(order: Order) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in order.lines:
        found[line.sku] = found.get(line.sku, 0) + line.quantity
    return found


@throughout
@given(exchanges())
def test_undoing_an_exchange_gives_the_former_lines_and_total(
    found: tuple[Order, PlanContext, Planned] | None,
) -> None:
    if found is None:
        return
    order, judged, planned = found
    after = context(moved(judged.catalogue.stock, planned), judged.catalogue.products)
    undone = plan(planned.after, [restoration("chg_1", planned.plan)], after)
    assert undone.plan.violations == ()
    assert undone.after.totals.total == order.totals.total
    known = {line.line_id: line for line in order.lines}
    for line in undone.after.lines:
        assert content(line) == content(known[line.line_id]) if line.line_id in known else line.quantity == 0


def content(line: Line) -> Line:
    return replace(line, since=0)
