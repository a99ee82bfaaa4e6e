"""Says what policy has for shipping: if and when it can change, what a method costs, and when all of it lapses."""

from datetime import date, timedelta

from shared.domain import money
from shared.domain.order.order import Order, Shipping
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.policy.documents.cancellation import Lapse
from shared.domain.policy.documents.shipping import ShippingRule
from shared.domain.policy.evaluation import subject_of
from shared.domain.policy.policy import Policy
from shared.domain.policy.scope import by_rank


def nothing_shipped(draft: EditDraft, pointer: str) -> bool:
    """Returns True if nothing has shipped, so that shipping can still be changed; otherwise keeps a refusal."""
    if not any(draft.order.progress_of(line).shipped for line in draft.order.lines):
        return True
    draft.refuse("shipping-after-shipment", "Goods have shipped by the old method already.", pointer)
    return False


def method_known(draft: EditDraft, method: str, pointer: str) -> bool:
    """Returns True if policy has a price for the method; otherwise keeps a refusal."""
    currency = draft.order.currency
    if draft.policy.shipping.rule(method, currency, draft.judge.subject) is not None:
        return True
    draft.refuse("shipping-unknown", f"Policy has no price for '{method}' in {currency}.", pointer)
    return False


def costs_lapse(order: Order, draft: EditDraft) -> bool:
    """Tells if shipping and the order's own fees are given back, because nothing of the order is left."""
    if any(line.quantity for line in order.lines):
        return False
    lapse = _lapse(draft)
    if lapse == "when_nothing_shipped":
        return not any(each.shipped for each in order.progress.values())
    return lapse == "always"


def _lapse(draft: EditDraft) -> Lapse:
    """Returns the word of the first rule of policy that fits the change, the most specific first."""
    judge, document = draft.judge, draft.policy.cancellation
    stages = frozenset(stage for taken in draft.taken for stage, _ in taken.stages)
    for rule in by_rank(document.order_cost_rules, judge.subject) if document.order_cost_rules else ():
        if rule.concerns(judge.reason_code, judge.fault, stages):
            judge.rule("order costs", rule.id, "allow", rule.words)
            return rule.lapse
    return document.order_costs


def rule_price(rule: ShippingRule, currency: str, items: int) -> int:
    """Returns minor units: 0 from the free threshold on."""
    free_from = rule.free_from
    if free_from is not None and items >= money.parse(free_from, currency):
        return 0
    return money.parse(rule.price, currency)


def expected_delivery(shipping: Shipping, order: Order, policy: Policy, today: date | None) -> date | None:
    """Returns the day on which goods sent by this method from today on should arrive, if policy knows."""
    rule = policy.shipping.rule(shipping.method, order.currency, subject_of(order))
    return today + timedelta(days=rule.delivery_days) if rule and today else None
