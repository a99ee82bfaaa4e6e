"""The digest of a plan's outcomes.

The digest covers what would come out (lines, money, stock, approvals, confirmations, fees, departments, dates), never
ids, the clock, stock levels, estimates, risk or policy versions: the same outcome on a later revision is the same plan.

It stands in the log for good, so an address is in it as a keyed hash: once the order's key is erased, nobody can try
whether an address is the one that was meant.
"""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from shared.domain.canonical import canonical, personal, sha256
from shared.domain.order.line import Line, LineDiscount
from shared.domain.planning.plan import ChangePlan, LineChange


def digest_of(plan: ChangePlan, key: str) -> str:
    """SHA-256, in hex, of the plan's outcomes; `key` is the order's own."""
    return sha256(canonical(_outcomes(plan, key)))


def _outcomes(plan: ChangePlan, key: str) -> dict[str, Any]:
    moved = plan.address_after != plan.address_before
    return {
        "kind": plan.kind,
        "currency": plan.currency,
        "lines": _lines(plan.lines),
        "address": personal(str(plan.address_after), key) if moved else None,
        "shipping": [plan.shipping_after.method, plan.shipping_after.price, plan.shipping_after.tax],
        "authorisations": [[cut.payment_id, cut.after] for cut in plan.authorisations],
        "total": [plan.totals_before.total, plan.totals_after.total],
        "balance": [plan.totals_before.balance_due, plan.totals_after.balance_due],
        "refunds": [[refund.payment_id, refund.amount] for refund in plan.refunds],
        "amount_due": plan.amount_due,
        "fees": [[fee.code, fee.amount] for fee in plan.fees],
        "order_fees": [[fee.code, fee.amount, fee.tax] for fee in plan.fees_after],
        "cancelled": [[units.stage, units.quantity, units.amount] for units in plan.cancelled],
        "stock": [[move.sku, move.delta] for move in plan.stock],
        "approvals": [approval.role for approval in plan.approvals],
        "confirmations": [confirmation.party for confirmation in plan.confirmations],
        "departments": plan.departments,
    }


def _lines(changes: Iterable[LineChange]) -> list[dict[str, Any]]:
    """Added lines have neither an id nor a place: two are the same in either order."""
    known, added = [], []
    for change in changes:
        if change.before:
            known.append({"line": change.line_id, "before": _line(change.before), "after": _line(change.after)})
        else:
            added.append({"line": None, "before": None, "after": _line(change.after)})
    return known + sorted(added, key=canonical)


_PLAIN = attrgetter(
    "sku",
    "title",
    "parent_line_id",
    "quantity",
    "cancelled_quantity",
    "unit_price",
    "gross",
    "total",
    "start_date",
    "end_date",
)
"""What of a line is in the digest as it stands; by place, because names for a thousand lines take time."""


def _line(line: Line) -> list[Any]:
    taxes = [(tax.name, str(tax.rate), tax.amount, tax.jurisdiction) for tax in line.taxes]
    return [*_PLAIN(line), [_discount(discount) for discount in line.discounts], taxes]


def _discount(discount: LineDiscount) -> tuple[Any, ...]:
    """What it takes off now, and how that moves with the quantity: 10 % and 2.00 are the same only today."""
    percent = discount.percent
    return discount.type, None if percent is None else f"{percent.normalize():f}", discount.amount
