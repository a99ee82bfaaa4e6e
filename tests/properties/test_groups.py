"""Properties of groups: bundles of bundles, in any numbers, at any price, cut and grown in any steps."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.intake.new_order import NewLine, NewLineDiscount, NewTax
from shared.domain.intake.to_order import accept
from shared.domain.order.bundles import moves_as, sold_as, units_for
from shared.domain.order.line import Line
from shared.domain.order.order import Discount, Order
from shared.domain.order.product import Catalogue, StockLevel
from shared.domain.planning import stock_cover
from shared.domain.planning.edits import CancelLine, CancelUnits, Edit, SetQuantity
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from tests.fakes.builders import an_order, noon
from tests.properties.histories import Stock, moved
from tests.support.effort import times

POLICY = ShippedPolicies().current()
throughout = settings(
    max_examples=times(60),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
UNITS = st.integers(1, 9)
PRICES = st.one_of(st.just(0), st.integers(0, 20_000))
RATES = st.sampled_from(["0", "0.07", "0.0725", "0.20"]).map(Decimal)


@st.composite
def lines(draw: st.DrawFn, required: st.SearchStrategy[bool] = st.booleans()) -> tuple[NewLine, ...]:  # noqa: B008
    """A head with up to four lines below it, each under any of those before it, and a line beside them."""
    found = [_line(draw, "head", None, required=False)]
    for number in range(1 + draw(st.integers(0, 3))):
        parent = found[draw(st.integers(0, number))].line_id
        found.append(_line(draw, f"c{number}", parent, required=draw(required)))
    return (*found, _line(draw, "beside", None, required=False))


def _line(draw: st.DrawFn, line_id: str, parent: str | None, *, required: bool) -> NewLine:
    quantity, price = draw(UNITS), draw(PRICES)
    own = draw(st.integers(0, quantity * price))
    return NewLine(
        line_id=line_id,
        sku=line_id.upper(),
        quantity=quantity,
        unit_price=price,
        discounts=(NewLineDiscount(type="amount", amount=own),) if own % 2 else (),
        taxes=(NewTax(name="Tax", rate=draw(RATES)),),
        parent_line_id=parent,
        required=required,
    )


@st.composite
def groups(draw: st.DrawFn) -> tuple[Order, Stock]:
    """A paid order of such lines, some of whose SKUs are tracked."""
    builder = replace(an_order().new, lines=draw(lines()))
    off = draw(st.integers(0, accept(builder, "ord_1", "key").totals.items // 3))
    if accept(builder, "ord_1", "key").totals.items - accept(builder, "ord_1", "key").totals.discount >= off:
        builder = replace(builder, discounts=(Discount(type="amount", code="OFF", amount=off),))
    order = type(an_order())(builder).paid().build()
    wanted = {line.sku: line.quantity for line in order.lines if draw(st.booleans())}
    stock = {sku: StockLevel(sku=sku, on_hand=max(0, units + draw(st.sampled_from([-1, 0, 500])))) for sku, units in
             wanted.items()}  # fmt: skip
    order = replace(order, lines=stock_cover.cover(order, stock))
    taken = {line.sku: line.allocated for line in order.lines}
    return order, {sku: replace(level, allocated=taken[sku]) for sku, level in stock.items()}


def change(order: Order, stock: Stock, *edits: Edit) -> Planned:
    kind = "cancellation" if any(isinstance(edit, CancelUnits) for edit in edits) else "amendment"
    catalogue = Catalogue(stock=dict(stock))
    context = PlanContext(
        kind=kind, role="agent", policy=POLICY, reason_code="customer_request", catalogue=catalogue,
        now=noon(order.placed_at.date()),
    )  # fmt: skip
    return plan(order, edits, context)


def content(order: Order) -> list[Line]:
    return [replace(line, since=1) for line in order.lines]


def refunded(planned: Planned) -> int:
    return sum(refund.amount for refund in planned.plan.refunds)


@throughout
@given(groups(), st.data(), st.booleans())
def test_units_cancelled_one_by_one_in_any_steps_end_where_together_ends(
    group: tuple[Order, Stock], data: st.DataObject, by_amendment: bool
) -> None:
    order, stock = group
    kind = CancelLine if by_amendment else CancelUnits
    wanted = data.draw(st.integers(1, order.lines[0].quantity))
    together = change(order, stock, kind(line_id="head", quantity=wanted))
    assert together.plan.violations == ()
    back, left, after, level = 0, wanted, order, stock
    while left:
        step = data.draw(st.integers(1, left))
        planned = change(after, level, kind(line_id="head", quantity=step))
        assert planned.plan.violations == ()
        back, left, after, level = back + refunded(planned), left - step, planned.after, moved(level, planned)
    assert content(after) == content(together.after)
    assert (back, after.totals.total) == (refunded(together), together.after.totals.total)
    assert level == moved(stock, together)


@throughout
@given(groups(), st.lists(st.tuples(st.sampled_from(["head", "c0", "c1"]), st.integers(1, 12)), min_size=1, max_size=5))
def test_components_keep_their_proportion_and_required_ones_their_share_whatever_is_set(
    group: tuple[Order, Stock], wishes: list[tuple[str, int]]
) -> None:
    order, stock = group
    for line_id, quantity in wishes:
        if order.line(line_id) is None:
            continue
        planned = change(order, stock, SetQuantity(line_id=line_id, quantity=quantity))
        if planned.plan.violations:
            continue
        order, stock = planned.after, moved(stock, planned)
        for line in order.lines:
            check_proportion(order, line, touched=line_id)
        check_stock(order, stock)


def check_proportion(order: Order, line: Line, *, touched: str) -> None:
    parent = order.line(line.parent_line_id or "")
    if parent is None or not parent.quantity:
        return
    assert line.quantity == units_for(moves_as(line, parent), parent.quantity)
    if line.required:
        assert line.quantity >= units_for(sold_as(line, parent), parent.quantity)
    if touched == "head" and line.moves_as is None:
        assert line.quantity == units_for(sold_as(line, parent), parent.quantity)


def check_stock(order: Order, stock: Stock) -> None:
    """What the counters have as allocated is what the lines are covered by; nothing is oversold."""
    for sku, level in stock.items():
        assert level.allocated == sum(line.allocated for line in order.lines if line.sku == sku)
        assert min(level.available, level.allocated) >= 0
    for line in order.lines:
        assert line.allocated + line.backordered == (line.quantity if line.sku in stock else 0)


@throughout
@given(groups(), st.integers(1, 12), st.booleans())
def test_an_undo_restores_a_group_exactly(group: tuple[Order, Stock], quantity: int, by_cancelling: bool) -> None:
    order, stock = group
    units = min(quantity, order.lines[0].quantity)
    edit = CancelUnits(line_id="head", quantity=units) if by_cancelling else SetQuantity(line_id="head",
                                                                                         quantity=quantity)  # fmt: skip
    first = change(order, stock, edit)
    if first.plan.violations:
        return
    between = moved(stock, first)
    undone = change(first.after, between, restoration("chg_1", first.plan))
    assert undone.plan.violations == ()
    assert content(undone.after) == content(order)
    assert (undone.after.totals.total, moved(between, undone)) == (order.totals.total, stock)


@throughout
@given(groups(), st.integers(1, 12))
def test_what_is_set_and_set_back_is_as_it_was(group: tuple[Order, Stock], quantity: int) -> None:
    order, _ = group
    there = change(order, {}, SetQuantity(line_id="head", quantity=quantity))
    if there.plan.violations:
        return
    back = change(there.after, {}, SetQuantity(line_id="head", quantity=order.lines[0].quantity))
    assert [(line.quantity, line.total) for line in back.after.lines] == [
        (line.quantity, line.total) for line in order.lines
    ]
