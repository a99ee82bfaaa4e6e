"""Makes the digest of a plan's outcomes.

The digest covers what would come out (lines, money, stock, approvals, confirmations, fees, departments, dates), never
ids, the clock, stock levels, estimates, risk or policy versions: the same outcome on a later revision is the same plan.
`digest_forms` says what of each type is in it.

It stands in the log for good, so an address is in it as a keyed hash: once the order's key is erased, nobody can try
whether an address is the one that was meant.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from shared.domain.canonical import canonical, personal, sha256
from shared.domain.fields import plain
from shared.domain.order.line import Line
from shared.domain.order.line_price import LineDiscount
from shared.domain.planning import digest_forms as forms
from shared.domain.planning.plan import ChangePlan, LineChange


def digest_of(plan: ChangePlan, key: str) -> str:
    """Returns the SHA-256, in hex, of the plan's outcomes; `key` is the order's own."""
    return sha256(canonical(_outcomes(plan, key)))


def _outcomes(plan: ChangePlan, key: str) -> dict[str, Any]:
    moved = plan.address_after != plan.address_before
    outcomes = {
        "kind": plan.kind,
        "currency": plan.currency,
        "lines": _lines(plan.lines, key),
        "address": personal(forms.address_text(plan.address_after), key) if moved else None,
        "shipping": forms.SHIPPING.of(plan.shipping_after, key),
        "authorisations": [forms.AUTHORISATION.of(cut, key) for cut in plan.authorisations],
        "total": [plan.totals_before.total, plan.totals_after.total],
        "balance": [plan.totals_before.balance_due, plan.totals_after.balance_due],
        "refunds": [forms.REFUND.of(refund, key) for refund in plan.refunds],
        "amount_due": plan.amount_due,
        "fees": [forms.PLANNED_FEE.of(fee, key) for fee in plan.fees],
        "order_fees": [forms.FEE.of(fee, key) for fee in plan.fees_after],
        "cancelled": [forms.CANCELLED.of(units, key) for units in plan.cancelled],
        "stock": [forms.STOCK.of(move, key) for move in plan.stock],
        "approvals": [forms.APPROVAL.one_of(approval, key) for approval in plan.approvals],
        "confirmations": [forms.CONFIRMATION.one_of(confirmation, key) for confirmation in plan.confirmations],
        "departments": plan.departments,
    }
    return outcomes | _collection(plan, key) | forms.PLAN.of(plan, key)


def _collection(plan: ChangePlan, key: str) -> dict[str, Any]:
    """Tells what is collected before the commit, and how. A bill is what the amount due says, and a waived sum is among
    the fees."""
    collection = plan.collection
    if collection is None or collection.mode != "before_commit":
        return {}
    return {"collection": forms.COLLECTION.of(collection, key)}


def _lines(changes: Iterable[LineChange], key: str) -> list[dict[str, Any]]:
    """Leaves out the id and the place of added lines: two are the same in either order."""
    known, added = [], []
    for change in changes:
        before, after = change.before, _line(change.after, key)
        others = forms.LINE_CHANGE.of(change, key) | _charges(change, key)
        if before:
            known.append({"line": change.line_id, "before": _line(before, key), "after": after, **others})
        else:
            added.append({"line": None, "before": None, "after": after, **others})
    return known + sorted(added, key=canonical)


def _charges(change: LineChange, key: str) -> dict[str, Any]:
    """Tells the charges of a line that is added with some, or gets others: later changes are worked out by them."""
    before, after = change.before.charges if change.before else (), change.after.charges
    return {} if before == after else {"charges": plain(after, key)}


def _line(line: Line, key: str) -> Sequence[Any]:
    discounts = [_discount(discount, key) for discount in line.discounts]
    return forms.LINE.around(line, key, discounts, [forms.TAX.of(tax, key) for tax in line.taxes])


def _discount(discount: LineDiscount, key: str) -> Sequence[Any]:
    """Tells the amount of a discount now and how it moves with the quantity: 10 % and 2.00 are the same only today."""
    told = (discount.type, _normal(discount.percent), discount.amount)
    return told if forms.DISCOUNT.none else (*told, *forms.DISCOUNT.others(discount, key))


@lru_cache(maxsize=256)
def _normal(percent: Decimal | None) -> str | None:
    """Writes a percentage without trailing zeros; most lines of an order have the same."""
    return None if percent is None else f"{percent.normalize():f}"
