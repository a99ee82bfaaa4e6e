"""Declares for whom the fields of a plan are. A customer reads what it does and what it costs; how policy judged it
(its rules, thresholds, floors, our revenue and stock) is for staff."""

from shared.http.parts.audience import any_of, both, fields, page_of, without
from shared.http.resources.asset.audience import ASSET_CHANGE
from shared.http.resources.discount.audience import MONEY
from shared.http.resources.line.audience import CONTENT, PLANNED_LINE
from shared.http.resources.order.audience import ADDRESS, SHIPPING, TOTALS
from shared.http.resources.overpayment.audience import OVERPAID
from shared.http.resources.plan.view import PAGED
from shared.http.resources.terms.audience import CANCELLED_UNITS, PLANNED_FEE, PLANNED_REFUND, REVERSED_TAX, TERMS

DETAIL = fields("pointer code detail")

_PRORATION = fields(
    "line_id charge_id rule periods_before periods_after", parts={"amount_before": MONEY, "amount_after": MONEY}
)
_ESTIMATE = fields("approval_seconds confirmation_seconds acknowledgement_seconds refund_seconds")

PLAN = fields(
    "digest kind order_id base_version warnings changed departments",
    staff="stock rulings policy_version",
    parts={
        "violations": DETAIL,
        "lines": fields("line_id change", parts={"before": CONTENT, "after": PLANNED_LINE}),
        "address": both(ADDRESS),
        "shipping": both(SHIPPING),
        "totals_before": TOTALS,
        "totals_after": TOTALS,
        "delta": MONEY,
        "refunds": PLANNED_REFUND,
        "authorisations": fields("payment_id", parts=both(MONEY).parts),
        "amount_due": MONEY,
        "collection": fields("mode because gateway wait_seconds", staff="rule", parts={"amount": MONEY}),
        "settlement": OVERPAID,
        "fees": PLANNED_FEE,
        "cancelled": CANCELLED_UNITS,
        "taxes_reversed": REVERSED_TAX,
        "terms": TERMS,
        "approvals": fields("role", staff="because rule"),
        "confirmations": fields("party because", staff="rule"),
        "proration": _PRORATION,
        "effects": fields("expected_delivery_before expected_delivery_after", staff="revenue"),
        "assets": ASSET_CHANGE,
        "timeline_estimate": _ESTIMATE,
        "left_out": fields("part shown of"),
    },
)
PLAN_IN_LIST = without(
    PLAN,
    "lines address shipping cancelled taxes_reversed terms stock rulings proration assets left_out",
    more="line_count",
)
CUSTOMERS_PAGES = tuple(name for name in PAGED if name in PLAN.parts)
"""The lists of a plan that a customer turns the pages of."""
PLAN_PAGE = page_of(any_of(PLAN.parts[name] for name in CUSTOMERS_PAGES))
