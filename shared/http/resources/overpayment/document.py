"""Documents the routes of settlements, and what one can be refused for."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import MONEY, ORDER_ETAG, Operation, ok
from shared.http.resources.change.reply import ChangeReply
from shared.http.resources.overpayment import routes
from shared.http.resources.overpayment.request import OverpaymentBody, OverpaymentQuery, OverpaymentWithdrawalBody
from shared.http.resources.plan.document import CHECKS
from shared.http.resources.plan.reply import PlanReply

SETTLEMENT = (
    *("missing-reason", "unknown-reason", *MONEY, "order-status", "not-eligible"),
    *("other-currency", "nothing-changes", "unknown-payment", "settlement-over-balance"),
    *CHECKS,
)

OPERATIONS: Mapping[Route, Operation] = {
    routes.START: Operation(
        id="startSettlement",
        etag=ORDER_ETAG,
        summary="See what is overpaid, or give it back as far as it can go in one call",
        notes="It moves money alone: lines, prices and stock stay as they are. Every plan that leaves an order "
        "overpaid proposes it, as `settlement`. While it waits for its approval it can be withdrawn; a refund that is "
        "under way is not undone.",
        body=OverpaymentBody,
        query=OverpaymentQuery,
        preview=PlanReply,
        replies={
            201: ((ChangeReply,), "The change: committed, or waiting for whoever it needs."),
            200: ((PlanReply,), "With `dry_run=true`: the plan, violations included. Nothing is kept."),
        },
        refuses=("change-open", "plan-changed", "step-up-required", *SETTLEMENT),
    ),
    routes.WITHDRAW: Operation(
        id="withdrawSettlement",
        etag=ORDER_ETAG,
        summary="End a settlement that waits: no money has moved, and none will",
        body=OverpaymentWithdrawalBody,
        optional_body=True,
        replies=ok(ChangeReply, "The change, withdrawn: the order is as it was."),
        refuses=("illegal-transition", "other-kind", "change-of-another"),
    ),
}
