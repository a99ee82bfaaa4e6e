"""Whatever happens to an order, the counters of its SKUs say what its lines still wait to ship, and nothing else."""

from collections import Counter
from collections.abc import Callable, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.audit.stock_count import stock_counts
from shared.domain.change.states import ChangeStatus
from shared.domain.order.line import Line
from shared.domain.order.order import Order
from shared.domain.order.product import StockLevel
from shared.domain.order.progress import FulfilmentEvent, Progress
from shared.domain.planning.edits import AddLine, Edit, FitToStock, ReplaceSku, SetQuantity
from shared.domain.policy.subjects import CancelException
from shared.domain.refusal import Refusal
from shared.usecases.amending.accept_change import accept_change
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.amending.submit_change import submit_change
from shared.usecases.approving.decide_change import ChangeDecision, decide_change
from shared.usecases.cancelling.start_cancellation import Cancellation, LineToCancel, start_cancellation
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.fulfilling.acknowledge_change import Acknowledge, acknowledge_change
from shared.usecases.fulfilling.record_fulfilment import Fulfilment, record_fulfilment
from tests.fakes import World, a_world, an_order
from tests.fakes.builders import AGENT, CUSTOMER, SERVICE
from tests.fakes.edge import told
from tests.support.effort import times
from tests.unit.usecases.stories import live, taken

SHIPPED = FulfilmentEvent.SHIPPED


def counters(world: World, sku: str = "MUG") -> tuple[int, int, int]:
    """on_hand, available, allocated."""
    level = world.memory.stock[sku]
    return level.on_hand, level.available, level.allocated


def ordered(world: World, quantity: int, *, shipped: int = 0, on_hand: int) -> Order:
    world.stock("MUG", on_hand)
    done = Progress(picked=shipped, packed=shipped, shipped=shipped)
    return taken(world, an_order().with_line("MUG", quantity, 1000, taxes=(), progress=done).paid())


def arrive(world: World, units: int) -> None:
    level = world.memory.stock["MUG"]
    world.stock("MUG", level.on_hand + units, allocated=level.allocated)


def report(world: World, order: Order, units: int, *, line_id: str = "l1", event: FulfilmentEvent = SHIPPED) -> None:
    what = Fulfilment(order_id=order.order_id, line_id=line_id, quantity=units, event=event)
    record_fulfilment(world.services, world.request(SERVICE), what)


def amend(world: World, order: Order, *edits: Edit) -> None:
    wanted = Wanted(order_id=order.order_id, reason_code="stock_shortage", edits=edits)
    digest = preview_amendment(world.services, AGENT, wanted).digest
    wanted = Wanted(order_id=order.order_id, reason_code="stock_shortage", edits=edits, accept_digest=digest)
    start_amendment(world.services, world.request(AGENT, if_match=live(world, order).etag), wanted)


def cancel(world: World, order: Order, line_id: str, units: int, exception: CancelException | None = None) -> None:
    line = LineToCancel(line_id=line_id, quantity=units)
    what = Cancellation(order_id=order.order_id, reason_code="customer_request", lines=(line,), exception=exception)
    answer = start_cancellation(world.services, world.request(AGENT, if_match=live(world, order).etag), what)
    _agree(world, told(answer).body.split("/")[0])


def _agree(world: World, change_id: str) -> None:
    """Whoever is asked says yes."""
    while (change := world.memory.changes[change_id]).status is ChangeStatus.PENDING_CONFIRMATION:
        if change.waiting_for == "customer":
            yes = ChangeDecision(change_id=change_id, decision="approve", digest=change.plan.digest)
            decide_change(world.services, world.request(CUSTOMER), yes)
        else:
            done = Acknowledge(change_id=change_id, department="logistics", outcome="done")
            acknowledge_change(world.services, world.request(SERVICE), done)


def cover(world: World, order: Order) -> list[tuple[int, int, int]]:
    """Quantity, allocated and backordered, line by line."""
    return [(line.quantity, line.allocated, line.backordered) for line in live(world, order).lines]


