"""Works out what a change needs before it can be committed: passing checks, approvals, and agreement from outside."""

from collections.abc import Iterable
from typing import NamedTuple

from shared.domain.order.order import Order
from shared.domain.planning.approvals_needed import needed_approvals
from shared.domain.planning.checks import failed_checks
from shared.domain.planning.condition_inputs import Priced, facts_of
from shared.domain.planning.confirmations_needed import needed_confirmations
from shared.domain.planning.holding import units_moved
from shared.domain.planning.plan_context import PlanContext
from shared.domain.planning.plan_parts import MoneyPart, NeedsPart, Outcome
from shared.domain.policy.evaluation import Judge
from shared.domain.refusal import Violation


class PlannedNeeds(NamedTuple):
    """Holds the plan's needs, and the sums that the order's changes have moved unapproved once it is committed (minor
    units)."""

    part: NeedsPart
    unapproved: dict[str, int]


def planned_needs(
    judge: Judge,
    outcome: Outcome,
    money: MoneyPart,
    after: Order,
    violations: Iterable[Violation],
    context: PlanContext,
) -> PlannedNeeds:
    """Returns the needs of a plan. `after` is the order with its payments as they become; `violations` are those of the
    edits."""
    facts = facts_of(_priced(outcome, money, after, context), judge)
    failed, warnings = failed_checks(judge, facts)
    needs = needed_approvals(judge, facts, money["magnitude"], outcome.before.unapproved)
    part = NeedsPart(
        violations=(*violations, *failed),
        warnings=(*judge.warnings, *warnings),
        approvals=needs.approvals,
        confirmations=needed_confirmations(judge, facts, outcome.cancelled),
    )
    return PlannedNeeds(part, needs.unapproved)


def _priced(outcome: Outcome, money: MoneyPart, after: Order, context: PlanContext) -> Priced:
    return Priced(
        before=outcome.before,
        after=after,
        total_before=money["totals_before"].total,
        total_after=money["totals_after"].total,
        edits=outcome.ops,
        skus=frozenset(change.after.sku for change in outcome.lines),
        cancelled=outcome.cancelled,
        units=units_moved(outcome.lines),
        balance_due=money["totals_after"].balance_due,
        refunded=sum(refund.amount for refund in money["refunds"]),
        sums=context.sums,
        refunds_today=context.catalogue.refunds_today,
        now=context.now,
    )
