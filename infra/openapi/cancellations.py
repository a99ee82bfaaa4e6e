"""What the OpenAPI document says of cancellations: their terms, who confirms them, and how what fell out is ended."""

from infra.openapi.operation import ORDER_ETAG, Operation, ok
from infra.openapi.refusals import CANCELLATION, LINK
from shared.http.resources.cancellation.request import CancellationBody, CancellationQuery, WithdrawalBody
from shared.http.resources.change.reply import ChangeReply
from shared.http.resources.decision.request import ConfirmationBody, ResolutionBody, SettlementBody
from shared.http.resources.plan.reply import PlanReply
from shared.http.resources.terms.reply import ConfirmationReply

_PATH = "/orders/{order_id}/cancellations"

CANCELLATIONS: dict[tuple[str, str], Operation] = {
    ("POST", _PATH): Operation(
        id="startCancellation",
        etag=ORDER_ETAG,
        summary="See the terms of a cancellation, or cancel as far as it can go in one call",
        notes="While it waits it can be withdrawn; once it is committed, it is undone under "
        "/orders/{order_id}/amendments/{change_id}/undo.",
        body=CancellationBody,
        query=CancellationQuery,
        replies={
            201: ((ChangeReply,), "The change: committed, or waiting for whoever it needs."),
            200: ((PlanReply,), "With `dry_run=true`: the plan with its terms, violations included. Nothing is kept."),
        },
        refuses=("change-open", "plan-changed", "step-up-required", *CANCELLATION),
        examples=("cancellation",),
    ),
    ("POST", f"{_PATH}/{{change_id}}/withdraw"): Operation(
        id="withdrawCancellation",
        etag=ORDER_ETAG,
        summary="End a cancellation that waits: nothing has happened, and nothing will",
        notes="One that is committed is undone under /orders/{order_id}/amendments/{change_id}/undo.",
        body=WithdrawalBody,
        optional_body=True,
        replies=ok(ChangeReply, "The change, withdrawn: the order is as it was."),
        refuses=("illegal-transition", "other-kind"),
    ),
    ("GET", "/confirmations/{token}"): Operation(
        id="showTerms",
        summary="The terms behind a confirmation link; looking changes nothing",
        replies=ok(ConfirmationReply, "The terms, and whether an answer still counts."),
        refuses=LINK,
    ),
    ("POST", "/confirmations/{token}"): Operation(
        id="answerTerms",
        summary="Confirm or decline, once, by the link alone",
        body=ConfirmationBody,
        replies=ok(ConfirmationReply, "The terms as answered."),
        refuses=(*LINK, "link-used", "link-of-another-order", "plan-changed", "change-expired"),
    ),
    ("POST", "/changes/{change_id}/resolutions"): Operation(
        id="resolveFallout",
        etag=ORDER_ETAG,
        summary="End a fallout: what failed was done by hand, or is given up",
        body=ResolutionBody,
        replies=ok(ChangeReply, "The change, completed or failed."),
        refuses=("not-fallen-out", "refund-under-way"),
    ),
    ("POST", "/changes/{change_id}/refunds/{refund_id}/settlements"): Operation(
        id="settleRefund",
        etag=ORDER_ETAG,
        summary="A refund was made by hand: a bank transfer, or one that its gateway could not make",
        body=SettlementBody,
        replies=ok(ChangeReply, "The change with the refund settled."),
        refuses=("refund-not-found", "refund-settled", "refund-under-way", "illegal-transition"),
    ),
}
