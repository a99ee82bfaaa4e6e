"""What policy takes of a plan (rules looked up and asked, facts, checks, approvals, confirmations), and a replay."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from statistics import median
from typing import Any
from unittest.mock import patch

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.order.order import Order
from shared.domain.planning import plan_needs, planner
from shared.domain.planning.edits import CancelLine, Edit, SetQuantity
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.policy import conditions
from shared.domain.policy.evaluation import Judge
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.core.new_change import Wanted
from shared.usecases.policies.drafting import Draft
from shared.usecases.policies.replay_policy import Replay, replay_policy
from tests.bench.clock import cpu_ms, in_references
from tests.fakes import World, a_world, an_order
from tests.fakes.builders import AGENT
from tests.fakes.policies import as_shipped
from tests.unit.usecases.stories import taken

ASKED: Sequence[tuple[Any, str]] = (
    (Judge, "eligibility"),
    (Judge, "price_bounds"),
    (plan_needs, "facts_of"),
    (planner, "check_margins"),
    (planner, "with_fees"),
    (plan_needs, "failed_checks"),
    (plan_needs, "needed_approvals"),
    (plan_needs, "needed_confirmations"),
)
"""Where a plan asks policy; none of them calls another."""

REPLAYED = 500


def policy_cpu() -> dict[str, Any]:
    """Median ms of a plan by its lines, and of what policy has of it."""
    return {
        "10_lines_1_changed": policy_share(10, 1),
        "10_lines_all_changed": policy_share(10, 10),
        "1000_lines_1_changed": policy_share(1000, 1, runs=30),
        "1000_lines_all_changed": policy_share(1000, 1000, runs=15),
        "1000_lines_all_cancelled": policy_share(1000, 1000, runs=15, edit=_cancelled),
        "10_lines_first_of_a_process": policy_share(10, 10, runs=15, first=True),
        f"replay_of_{REPLAYED}_changes_in_memory": _replayed(),
    }


def policy_share(
    lines: int, changed: int, *, runs: int = 200, edit: Callable[[int], Edit] | None = None, first: bool = False
) -> dict[str, float]:
    """`first`: no condition has been compiled yet."""
    order, edits, context = all_changed(lines, changed, edit)
    whole = cpu_ms(lambda: plan(order, edits, context), runs)
    spent = []
    with _counted() as counted:
        for _ in range(runs):
            if first:
                conditions.compiled.cache_clear()
                conditions.variables.cache_clear()
            plan(order, edits, context)
            spent.append(counted())
    policy = {"policy_ms": round(median(spent), 3)}
    policy["policy_in_references"] = in_references(policy["policy_ms"])
    return policy if first else {"plan_ms": whole, **policy, "share": round(policy["policy_ms"] / whole, 2)}


def all_changed(
    lines: int, changed: int | None = None, edit: Callable[[int], Edit] | None = None
) -> tuple[Order, tuple[Edit, ...], PlanContext]:
    """What `plan` takes: an order of so many lines, of which the first `changed` (all by default) are edited."""
    order = an_order().with_lines(lines).discounted("10").paid().build()
    edits = tuple((edit or _fewer)(number) for number in range(1, (changed or lines) + 1))
    return order, edits, PlanContext(role="agent", policy=ShippedPolicies().current())


@contextmanager
def _counted() -> Iterator[Callable[[], float]]:
    """Ms spent on policy since the last time."""
    total = [0]

    def timed(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter_ns()
            try:
                return function(*args, **kwargs)
            finally:
                total[0] += time.perf_counter_ns() - began

        return call

    def taken_out() -> float:
        spent, total[0] = total[0] / 1e6, 0
        return spent

    with ExitStack() as stack:
        for owner, name in ASKED:
            stack.enter_context(patch.object(owner, name, timed(getattr(owner, name))))
        yield taken_out


def _fewer(number: int) -> Edit:
    return SetQuantity(line_id=f"l{number}", quantity=1)


def _cancelled(number: int) -> Edit:
    return CancelLine(line_id=f"l{number}")


def _replayed() -> dict[str, float]:
    """Changes of two lines of ten, each planned twice."""
    world, draft = a_world(), as_shipped("approvals", asked=["finance"])
    change = _amended(world)
    for number in range(1, REPLAYED):
        world.memory.changes[f"chg_x{number}"] = replace(change, change_id=f"chg_x{number}")
    world.services = replace(world.services, changes=_Whole(world))
    asked = Replay(draft=Draft(name="approvals", by="usr-1", document=json.dumps(draft)), limit=REPLAYED)
    whole = cpu_ms(lambda: replay_policy(world.services, world.policy_history, asked), 3, warm_up=1)
    return {"ms": whole, "ms_per_change": round(whole / REPLAYED, 3)}


class _Whole:
    """All changes on one page."""

    def __init__(self, world: World) -> None:
        self._list = world.services.changes.list

    def list(self, wanted: Any) -> Any:
        return self._list(replace(wanted, limit=REPLAYED))


def _amended(world: World) -> Any:
    order = taken(world, an_order().with_lines(10).discounted("10").paid())
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=(_fewer(1), _fewer(2)))
    digest = preview_amendment(world.services, AGENT, wanted).digest
    request = world.request(AGENT, if_match=order.etag)
    start_amendment(world.services, request, replace(wanted, accept_digest=digest))
    return next(iter(world.memory.changes.values()))
