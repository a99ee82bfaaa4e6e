"""CPU of the planner alone: pure, so nothing else is in the number."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.order.order import Order
from shared.domain.planning.edits import CancelLine, CancelOrder, Edit, Money, SetQuantity, SetUnitPrice
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.planner import PlanContext, plan
from tests.bench.clock import cpu_ms
from tests.fakes import an_order

RUNS = {10: 300, 1000: 30}


def planner_cpu() -> dict[str, Any]:
    """Median ms by the order's lines, with one of them changed, and with all, by every kind of edit that can."""
    quantities = {
        f"{size}_lines_{name}_changed": _measured(size, changed, runs, _quantity)
        for size, runs in RUNS.items()
        for name, changed in (("1", 1), ("all", size))
    }
    others = {
        f"1000_lines_all_{edit.__name__.strip('_')}": _measured(1000, 1000, 30, edit) for edit in (_price, _cancel)
    }
    whole = {"1000_lines_cancelled_whole": _cancelled_whole(1000)}
    return quantities | others | {"1000_lines_all_undone": _undone(1000)} | whole


def _measured(size: int, changed: int, runs: int, edit: Callable[[str], Edit]) -> float:
    order, context = _order(size), _context()
    edits = tuple(edit(f"l{number}") for number in range(1, changed + 1))
    return cpu_ms(lambda: plan(order, edits, context), runs)


def _cancelled_whole(size: int) -> float:
    order, context = _order(size), replace(_context(), kind="cancellation", reason_code="customer_request")
    return cpu_ms(lambda: plan(order, (CancelOrder(),), context), 30)


def _undone(size: int) -> float:
    context = _context()
    done = plan(_order(size), tuple(_quantity(f"l{number}") for number in range(1, size + 1)), context)
    undo = restoration("chg_1", done.plan)
    return cpu_ms(lambda: plan(done.after, (undo,), context), 30)


def _order(size: int) -> Order:
    return an_order().with_lines(size).discounted("10").paid().build()


def _context() -> PlanContext:
    return PlanContext(role="agent", policy=ShippedPolicies().current())


def _quantity(line_id: str) -> Edit:
    return SetQuantity(line_id=line_id, quantity=1)


def _price(line_id: str) -> Edit:
    return SetUnitPrice(line_id=line_id, unit_price=Money(amount=990, currency="USD"))


def _cancel(line_id: str) -> Edit:
    return CancelLine(line_id=line_id)
