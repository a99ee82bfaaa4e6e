"""Golden plans: whatever is moved or renamed, the same order, request and policy give the same outcome."""

from functools import cache
from typing import get_args

import pytest

from tests.golden import inner
from tests.golden.files import PLANS, Json, documents, read

BOOKS = [read(path) for path in sorted(PLANS.glob("*.json"))]
ORDERS: Json = {name: order for book in BOOKS for name, order in book["orders"].items()}
GOLDEN: Json = {name: plan for book in BOOKS for name, plan in book["plans"].items()}


@cache
def order_of(name: str) -> inner.Order:
    return inner.order_of(ORDERS[name]["rows"])


@cache
def policy() -> inner.Policy:
    return inner.policy_of(documents())


@cache
def planned(name: str) -> inner.Planned:
    golden, order = GOLDEN[name], order_of(GOLDEN[name]["order"])
    return inner.planned_of(order, edits_of(golden, order), golden, policy())


def edits_of(golden: Json, order: inner.Order) -> tuple[inner.Edit, ...]:
    """Those of the request, or those that undo another golden plan."""
    if undone := golden.get("undo_of"):
        return inner.undoing(undone, planned(undone))
    return inner.asked(golden["kind"], order.order_id, golden["request"]).edits


@pytest.mark.parametrize("name", GOLDEN)
def test_a_stored_order_and_a_request_plan_to_the_outcome_that_they_always_had(name: str) -> None:
    golden = GOLDEN[name]
    assert inner.outcome(order_of(golden["order"]), planned(name)) == golden["expected"]


def test_there_are_at_least_two_hundred_of_them_and_half_of_them_may_be_committed() -> None:
    allowed = [name for name, golden in GOLDEN.items() if not golden["expected"]["violations"]]
    assert len(GOLDEN) >= 200
    assert len(allowed) >= 100


def test_every_edit_that_the_frozen_policy_knows_stands_in_a_golden_plan_that_is_allowed() -> None:
    """An edit that came later is refused by it, and has tests of its own."""
    ruled = {name for rule in policy().eligibility.rules for name in rule.edits}
    known = {op_of(kind) for kind in get_args(inner.Edit) if kind.judged_as or op_of(kind) in ruled}
    allowed = [golden for golden in GOLDEN.values() if not golden["expected"]["violations"]]
    assert {edit.op for golden in allowed for edit in edits_of(golden, order_of(golden["order"]))} == known


def op_of(kind: type[inner.Edit]) -> str:
    return str(kind.__dataclass_fields__["op"].default)
