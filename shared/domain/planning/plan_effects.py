"""Works out the further effects of a change: taxes reversed, charges prorated, revenue, delivery, and the time it
takes."""

from dataclasses import replace

from shared.domain.order.goodwill import shipping_without_goodwill
from shared.domain.order.order import Order, Totals
from shared.domain.planning import shipping as shipping_rules
from shared.domain.planning.plan import Effects, TimelineEstimate
from shared.domain.planning.plan_context import PlanContext
from shared.domain.planning.plan_parts import EffectsPart, MoneyPart, NeedsPart, Outcome
from shared.domain.planning.prorated_charges import prorated
from shared.domain.planning.terms import refund_seconds, reversed_taxes
from shared.domain.policy.subjects import Subject


def planned_effects(
    outcome: Outcome, money: MoneyPart, needs: NeedsPart, subject: Subject, context: PlanContext
) -> EffectsPart:
    order, after = outcome.before, outcome.after
    revenue = _revenue(after, money["totals_after"]) - _revenue(order, money["totals_before"])
    return EffectsPart(
        taxes_reversed=reversed_taxes(outcome.lines, order.shipping, after.shipping),
        proration=prorated(outcome.lines, context.policy),
        effects=_effects(order, after, context, revenue),
        timeline_estimate=_estimate(money, needs, subject, context),
    )


def _estimate(money: MoneyPart, needs: NeedsPart, subject: Subject, context: PlanContext) -> TimelineEstimate:
    policy, deadline = context.policy, context.policy.deadlines.of(subject)
    approvals = [policy.approvals.level(each.role).deadline_seconds for each in needs["approvals"]]
    return TimelineEstimate(
        approval_seconds=sum(approvals),
        confirmation_seconds=deadline.confirmation_seconds if needs["confirmations"] else 0,
        acknowledgement_seconds=deadline.acknowledgement_seconds,
        refund_seconds=refund_seconds(money["refunds"], policy.cancellation),
    )


def _effects(order: Order, after: Order, context: PlanContext, revenue: int) -> Effects:
    policy = context.policy
    before = shipping_rules.expected_delivery(order.shipping, order, policy, order.placed_at.date())
    was, becomes = (replace(shipping_without_goodwill(each.shipping), spared=0) for each in (order, after))
    sent_anew = was != becomes
    sent_anew = sent_anew or order.shipping_address != after.shipping_address
    if sent_anew or len(after.lines) > len(order.lines):
        fresh = shipping_rules.expected_delivery(after.shipping, order, policy, context.today)
    else:
        fresh = before
    return Effects(revenue=revenue, expected_delivery_before=before, expected_delivery_after=fresh)


def _revenue(order: Order, totals: Totals) -> int:
    """Returns minor units without tax, be it added to prices or contained in them."""
    contained = sum(line.tax for line in order.lines if line.tax_included)
    return totals.total - totals.tax - contained - (order.shipping.tax if order.shipping.tax_included else 0)
