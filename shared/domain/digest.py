"""The digest of a plan's outcomes.

The digest covers what would come out (lines, money, stock, approvals, confirmations, fees, departments, dates), never
ids, the clock, stock levels, estimates, risk or policy versions: the same outcome on a later revision is the same plan.

It stands in the log for good, so an address is in it as a keyed hash: once the order's key is erased, nobody can try
whether an address is the one that was meant.
"""

from typing import Any

from shared.domain.canonical import canonical, sha256
from shared.domain.line import Line
from shared.domain.log import personal
from shared.domain.plan import ChangePlan


def digest_of(plan: ChangePlan, key: str) -> str:
    """SHA-256, in hex, of the plan's outcomes; `key` is the order's own."""
    return sha256(canonical(_outcomes(plan, key)))


def _outcomes(plan: ChangePlan, key: str) -> dict[str, Any]:
    moved = plan.address_after != plan.address_before
    return {
        "kind": plan.kind,
        "currency": plan.currency,
        "lines": [
            {
                "line": change.line_id if change.before else None,
                "before": _line(change.before) if change.before else None,
                "after": _line(change.after),
            }
            for change in plan.lines
        ],
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


def _line(line: Line) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "quantity": line.quantity,
        "cancelled": line.cancelled_quantity,
        "unit_price": line.unit_price,
        "gross": line.gross,
        "discounts": [discount.amount for discount in line.discounts],
        "taxes": [[tax.name, str(tax.rate), tax.amount, tax.jurisdiction] for tax in line.taxes],
        "total": line.total,
        "start_date": line.start_date,
        "end_date": line.end_date,
    }