LAST_UNIT: Mapping[str, tuple[Callable[[World, Order], None], tuple[int, int, int]]] = {
    "shipped": (lambda world, order: report(world, order, 1), (9, 9, 0)),
    "cancelled": (lambda world, order: cancel(world, order, "l1", 1), (10, 10, 0)),
    "lowered": (lambda world, order: amend(world, order, SetQuantity(line_id="l1", quantity=2)), (10, 10, 0)),
}


@pytest.mark.parametrize("end", LAST_UNIT)
def test_units_shipped_before_intake_leave_the_last_one_its_stock(world: World, end: str) -> None:
    order = ordered(world, 3, shipped=2, on_hand=10)
    assert counters(world) == (10, 9, 1)
    happens, then = LAST_UNIT[end]
    happens(world, order)
    assert counters(world) == then


def test_a_line_shipped_before_intake_takes_no_stock(world: World) -> None:
    ordered(world, 3, shipped=3, on_hand=10)
    assert counters(world) == (10, 10, 0)


def test_units_added_after_backordered_ones_have_shipped_leave_stock_when_they_ship(world: World) -> None:
    order = ordered(world, 3, on_hand=1)
    report(world, order, 2)
    arrive(world, 5)
    amend(world, order, SetQuantity(line_id="l1", quantity=4))
    assert counters(world) == (5, 4, 1)
    report(world, order, 2)
    assert (counters(world)[2], stock_counts(world.ledgers.books(order.order_id))) == (0, {})


def test_backordered_units_that_ship_are_on_hand_no_more_as_far_as_they_were_counted(world: World) -> None:
    order = ordered(world, 4, on_hand=1)
    report(world, order, 2)
    assert counters(world) == (0, 0, 0)
    arrive(world, 2)
    report(world, order, 1)
    assert counters(world) == (1, 1, 0)
    report(world, order, 1)
    assert counters(world) == (0, 0, 0)
    report(world, order, 4, event=FulfilmentEvent.RETURNED)
    assert counters(world) == (4, 4, 0)


def test_what_a_change_holds_is_still_there_for_the_line_that_it_fits(world: World) -> None:
    order = ordered(world, 4, on_hand=1)
    arrive(world, 1)
    wanted = Wanted(order_id=order.order_id, reason_code="stock_shortage", edits=(FitToStock(line_id="l1"),))
    answer = start_amendment(world.services, world.request(AGENT, if_match=order.etag), wanted)
    named = ChangeAddress(order_id=order.order_id, change_id=told(answer).body.split("/")[0])
    digest = world.memory.changes[named.change_id].plan.digest
    submit_change(world.services, world.request(AGENT, if_match=live(world, order).etag), named, digest)
    assert counters(world) == (2, 0, 1)
    accept_change(world.services, world.request(AGENT, if_match=live(world, order).etag), named, digest)
    assert (cover(world, order), counters(world)) == ([(2, 2, 0)], (2, 0, 2))


def test_fitting_to_stock_takes_what_is_available(world: World) -> None:
    order = ordered(world, 4, on_hand=1)
    arrive(world, 1)
    amend(world, order, FitToStock(line_id="l1"))
    assert (cover(world, order), counters(world)) == ([(2, 2, 0)], (2, 0, 2))
    assert not live(world, order).backordered


def test_units_that_fit_are_taken_even_where_another_line_shrinks(world: World) -> None:
    world.stock("MUG", 0)
    order = taken(world, an_order().with_line("MUG", 2, 1000).with_line("MUG", 2, 1000).paid())
    arrive(world, 3)
    amend(world, order, FitToStock(line_id="l1"), FitToStock(line_id="l2"))
    assert (cover(world, order), counters(world)) == ([(2, 2, 0), (1, 1, 0)], (3, 0, 3))


