"""Shows a plan in replies: the effects of a change, and the violations that forbid it."""

from dataclasses import asdict

from shared.domain.order.states import OrderStatus
from shared.domain.planning.plan import ChangePlan, LineChange, ProratedCharge
from shared.http.parts.sizes import within
from shared.http.parts.view import Json, address, money, present
from shared.http.resources.asset.view import asset_change_view
from shared.http.resources.line.view import content_view
from shared.http.resources.order.view import shipping_view, totals_view
from shared.http.resources.overpayment.view import overpaid_view
from shared.http.resources.terms.view import cancelled_view, fee_view, reversed_tax_view, terms_view

MAX_BYTES = 2_800_000
"""Bytes of a plan in a reply, which stays below 5 MB and may hold as many edits as one request does."""

PAGED = ("lines", "fees", "cancelled", "taxes_reversed", "stock", "assets", "proration")
"""The lists of a plan that grow with the order, and have pages of their own."""

_LONG = (*PAGED, "violations", "warnings", "rulings")


def plan_view(plan: ChangePlan) -> Json:
    """Shows the plan; where it would be too large, `left_out` names the lists that are cut."""
    return within(whole_plan_view(plan), _LONG, MAX_BYTES)


def whole_plan_view(plan: ChangePlan) -> Json:
    """Shows the whole plan, however large, amounts in the order's currency. `address` is told only where it moves."""
    currency = plan.currency
    return present(
        {
            "digest": plan.digest,
            "kind": plan.kind,
            "order_id": plan.order_id,
            "base_version": plan.base_version,
            "violations": [asdict(violation) for violation in plan.violations],
            "warnings": list(plan.warnings),
            "lines": [_line(change, currency) for change in plan.lines],
            "address": _address(plan),
            "shipping": _shipping(plan),
            "totals_before": totals_view(plan.totals_before, currency),
            "totals_after": totals_view(plan.totals_after, currency),
            "delta": money(plan.delta, currency),
            "refunds": [
                {
                    "payment_id": refund.payment_id,
                    "method": refund.method,
                    "amount": money(refund.amount, currency),
                }
                for refund in plan.refunds
            ],
            "authorisations": [
                {
                    "payment_id": reduced.payment_id,
                    "before": money(reduced.before, currency),
                    "after": money(reduced.after, currency),
                }
                for reduced in plan.authorisations
            ],
            "amount_due": money(plan.amount_due, currency),
            "collection": _collection(plan),
            "settlement": overpaid_view(plan.order_id, plan.totals_after.balance_due, currency),
            "fees": [fee_view(fee, currency) for fee in plan.fees],
            **(_cancellation(plan) if plan.kind in ("cancellation", "exchange") else {}),
            "stock": [asdict(move) for move in plan.stock],
            "approvals": [asdict(needed) for needed in plan.approvals],
            "confirmations": [asdict(needed) for needed in plan.confirmations],
            "rulings": [asdict(ruling) for ruling in plan.rulings],
            "proration": [_prorated(charge, currency) for charge in plan.proration],
            "effects": _effects(plan),
            "changed": list(plan.changed),
            "departments": list(plan.departments),
            "assets": [asset_change_view(change) for change in plan.assets],
            "timeline_estimate": asdict(plan.timeline_estimate),
            "policy_version": plan.policy_version,
        }
    )


def _collection(plan: ChangePlan) -> Json | None:
    collection = plan.collection
    if collection is None:
        return None
    return present(
        {
            "mode": collection.mode,
            "amount": money(collection.amount, plan.currency),
            "because": collection.because,
            "rule": collection.rule,
            "gateway": collection.gateway,
            "wait_seconds": collection.wait_seconds or None,
        }
    )


def _cancellation(plan: ChangePlan) -> Json:
    """Shows the parts that only cancellations and exchanges have: units that go, tax that goes back, and the terms in
    sums."""
    return {
        "cancelled": [cancelled_view(units, plan.currency) for units in plan.cancelled],
        "taxes_reversed": [reversed_tax_view(tax, plan.currency) for tax in plan.taxes_reversed],
        "terms": terms_view(plan),
    }


def _line(change: LineChange, currency: str) -> Json:
    return {
        "line_id": change.line_id,
        "change": change.change,
        "before": content_view(change.before, currency) if change.before else None,
        "after": content_view(change.after, currency) | _status(change),
    }


def _status(change: LineChange) -> Json:
    """Returns a status only where the plan alone decides it: a line that goes on has the status of its progress."""
    if change.change == "added":
        return {"status": OrderStatus.DRAFT.value}
    return {"status": OrderStatus.CANCELLED.value} if change.change == "cancelled" else {}


def _address(plan: ChangePlan) -> Json | None:
    if plan.address_before == plan.address_after:
        return None
    return {"before": address(plan.address_before), "after": address(plan.address_after)}


def _shipping(plan: ChangePlan) -> Json | None:
    if plan.shipping_before == plan.shipping_after:
        return None
    before, after = plan.shipping_before, plan.shipping_after
    return {"before": shipping_view(before, plan.currency), "after": shipping_view(after, plan.currency)}


def _prorated(charge: ProratedCharge, currency: str) -> Json:
    return {
        "line_id": charge.line_id,
        "charge_id": charge.charge_id,
        "rule": charge.rule,
        "periods_before": charge.periods_before,
        "periods_after": charge.periods_after,
        "amount_before": money(charge.amount_before, currency),
        "amount_after": money(charge.amount_after, currency),
    }


def _effects(plan: ChangePlan) -> Json:
    effects = plan.effects
    before, after = effects.expected_delivery_before, effects.expected_delivery_after
    return present(
        {
            "revenue": money(effects.revenue, plan.currency),
            "expected_delivery_before": before.isoformat() if before else None,
            "expected_delivery_after": after.isoformat() if after else None,
        }
    )
