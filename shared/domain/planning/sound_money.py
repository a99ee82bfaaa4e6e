"""Asserts of a finished plan that nothing in it has fallen below zero, so that no such outcome is ever committed."""

from collections.abc import Iterable

from shared.domain.order.line import Line
from shared.domain.order.order import Order, Totals
from shared.domain.planning.plan import LineChange
from shared.domain.refusal import Refusal


def check_not_below_zero(order: Order, totals: Totals, changes: Iterable[LineChange]) -> None:
    """Checks the order after a change, in minor units: its total and its tax, shipping, and each line that it changes.

    Raises:
        Refusal: `outcome-below-zero`. No edit should lead there: it is a mistake of ours, and the change does not go
        on.
    """
    if min(totals.total, totals.items, totals.discount, totals.tax) < 0:
        raise _below_zero("the order")
    if min(order.shipping.price, order.shipping.tax) < 0:
        raise _below_zero("shipping")
    for change in changes:
        if _lowest(change.after) < 0:
            raise _below_zero(f"line {change.line_id}")


def _below_zero(what: str) -> Refusal:
    return Refusal("outcome-below-zero", f"This would leave {what} below zero, so nothing is changed.")


def _lowest(line: Line) -> int:
    """Returns the lowest amount of a line: its price, what is left of it, each discount, and each tax."""
    parts = [discount.amount for discount in line.discounts] + [tax.amount for tax in line.taxes]
    return min(line.gross, line.net, *parts)