def test_two_lines_cannot_be_fitted_to_the_same_unit(world: World) -> None:
    world.stock("MUG", 0)
    order = taken(world, an_order().with_line("MUG", 2, 1000).with_line("MUG", 2, 1000).paid())
    arrive(world, 1)
    edits = (FitToStock(line_id="l1"), FitToStock(line_id="l2"))
    wanted = Wanted(order_id=order.order_id, reason_code="stock_shortage", edits=edits)
    plan = preview_amendment(world.services, AGENT, wanted)
    assert [(each.code, each.pointer) for each in plan.violations] == [("nothing-in-stock", "/edits/1")]


# --------------------------------------------------------------------------------------------------------- histories

SKUS = ("MUG", "CUP")

Deed = Callable[[World, Order, Line, int], None]


def _ship(world: World, order: Order, line: Line, units: int) -> None:
    report(world, order, units, line_id=line.line_id)


def _restock(world: World, order: Order, line: Line, units: int) -> None:
    level = world.memory.stock[line.sku]
    world.memory.stock[line.sku] = StockLevel(
        sku=line.sku, on_hand=level.on_hand + units, held=level.held, allocated=level.allocated
    )


DEEDS: tuple[Deed, ...] = (
    _ship,
    _ship,
    _restock,
    lambda world, order, line, units: cancel(world, order, line.line_id, units),
    lambda world, order, line, units: cancel(world, order, line.line_id, units, "intercept"),
    lambda world, order, line, units: amend(world, order, SetQuantity(line_id=line.line_id, quantity=units)),
    lambda world, order, line, units: amend(
        world, order, SetQuantity(line_id=line.line_id, quantity=line.quantity + units)
    ),
    lambda world, order, line, units: amend(world, order, FitToStock(line_id=line.line_id)),
    lambda world, order, line, units: amend(world, order, AddLine(sku=line.sku, quantity=units)),
    lambda world, order, line, units: amend(world, order, ReplaceSku(line_id=line.line_id, with_sku="CUP")),
)


@settings(
    max_examples=times(40),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    on_hand=st.integers(0, 6),
    lines=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 4)), min_size=1, max_size=2),
    deeds=st.lists(st.tuples(st.integers(0, len(DEEDS) - 1), st.integers(0, 3), st.integers(1, 3)), max_size=8),
)
def test_counters_say_what_orders_still_wait_to_ship(
    on_hand: int, lines: list[tuple[int, int]], deeds: list[tuple[int, int, int]]
) -> None:
    world = a_world()
    for sku in SKUS:
        world.stock(sku, on_hand)
        world.product(sku, list_price={"USD": 1000})
    builder = an_order()
    for quantity, shipped in lines:
        done = min(quantity, shipped)
        progress = Progress(picked=done, packed=done, shipped=done)
        builder = builder.with_line("MUG", quantity, 1000, taxes=(), progress=progress)
    order = taken(world, builder.paid())
    check(world, order)
    for deed, which, units in deeds:
        now = live(world, order)
        try:
            DEEDS[deed](world, order, now.lines[which % len(now.lines)], units)
        except Refusal:
            continue
        check(world, order)


def check(world: World, order: Order) -> None:
    """Every unit that has not shipped has a unit allocated, or waits for one; the counters have just those."""
    now, promised = live(world, order), Counter[str]()
    for line in now.lines:
        progress = now.progress_of(line)
        unshipped = max(0, line.allocated - progress.shipped)
        waiting = line.allocated + line.backordered - max(line.allocated, progress.shipped)
        assert unshipped + waiting == line.quantity - progress.out, line
        promised[line.sku] += unshipped
    for sku, level in world.memory.stock.items():
        assert level.on_hand == level.available + level.held + level.allocated
        assert min(level.on_hand, level.available, level.held, level.allocated) >= 0
        assert (level.held, level.allocated) == (0, promised[sku]), sku
    counted = stock_counts(world.ledgers.books(order.order_id))
    assert {sku: tally.allocated for sku, tally in counted.items()} == +promised
