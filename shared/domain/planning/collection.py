"""Decides how what a change adds to the customer's debt is collected: paid before the commit, billed, or waived."""

from dataclasses import replace

from shared.domain.order.order import Fee, Order, display
from shared.domain.order.payment import pays_by_link
from shared.domain.planning.fees import WAIVED
from shared.domain.planning.plan import PlannedCollection, PlannedFee
from shared.domain.planning.plan_parts import MoneyPart, Outcome
from shared.domain.policy.documents.collection import CollectionRule, Mode
from shared.domain.policy.evaluation import Judge


def planned_collection(judge: Judge, money: MoneyPart, after: Order) -> PlannedCollection | None:
    """Returns how the plan's amount due is collected, and records the rule that decides it. It returns None where
    nothing is due, where policy has no rule, and where authorised money covers all that the order still owes.

    Where the customer is to pay first, but no payment of the order is by a gateway that makes payment links, the amount
    is billed, and the words say so. For a reason of fraud or law it is billed too: nothing waits for the customer then.
    """
    due = money["amount_due"]
    rule = _rule(judge, money, after) if due else None
    if rule is None:
        return None
    waived = -sum(fee.amount for fee in after.fees if fee.code == WAIVED)
    if rule.waives(due + waived, after.currency):
        words = f"{rule.words} {display(due, after.currency)} is waived."
        return _decided(judge, rule, PlannedCollection(mode="waive", amount=due, because=words, rule=rule.id))
    first = rule.mode == "before_commit" and not judge.policy.reasons.guards(judge.reason_code)
    mode: Mode = "before_commit" if first else "bill"
    planned = PlannedCollection(mode=mode, amount=due, because=rule.words, rule=rule.id)
    return _decided(judge, rule, _by_link(planned, rule, after) if first else planned)


def waived(outcome: Outcome, collection: PlannedCollection) -> Outcome:
    """Returns the outcome with the waived sum as a deduction among the order's fees, so that its books are even."""
    fee = Fee(code=WAIVED, amount=-collection.amount, rule=collection.rule)
    told = PlannedFee(code=WAIVED, amount=-collection.amount, because=collection.because, rule=collection.rule)
    after = replace(outcome.after, fees=(*outcome.after.fees, fee))
    return outcome._replace(after=after, fees=(*outcome.fees, told))


def _rule(judge: Judge, money: MoneyPart, after: Order) -> CollectionRule | None:
    reserved = sum(payment.reserved for payment in after.payments)
    if money["totals_after"].balance_due <= reserved:
        return None
    return judge.policy.collection.rule(judge.subject, judge.kind, judge.role, after.currency)


def _by_link(planned: PlannedCollection, rule: CollectionRule, after: Order) -> PlannedCollection:
    gateway = next((payment.gateway for payment in after.payments if pays_by_link(payment)), None)
    if gateway is None:
        words = f"{rule.words} No payment of this order is by a gateway that makes payment links, so it is billed."
        return replace(planned, mode="bill", because=words)
    return replace(planned, gateway=gateway, wait_seconds=rule.deadline_hours * 3600)


def _decided(judge: Judge, rule: CollectionRule, planned: PlannedCollection) -> PlannedCollection:
    outcome = "collect" if planned.mode == "before_commit" else planned.mode
    judge.rule("collection", rule.id, outcome, planned.because)
    return planned
