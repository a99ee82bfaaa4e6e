"""Asks for an approval of a price of shipping that an edit gives, where it is far from what shipping costs.

It is measured by what no edit can move: by policy's price of the method, or where policy has none by what the order
came in with, unless that was nothing. The method and price that it came in with are never asked about (DESIGN.md,
"Money").
"""

from collections.abc import Sequence

from shared.domain.order.line import Line
from shared.domain.order.order import Shipping
from shared.domain.order.sold import shipping_sold_as
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.price_bounds import check_shipping_price
from shared.domain.planning.shipping import rule_price


def check_shipping(draft: EditDraft, was: Shipping, becomes: Shipping, lines: Sequence[Line]) -> None:
    """Asks for an approval, unless `becomes` costs what it should. Both are without goodwill; `lines` are those of the
    order as it will be, by which policy's price may be nothing."""
    sold = shipping_sold_as(was)
    known = {(each.method, each.price) for each in (was, sold)}
    if (becomes.method, becomes.price) not in known:
        listed = _listed(draft, becomes, lines)
        reference = sold.price if listed is None else listed
        if listed is not None or reference:
            check_shipping_price(draft.judge, becomes.method, becomes.price, reference)


def _listed(draft: EditDraft, shipping: Shipping, lines: Sequence[Line]) -> int | None:
    """Returns policy's price for the method, in minor units; None if it has none."""
    currency = draft.order.currency
    rule = draft.policy.shipping.rule(shipping.method, currency, draft.judge.subject)
    if rule is None:
        return None
    worth = sum(line.worth for line in lines) if rule.free_from is not None else 0
    return rule_price(rule, currency, worth + max(0, shipping.spared))
