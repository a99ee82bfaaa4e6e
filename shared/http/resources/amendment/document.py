"""Documents the routes of amendments, and what their edits can be refused for."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import MONEY, ORDER_ETAG, PLACE, UNITS, Operation, ok
from shared.http.resources.amendment import routes
from shared.http.resources.amendment.request import Accept, AmendmentBody, AmendmentQuery, UndoBody
from shared.http.resources.change.reply import ChangeReply
from shared.http.resources.plan.document import PLAN
from shared.http.resources.plan.reply import PlanReply

EDITS = (
    *("missing-reason", "unknown-reason", "unknown-edit", "too-many-edits", "line-not-named", "missing-dates"),
    *("missing-period", "duplicate-charge"),
    *("malformed-date", "out-of-range", "malformed-percent", *PLACE, *UNITS, *MONEY),
)

UNDO = ("changed-since", "goods-moved-on")

ENDED = ("illegal-transition", "change-expired", "other-kind")

OPERATIONS: Mapping[Route, Operation] = {
    routes.START: Operation(
        id="startAmendment",
        etag=ORDER_ETAG,
        summary="Preview an amendment, start a draft, or go as far as it can in one call",
        body=AmendmentBody,
        query=AmendmentQuery,
        preview=PlanReply,
        replies={
            201: ((ChangeReply,), "The change: a draft, or with `accept` committed, or waiting for whoever it needs."),
            200: ((PlanReply,), "With `dry_run=true`: the plan, violations included. Nothing is kept."),
        },
        refuses=("change-open", "plan-changed", "step-up-required", *EDITS, *PLAN),
        examples=("amendment",),
    ),
    routes.REPLACE: Operation(
        id="replaceAmendment",
        etag=ORDER_ETAG,
        summary="Other edits for a draft, or for what waits for an approval",
        notes="A change that waits for an approval is a draft again: its approvals are void and its stock is free.",
        body=AmendmentBody,
        replies=ok(ChangeReply, "The draft with its new edits."),
        refuses=("accept-not-here", "change-of-another", *ENDED, *EDITS, *PLAN),
        examples=("amendment",),
    ),
    routes.SUBMIT: Operation(
        id="submitAmendment",
        etag=ORDER_ETAG,
        summary="Hold the stock and ask for what approval it needs",
        body=Accept,
        replies=ok(ChangeReply, "The change, approved or waiting for approval."),
        refuses=("plan-changed", "step-up-required", "change-of-another", *ENDED, *PLAN),
    ),
    routes.ACCEPT: Operation(
        id="acceptAmendment",
        etag=ORDER_ETAG,
        summary="Commit an approved change, exactly as it was approved",
        body=Accept,
        replies=ok(ChangeReply, "The change, committed."),
        refuses=("plan-changed", "step-up-required", "change-of-another", *ENDED, *PLAN),
    ),
    routes.UNDO: Operation(
        id="undoAmendment",
        etag=ORDER_ETAG,
        summary="End an open change without effect, or compensate a committed one",
        notes="A committed change, be it an amendment or a cancellation, is undone by another change, an amendment: "
        "see its plan with `dry_run=true`, then send that plan's `digest`. An open cancellation is withdrawn instead.",
        body=UndoBody,
        optional_body=True,
        query=AmendmentQuery,
        preview=PlanReply,
        replies={
            200: (
                (ChangeReply, PlanReply),
                "The open change, undone: the order is as it was. With `dry_run=true`: the plan that would undo a "
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
