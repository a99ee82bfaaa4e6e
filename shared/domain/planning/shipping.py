"""Prices shipping that a change touches: by policy's price for the method, recalculated where policy asks for it."""

from dataclasses import replace
from datetime import date, timedelta

from shared.domain import money
from shared.domain.order.order import Order, Shipping
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.policy.documents.shipping import ShippingRule
from shared.domain.policy.evaluation import subject_of
from shared.domain.policy.policy import Policy


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
    return rule_price(rule, order.currency, _items(order))


def recalculated(before: Order, after: Order, policy: Policy) -> Shipping:
    """Returns the shipping after a change that did not set it: as it was accepted, unless the method's rule
    recalculates."""
    if costs_lapse(after, policy):
        return priced(before.shipping, 0) if before.shipping.price else before.shipping
    rule = policy.shipping.rule(before.shipping.method, before.currency, subject_of(before))
    if rule is None or not rule.recalculate:
        return before.shipping
    return priced(before.shipping, rule_price(rule, before.currency, _items(after)))


def costs_lapse(order: Order, policy: Policy) -> bool:
    """Returns True if shipping and the order's own fees are given back, because nothing of the order is left."""
    if any(line.quantity for line in order.lines) or policy.cancellation.order_costs == "never":
        return False
    return policy.cancellation.order_costs == "always" or not any(each.shipped for each in order.progress.values())


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
    return sum(line.net for line in order.lines)
