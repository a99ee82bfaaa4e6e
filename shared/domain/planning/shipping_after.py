"""Makes the shipping of an order after a change: by policy's price for the method, recalculated where policy asks for
it, and taxed where the goods go. It is worked out when all lines are priced, so that edits commute.

Shipping that follows the goods stays while the goods do, whoever touches a line or moves the order, and goods that come
never make it dearer. Shipping that becomes due because an order is worth less is not the customer's to pay where the
reason is the merchant's fault or the goods were delivered (DESIGN.md, "Money"); policy says which reasons and stages
these are.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from shared.domain import money
from shared.domain.order.goodwill import keeping_shipping_goodwill, shipping_without_goodwill
from shared.domain.order.line import Line
from shared.domain.order.order import Order, Shipping
from shared.domain.order.sold import keeping_shipping_sold
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.line_draft import ShippingWish
from shared.domain.planning.line_taxes import is_taxed_elsewhere
from shared.domain.planning.plan import LineChange
from shared.domain.planning.shipping import costs_lapse, rule_price
from shared.domain.planning.shipping_bounds import check_shipping
from shared.domain.planning.shipping_taxes import moved, priced
from shared.domain.policy.documents.shipping import ShippingRule

_ANY_METHOD = ShippingRule(method="", currency="", price="0", delivery_days=0)
"""Says what is spared while shipping goes by a method that policy has no rule for."""


def shipping_after(before: Order, after: Order, changes: Sequence[LineChange], draft: EditDraft) -> Shipping:
    """Returns the shipping of an order after all edits of its lines: as an edit sets it, as an undo puts it back, or as
    it was accepted, unless the method's rule recalculates. It is taxed where the goods go. What goodwill took off it
    stays taken off."""
    lapses = costs_lapse(after, draft)
    if draft.shipping is not None and not lapses:
        if draft.shipping.sold is not None:  # an edit had set it, and what it set is bounded when it comes back as well
            was, becomes = (shipping_without_goodwill(each) for each in (before.shipping, draft.shipping))
            check_shipping(draft, was, becomes, after.lines)
        return draft.shipping
    return keeping_shipping_goodwill(
        before.shipping,
        lambda bare: _lapsed(bare, after, draft) if lapses else _accepted(bare, after, changes, draft),
    )


def _lapsed(shipping: Shipping, after: Order, draft: EditDraft) -> Shipping:
    return _at_price(shipping, 0, after, draft) if shipping.price else shipping


def _accepted(shipping: Shipping, after: Order, changes: Sequence[LineChange], draft: EditDraft) -> Shipping:
    """Returns the shipping, without goodwill, as an edit sets it, or as it was accepted unless policy recalculates."""
    wish, was = draft.shipping_wish, shipping
    method = wish.method if wish else shipping.method
    rule = draft.policy.shipping.rule(method, after.currency, draft.judge.subject)
    lost = _Lost.by(after, changes, rule or _ANY_METHOD, draft)
    shipping = replace(shipping, method=method, spared=lost.spared if draft.spared is None else draft.spared)
    price = wish.price if wish else shipping.price
    if rule is not None and (price is None or (wish is None and rule.recalculate and _goods_change(changes))):
        price = _price(rule, shipping, after, None if wish else lost, draft)
    there = _at_price(shipping, shipping.price if price is None else price, after, draft)
    return there if wish is None else _as_set(was, there, wish, after, draft)


def _as_set(was: Shipping, there: Shipping, wish: ShippingWish, after: Order, draft: EditDraft) -> Shipping:
    """Returns shipping as an edit sets it, with what it came in as; a price that the edit gives is checked by that."""
    if wish.price is not None:
        check_shipping(draft, was, there, after.lines)
    return keeping_shipping_sold(was, there)


def _goods_change(changes: Sequence[LineChange]) -> bool:
    """Tells if an order holds other goods, or as many of them at another price; taxes are no goods."""
    return any(each.before is None or _goods(each.before) != _goods(each.after) for each in changes)


def _goods(line: Line) -> tuple[str, int, int]:
    return line.sku, line.quantity, line.worth


class _Lost(NamedTuple):
    """Says what lines lose by a change, in minor units before tax, and what of it still counts for free shipping."""

    value: int
    kept: int
    excused: bool
    spared: int

    @classmethod
    def by(cls, after: Order, changes: Sequence[LineChange], rule: ShippingRule, draft: EditDraft) -> "_Lost":
        value = sum((each.before.worth if each.before else 0) - each.after.worth for each in changes)
        excused, spared = rule.spares(draft.judge.reason_code, draft.judge.fault), draft.order.shipping.spared
        kept = value if excused else max(0, min(value, _lost_late(after, rule, draft)))
        return cls(value, kept, excused, spared + kept)

    @property
    def spares_all(self) -> bool:
        """Tells if the change makes shipping no dearer, because nothing that counts is lost."""
        return self.excused or self.kept >= self.value


def _price(rule: ShippingRule, shipping: Shipping, after: Order, lost: _Lost | None, draft: EditDraft) -> int:
    """Returns the price in minor units that the rule asks for; a change that sets no method makes none of the
    merchant's losses the customer's."""
    items = sum(line.worth for line in after.lines) if rule.free_from is not None else 0
    price = rule_price(rule, after.currency, items + max(0, shipping.spared))
    if lost is not None and lost.spares_all:
        price = min(price, shipping.price)
    excused = lost is not None and lost.excused
    if (excused or shipping.spared > 0) and price < rule_price(rule, after.currency, items):
        _say_why(rule, draft, excused=excused)
    return price


def _at_price(shipping: Shipping, price: int, after: Order, draft: EditDraft) -> Shipping:
    """Returns the shipping at a price in minor units, taxed where the order goes."""
    pointer = draft.shipping_wish.pointer if draft.shipping_wish else draft.edits_at
    if is_taxed_elsewhere(draft.order.shipping_address, after.shipping_address):
        return moved(draft, replace(shipping, price=price), after.shipping_address, pointer)
    return priced(draft, shipping, price, pointer)


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
