"""A past change rebuilt comes out as it did; decisions differ by what comes out, not by which rule said so."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from shared.domain.change.change import Actor, Change, TimelineEntry
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.order.product import Catalogue, StockLevel
from shared.domain.order.progress import Progress
from shared.domain.planning.edits import Edit, FitToStock
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import ChangePlan
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.replay.compare_outcomes import Compared, Cost, Difference, costs, counted
from shared.domain.replay.past_change import has_effect, planned_at, rebuilt, stocked, was_submitted
from shared.domain.replay.policy_outcome import Decision, Rule, Say
from tests.fakes import an_order
from tests.fakes.world import NOW
from tests.properties.histories import Step, context, histories
from tests.support.effort import times

S = ChangeStatus
AGENT = Actor(id="usr-agent", role="agent")
MINUTE = timedelta(minutes=1)


def a_change(order: Order, edits: tuple[Edit, ...], planned: ChangePlan, *reached: ChangeStatus) -> Change:
    """A change that has been through these, a minute each."""
    timeline = tuple(
        TimelineEntry(at=NOW + number * MINUTE, status=status, by="usr-agent") for number, status in enumerate(reached)
    )
    return Change(
        change_id="chg_1",
        kind=planned.kind,
        order_id=order.order_id,
        customer_id="cus-1",
        base_version=order.version,
        status=reached[-1] if reached else S.COMMITTED,
        reason_code="customer_request",
        requested_by=AGENT,
        edits=edits,
        plan=planned,
        progress={
            each.line_id: order.progress[each.line_id] for each in planned.lines if each.line_id in order.progress
        },
        timeline=timeline,
        created_at=NOW,
        updated_at=NOW,
    )


def again(order: Order, change: Change, judged: PlanContext) -> str:
    """The digest of the change replayed on its order, all of which has shipped meanwhile and gone out of stock."""
    later = replace(order, progress={line.line_id: Progress(picked=1, packed=1) for line in order.lines})
    products = replace(judged.catalogue, stock={})
    rebuilt_context = replace(judged, catalogue=stocked(products, change))
    return plan(rebuilt(later, change), change.edits, rebuilt_context).plan.digest


@settings(
    max_examples=times(40), deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(histories())
def test_whatever_was_changed_comes_out_as_it_did(steps: list[Step]) -> None:
    for step in steps:
        change = a_change(step.before, step.edits, step.planned.plan)
        assert again(step.before, change, step.context) == step.planned.plan.digest
        undo = (restoration("chg_1", step.planned.plan),)
        judged = replace(context(step.stock_after, step.context.catalogue.products), role="manager")
        undone = plan(step.after, undo, judged).plan
        if not undone.violations:
            assert again(step.after, a_change(step.after, undo, undone), judged) == undone.digest


@pytest.mark.parametrize(
    ("allocated", "shipped", "intercepted", "available"),
    [(0, 0, 0, 1), (1, 0, 0, 1), (2, 1, 0, 0), (1, 1, 0, 2), (2, 1, 1, 1)],
)
def test_a_line_fitted_to_stock_finds_what_was_there(
    allocated: int, shipped: int, intercepted: int, available: int
) -> None:
    progress = Progress(shipped=shipped, intercepted=intercepted)
    order = an_order().with_line("MUG", 4, 1000).paid().build(l1=progress)
    (line,) = order.lines
    order = replace(order, lines=(replace(line, allocated=allocated, backordered=4 - allocated),))
    edits = (FitToStock(line_id="l1"),)
    judged = context({"MUG": StockLevel(sku="MUG", on_hand=available)}, {})
    planned = plan(order, edits, judged).plan
    assert not planned.violations
    change = a_change(order, edits, planned)
    fitted = stocked(Catalogue(), change)
    assert fitted.stock["MUG"].available == available
    assert plan(rebuilt(order, change), edits, replace(judged, catalogue=fitted)).plan.digest == planned.digest


@pytest.mark.parametrize(
    ("reached", "submitted", "effect"),
    [
        ((S.DRAFT,), False, True),
        ((S.DRAFT, S.DRAFT, S.EXPIRED), False, False),
        ((S.DRAFT, S.UNDONE), False, False),
        ((S.COMMITTED,), True, True),
        ((S.DRAFT, S.PENDING_APPROVAL), True, True),
        ((S.DRAFT, S.PENDING_APPROVAL, S.EXPIRED), True, False),
        ((S.PENDING_APPROVAL, S.REJECTED), True, False),
        ((S.PENDING_CONFIRMATION, S.DECLINED), True, False),
        ((S.PENDING_CONFIRMATION, S.WITHDRAWN), True, False),
        ((S.DRAFT, S.APPROVED, S.UNDONE), True, False),
        ((S.COMMITTED, S.FALLOUT), True, True),
        ((S.COMMITTED, S.FALLOUT, S.FAILED), True, True),
        ((S.PENDING_CONFIRMATION, S.FAILED), True, False),
    ],
)
def test_policy_has_decided_on_what_was_submitted_and_cost_is_of_what_takes_effect(
    reached: tuple[ChangeStatus, ...], submitted: bool, effect: bool
) -> None:
    order = an_order().with_line("MUG", 3, 1000).paid().build()
    change = a_change(order, (), plan(order, (), context({}, {})).plan, *reached)
    if S.COMMITTED in reached:
        change = replace(change, committed_version=2)
    assert (was_submitted(change), has_effect(change)) == (submitted, effect)


def test_a_draft_is_judged_at_the_time_of_its_last_edits() -> None:
    order = an_order().with_line("MUG", 3, 1000).paid().build()
    planned = plan(order, (), context({}, {})).plan
    assert planned_at(a_change(order, (), planned)) == NOW
    assert planned_at(a_change(order, (), planned, S.DRAFT, S.DRAFT, S.APPROVED)) == NOW + MINUTE


# ---------------------------------------------------------------------------------------------------- what is compared

ALLOWED = Decision(denied=(), approvals=(), confirmations=(), fees=(), refunds=(), total=1000, says=())
DENIED = replace(ALLOWED, denied=("not-eligible",))
WAITS = replace(ALLOWED, approvals=("manager",))


def compared(before: Decision, after: Decision, currency: str = "USD", *, effect: bool = True) -> Compared:
    return Compared(
        change_id="chg_1",
        order_id="ord_1",
        kind="amendment",
        status=S.COMMITTED,
        created_at=NOW,
        currency=currency,
        has_effect=effect,
        drifted=False,
        before=before,
        after=after,
    )


@pytest.mark.parametrize(
    ("before", "after", "differences"),
    [
        (ALLOWED, ALLOWED, ()),
        (ALLOWED, DENIED, ("now_denied",)),
        (WAITS, DENIED, ("now_denied",)),
        (DENIED, WAITS, ("now_allowed",)),
        (DENIED, DENIED, ()),
        (DENIED, replace(DENIED, denied=("too-late",)), ("denied_otherwise",)),
        (ALLOWED, WAITS, ("approvals_more",)),
        (WAITS, ALLOWED, ("approvals_fewer",)),
        (WAITS, replace(WAITS, approvals=("finance",)), ("approvals_more", "approvals_fewer")),
        (ALLOWED, replace(ALLOWED, confirmations=("customer",)), ("confirmations",)),
        (ALLOWED, replace(ALLOWED, fees=(("restocking", 5),), total=1005), ("fees", "totals")),
        (ALLOWED, replace(ALLOWED, refunds=(("pay-1", 5),), total=995), ("refunds", "totals")),
        (ALLOWED, replace(ALLOWED, paid_first=5), ("collection",)),
    ],
)
def test_decisions_differ_by_what_comes_out(
    before: Decision, after: Decision, differences: tuple[Difference, ...]
) -> None:
    assert compared(before, after).differences == differences


def test_the_same_decision_by_another_rule_is_the_same_and_tells_both_rules() -> None:
    old, new = Rule("approval", "large"), Rule("approval", "renamed")
    both = compared(
        replace(WAITS, says=(Say(old, "approve", ("manager",)), Say(Rule("check", "c"), "warn", ()))),
        replace(WAITS, says=(Say(new, "approve", ("manager",)), Say(Rule("check", "c"), "warn", ()))),
    )
    assert (both.differences, both.rules) == ((), (old, new))


def test_a_rule_that_leads_to_something_else_makes_the_difference() -> None:
    fee = Rule("restocking fee", "intercepted")
    both = compared(replace(ALLOWED, says=(Say(fee, "fee", (10,)),)), replace(ALLOWED, says=(Say(fee, "fee", (5,)),)))
    assert both.rules == (fee,)


def test_costs_are_summed_by_currency_and_only_of_what_takes_effect() -> None:
    dearer = replace(ALLOWED, fees=(("restocking", 7),), refunds=(("pay-1", 3), ("pay-2", 1)), total=1007)
    told = [
        compared(ALLOWED, dearer),
        compared(ALLOWED, dearer),
        compared(dearer, ALLOWED, "JPY"),
        compared(ALLOWED, dearer, "EUR", effect=False),
        compared(ALLOWED, ALLOWED, "KWD"),
    ]
    assert costs(told) == (Cost("JPY", -4, -7, -7), Cost("KWD", 0, 0, 0), Cost("USD", 8, 14, 14))
    assert counted(told) == {"fees": 4, "refunds": 4, "totals": 4}
