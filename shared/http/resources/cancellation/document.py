"""Documents the routes of cancellations, and what one can be refused for."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import MONEY, ORDER_ETAG, UNITS, Operation, ok
from shared.http.resources.cancellation import routes
from shared.http.resources.cancellation.request import CancellationBody, CancellationQuery, WithdrawalBody
from shared.http.resources.change.reply import ChangeReply
from shared.http.resources.plan.document import CHECKS
from shared.http.resources.plan.reply import PlanReply

CANCELLATION = (
    *("missing-reason", "unknown-reason", "too-many-lines", *UNITS, *MONEY),
    "order-status",
    *("unknown-line", "other-currency", "conflicting-edits", "nothing-changes", "not-eligible", "more-than-left"),
    *("quantity-not-modifiable", "already-cancelled", "unit-shipped", "unit-delivered", "unit-not-delivered"),
    *("logistics-constraint", "too-late", "subscription-ended", "credit-over-total"),
    *("required-component", "change-too-large"),
    *CHECKS,
)

OPERATIONS: Mapping[Route, Operation] = {
    routes.START: Operation(
        id="startCancellation",
        etag=ORDER_ETAG,
        summary="See the terms of a cancellation, or cancel as far as it can go in one call",
        notes="While it waits it can be withdrawn; once it is committed, it is undone under "
        "/orders/{order_id}/amendments/{change_id}/undo.",
        body=CancellationBody,
        query=CancellationQuery,
        preview=PlanReply,
        replies={
            201: ((ChangeReply,), "The change: committed, or waiting for whoever it needs."),
            200: ((PlanReply,), "With `dry_run=true`: the plan with its terms, violations included. Nothing is kept."),
        },
        refuses=("change-open", "plan-changed", "step-up-required", *CANCELLATION),
        examples=("cancellation",),
    ),
    routes.WITHDRAW: Operation(
        id="withdrawCancellation",
        etag=ORDER_ETAG,
        summary="End a cancellation that waits: nothing has happened, and nothing will",
        notes="One that is committed is undone under /orders/{order_id}/amendments/{change_id}/undo.",
        body=WithdrawalBody,
        optional_body=True,
        replies=ok(ChangeReply, "The change, withdrawn: the order is as it was."),
        refuses=("illegal-transition", "other-kind", "change-of-another"),
    ),
}
