"""Documents the routes of exchanges, and what one can be refused for."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import ORDER_ETAG, Operation, ok
from shared.http.resources.amendment.document import EDITS, ENDED, UNDO
from shared.http.resources.amendment.request import Accept, AmendmentQuery, UndoBody
from shared.http.resources.change.reply import ChangeReply
from shared.http.resources.exchange import routes
from shared.http.resources.exchange.request import ExchangeBody
from shared.http.resources.plan.document import PLAN
from shared.http.resources.plan.reply import PlanReply

EXCHANGE = (
    *("one-sided-exchange", "too-many-lines", "already-cancelled", "unit-shipped", "unit-delivered"),
    *("unit-not-delivered", *PLAN),
)

OPERATIONS: Mapping[Route, Operation] = {
    routes.START: Operation(
        id="startExchange",
        etag=ORDER_ETAG,
        summary="See the terms of an exchange, start a draft, or go as far as it can in one call",
        notes="Units go by `cancel_line` and others come by `add_line`, in one change with one difference in money: a "
        "refund, or an amount due. It is for orders before and after their delivery.",
        body=ExchangeBody,
        query=AmendmentQuery,
        preview=PlanReply,
        replies={
            201: ((ChangeReply,), "The change: a draft, or with `accept` committed, or waiting for whoever it needs."),
            200: ((PlanReply,), "With `dry_run=true`: the plan with its terms, violations included. Nothing is kept."),
        },
        refuses=("change-open", "plan-changed", "step-up-required", *EDITS, *EXCHANGE),
        examples=("exchange",),
    ),
    routes.REPLACE: Operation(
        id="replaceExchange",
        etag=ORDER_ETAG,
        summary="Other edits for a draft, or for what waits for an approval",
        notes="An exchange that waits for an approval is a draft again: its approvals are void and its stock is free.",
        body=ExchangeBody,
        replies=ok(ChangeReply, "The draft with its new edits."),
        refuses=("accept-not-here", "change-of-another", *ENDED, *EDITS, *EXCHANGE),
        examples=("exchange",),
    ),
    routes.SUBMIT: Operation(
        id="submitExchange",
        etag=ORDER_ETAG,
        summary="Hold the stock of what comes, and ask for what approval it needs",
        body=Accept,
        replies=ok(ChangeReply, "The change, approved or waiting for approval."),
        refuses=("plan-changed", "step-up-required", "change-of-another", *ENDED, *EXCHANGE),
    ),
    routes.ACCEPT: Operation(
        id="acceptExchange",
        etag=ORDER_ETAG,
        summary="Commit an approved exchange, exactly as it was approved, or ask the customer and the carrier",
        body=Accept,
        replies=ok(ChangeReply, "The change, committed, or waiting to be confirmed."),
        refuses=("plan-changed", "step-up-required", "change-of-another", *ENDED, *EXCHANGE),
    ),
    routes.UNDO: Operation(
        id="undoExchange",
        etag=ORDER_ETAG,
        summary="End an open exchange without effect, or compensate a committed one before anything has moved",
        notes="A committed one is undone by another change, an amendment: see its plan with `dry_run=true`, then send "
        "that plan's `digest`. When units have come back, were stopped on their way, or the others have shipped, it is "
        "refused.",
        body=UndoBody,
        optional_body=True,
        query=AmendmentQuery,
        preview=PlanReply,
        replies={
            200: (
                (ChangeReply, PlanReply),
                "The open exchange, undone: the order is as it was. With `dry_run=true`: the plan that would undo a "
                "committed one.",
            ),
            201: ((ChangeReply,), "The change that undoes the committed one: committed, or waiting for approval."),
        },
        refuses=(
            *("illegal-transition", "other-kind", "not-committed", "change-open", "plan-changed", "step-up-required"),
            "change-of-another",
            *UNDO,
            *PLAN,
        ),
    ),
}
