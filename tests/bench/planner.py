"""CPU of the planner alone: pure, so nothing else is in the number."""

from typing import Any

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.edits import Edit, SetQuantity
from shared.domain.planner import PlanContext, plan
from tests.bench.clock import cpu_ms
from tests.fakes import an_order

RUNS = {10: 300, 1000: 30}


def planner_cpu() -> dict[str, Any]:
    """Median ms by the order's lines, with one of them changed, and with all."""
    return {
        f"{size}_lines_{name}_changed": _measured(size, changed, runs)
        for size, runs in RUNS.items()
        for name, changed in (("1", 1), ("all", size))
    }


def _measured(size: int, changed: int, runs: int) -> float:
    order = an_order().with_lines(size).discounted("10").paid().build()
    edits: tuple[Edit, ...] = tuple(SetQuantity(line_id=f"l{number}", quantity=1) for number in range(1, changed + 1))
    context = PlanContext(role="agent", policy=ShippedPolicies().current())
    return cpu_ms(lambda: plan(order, edits, context), runs)
