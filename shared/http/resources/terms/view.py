"""Shows the terms of a change before anything happens: sums are worked out, times told in words."""

from collections.abc import Iterator

from shared.domain.planning.plan import CancelledUnits, ChangePlan, LineChange, PlannedFee, ReversedTax
from shared.domain.planning.terms import DAY
from shared.http.parts.view import Json, money, present
from shared.wording.durations import duration


def terms_view(plan: ChangePlan) -> Json:
    """Shows the money back to the customer, the cost to them, the order's new price, and the time that it takes.

    goods + shipping_refunded + order_fees_refunded + credit − fees_total − replacements is by how much the order gets
    cheaper; `refund` is what of that was paid, `released` what was only reserved.
    """
    currency = plan.currency
    fees = [fee for fee in plan.fees if fee.amount > 0]
    return {
        "goods": money(_goods(plan), currency),
        "shipping_refunded": money(_shipping_refunded(plan), currency),
        "order_fees_refunded": money(_lapsed(plan), currency),
        "fees": [fee_view(fee, currency) for fee in fees],
        "fees_total": money(sum(fee.amount for fee in fees), currency),
        "credit": money(-sum(fee.amount for fee in plan.fees if fee.amount < 0), currency),
        **_replacements(plan),
        "tax_reversed": money(sum(tax.amount for tax in plan.taxes_reversed), currency),
        "refund": money(sum(refund.amount for refund in plan.refunds), currency),
        "refunds": [
            {"payment_id": refund.payment_id, "method": refund.method, "amount": money(refund.amount, currency)}
            for refund in plan.refunds
        ],
        "released": money(sum(cut.before - cut.after for cut in plan.authorisations), currency),
        "amount_due": money(plan.amount_due, currency),
        "new_total": money(plan.totals_after.total, currency),
        "how_long": _how_long(plan),
    }


def cancelled_view(units: CancelledUnits, currency: str) -> Json:
    return {
        "line_id": units.line_id,
        "sku": units.sku,
        "stage": units.stage,
        "quantity": units.quantity,
        "amount": money(units.amount, currency),
    }


def reversed_tax_view(tax: ReversedTax, currency: str) -> Json:
    return present({"name": tax.name, "jurisdiction": tax.jurisdiction, "amount": money(tax.amount, currency)})


def fee_view(fee: PlannedFee, currency: str) -> Json:
    """Shows a fee; `rule` is the rule of policy that asks for it. Goodwill also tells the tax contained in it, and what
    it is given on."""
    return present(
        {
            "code": fee.code,
            "amount": money(fee.amount, currency),
            "tax": money(fee.tax, currency) if fee.tax else None,
            "on": fee.on,
            "line_id": fee.line_id,
            "because": fee.because,
            "rule": fee.rule,
        }
    )


def _shipping_refunded(plan: ChangePlan) -> int:
    """Returns the minor units by which shipping falls; goodwill of this change on it is told as the credit."""
    given = any(fee.on is not None for fee in plan.fees)
    sides = (plan.shipping_before.goodwill, plan.shipping_after.goodwill) if given else (None, None)
    was, becomes = (side.amount if side else 0 for side in sides)
    return plan.shipping_before.total - plan.shipping_after.total - (becomes - was)


def _goods(plan: ChangePlan) -> int:
    """Returns the minor units that were charged for what is cancelled; of an amendment, by which its lines fall."""
    if plan.kind == "amendment":
        return sum(max(0, -_rise(change)) for change in plan.lines)
    return sum(units.amount for units in plan.cancelled)


def _replacements(plan: ChangePlan) -> Json:
    return {} if plan.kind == "cancellation" else {"replacements": money(_replaced(plan), plan.currency)}


def _replaced(plan: ChangePlan) -> int:
    """Returns the minor units that the lines cost that the change adds; of an amendment, by which its lines rise."""
    if plan.kind == "amendment":
        return sum(max(0, _rise(change)) for change in plan.lines)
    return sum(change.after.cost for change in plan.lines if change.before is None)


def _rise(change: LineChange) -> int:
    """Returns the minor units by which a line costs more than before."""
    return change.after.cost - (change.before.cost if change.before else 0)


def _lapsed(plan: ChangePlan) -> int:
    """Returns the minor units by which the order's own fees fall, the fees and credits of this change aside: what is
    left of the difference once goods and shipping are counted."""
    goods = _goods(plan) - _replaced(plan)
    return sum(fee.amount for fee in plan.fees) - plan.delta - goods - _shipping_refunded(plan)


def _how_long(plan: ChangePlan) -> Json:
    """Shows one wait after the other, in words; `refund_days` come after the last of them, by the slowest payment
    method."""
    view: Json = {"words": list(_waits(plan)) or ["It takes effect at once."]}
    if plan.refunds:
        view["refund_days"] = plan.timeline_estimate.refund_seconds // DAY
    return view


def _waits(plan: ChangePlan) -> Iterator[str]:
    times = plan.timeline_estimate
    if plan.approvals:
        yield f"Our {plan.approvals[0].role} decides within {duration(times.approval_seconds)}."
    for needed in plan.confirmations:
        who = "The customer has" if needed.party == "customer" else "The carrier has"
        task = "to agree" if needed.party == "customer" else "to stop the parcel"
        yield f"{who} {duration(times.confirmation_seconds)} {task}."
    if plan.collection and plan.collection.mode == "before_commit":
        yield f"The customer has {duration(plan.collection.wait_seconds)} to pay what it adds."
    if plan.refunds:
        yield f"The money is back {_within(times.refund_seconds, plan.kind)}."


def _within(seconds: int, of: str) -> str:
    return f"within {duration(seconds)} of the {of}" if seconds else "at once"
