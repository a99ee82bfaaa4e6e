"""Prices shipping that a change touches: by policy's price for the method, recalculated where policy asks for it.

Shipping that becomes due because an order is worth less is not the customer's to pay where the reason is the merchant's
fault or the goods were delivered (DESIGN.md, "Money"); policy says which reasons and stages these are.
"""

from dataclasses import replace
from datetime import date, timedelta

from shared.domain import money
from shared.domain.order.goodwill import keeping_shipping_goodwill
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


def policy_price(draft: EditDraft, method: str, pointer: str) -> int | None:
    """Returns policy's price for the method, in minor units; if there is none it keeps a refusal and returns None."""
    order = draft.order
    rule = draft.policy.shipping.rule(method, order.currency, draft.judge.subject)
    if rule is None:
        draft.refuse("shipping-unknown", f"Policy has no price for '{method}' in {order.currency}.", pointer)
        return None
    return rule_price(rule, order.currency, _items(order) + order.shipping.spared)


def recalculated(before: Order, after: Order, draft: EditDraft) -> Shipping:
    """Returns the shipping after a change that did not set it: as it was accepted, unless the method's rule
    recalculates. What goodwill took off it stays taken off."""
    return keeping_shipping_goodwill(
        before.shipping, lambda bare: _recalculated(replace(before, shipping=bare), after, draft)
    )


def _recalculated(before: Order, after: Order, draft: EditDraft) -> Shipping:
    if costs_lapse(after, draft):
        return priced(before.shipping, 0) if before.shipping.price else before.shipping
    rule = draft.policy.shipping.rule(before.shipping.method, before.currency, draft.judge.subject)
    if rule is None or not rule.recalculate:
        return before.shipping
    items, lost = _items(after), _items(before) - _items(after)
    excused = rule.spares(draft.judge.reason_code, draft.judge.fault)
    kept = lost if excused or lost < 0 else _lost_late(after, rule, draft)  # whatever comes back is lost no more
    counted = before.shipping.spared if rule.free_from is None else max(0, before.shipping.spared + kept)
    price = rule_price(rule, before.currency, items + counted)
    if excused or kept >= lost >= 0:
        price = min(price, before.shipping.price)
    if price < rule_price(rule, before.currency, items):
        _say_why(rule, draft, excused=excused)
    return replace(priced(before.shipping, price), spared=counted)


def _lost_late(after: Order, rule: ShippingRule, draft: EditDraft) -> int:
    """Returns the value, in minor units, of the units cancelled at stages that make shipping no dearer."""
    lines = {line.line_id: line for line in after.lines} if draft.taken else {}
    value = 0
    for taken in draft.taken:
        late = sum(units for stage, units in taken.stages if stage in rule.except_stages)
        lost = taken.line.worth - lines[taken.line.line_id].worth
        value += money.divide(lost * late, sum(units for _, units in taken.stages)) if late else 0
    return value


def _say_why(rule: ShippingRule, draft: EditDraft, *, excused: bool) -> None:
    why = "the reason is not the customer's fault" if excused else "goods that did not go by their wish still count"
    draft.judge.rule("shipping", f"{rule.method}-{rule.currency}", "allow", f"Shipping costs no more: {why}.")


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


def priced(shipping: Shipping, price: int) -> Shipping:
    """Returns the shipping at another price; its tax keeps its own rate."""
    basis = (shipping.price, shipping.tax) if shipping.price else shipping.basis
    tax = money.divide(basis[1] * price, basis[0]) if basis else 0
    return replace(shipping, price=price, tax=tax, basis=None if price else basis)


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


def _items(order: Order) -> int:
    return sum(line.worth for line in order.lines)
