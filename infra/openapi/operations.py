"""The words, models and refusals of each route that the OpenAPI document adds to `shared/http/door/routes.py`."""

from infra.openapi.cancellations import CANCELLATIONS
from infra.openapi.delegations import DELEGATIONS
from infra.openapi.operation import ORDER_ETAG, Operation, Replies, ok
from infra.openapi.policies import POLICIES
from infra.openapi.refusals import EDITS, ENDED, FIELDS, FIELDS_OF_ORDER, MONEY, ORDER, PLAN, UNDO, UNITS
from infra.openapi.reports import REPORTS
from shared.http.parts.other_replies import CallbackReply, ProductReply, StockReply
from shared.http.parts.queries import ChangesQuery, LogQuery, OrdersQuery
from shared.http.parts.reply import Health, PageOf, WholeOf
from shared.http.resources.amendment.request import Accept, AmendmentBody, AmendmentQuery, UndoBody
from shared.http.resources.asset.reply import AssetReply
from shared.http.resources.catalogue.request import ProductBody, StockBody
from shared.http.resources.change.reply import ChangeReply
from shared.http.resources.decision.request import AcknowledgementBody, DecisionBody
from shared.http.resources.erasure.reply import ErasureReply
from shared.http.resources.erasure.request import ErasureBody
from shared.http.resources.fulfilment.request import FulfilmentBody
from shared.http.resources.order.reply import LogReply, OrderInList, OrderReply, VersionInList, VersionReply
from shared.http.resources.order.request import NewOrderBody
from shared.http.resources.payment.request import PaymentBody
from shared.http.resources.plan.reply import PlanReply

_TAKEN: Replies = {
    201: ((OrderReply,), "The order is new."),
    200: ((OrderReply,), "The channel sent this order before; here it is."),
}
_AMENDMENT = "/orders/{order_id}/amendments"

OPERATIONS: dict[tuple[str, str], Operation] = {
    ("GET", "/openapi.json"): Operation(
        id="getOpenApi", summary="This document", replies={200: ((), "An OpenAPI 3.1 document.")}
    ),
    ("GET", "/health"): Operation(id="getHealth", summary="A sign of life", replies=ok(Health, "It lives.")),
    ("PUT", "/products/{sku}"): Operation(
        id="putProduct",
        summary="Set what is known of a product",
        body=ProductBody,
        replies=ok(ProductReply, "The product."),
        refuses=("duplicate-currency", *MONEY),
    ),
    ("GET", "/products/{sku}"): Operation(
        id="getProduct", summary="A product", replies=ok(ProductReply, "The product."), refuses=("product-not-found",)
    ),
    ("PUT", "/stock/{sku}"): Operation(
        id="putStock",
        summary="Set how many units are on hand",
        body=StockBody,
        replies=ok(StockReply, "The stock level."),
        refuses=("stock-below-committed", "quantity-not-whole", "quantity-negative", "quantity-too-large"),
    ),
    ("GET", "/stock/{sku}"): Operation(
        id="getStock", summary="A stock level", replies=ok(StockReply, "The level."), refuses=("stock-not-found",)
    ),
    ("POST", "/orders"): Operation(
        id="createOrder",
        etag=ORDER_ETAG,
        summary="Take an order in our own shape, once",
        body=NewOrderBody,
        replies=_TAKEN,
        refuses=(*ORDER, *FIELDS_OF_ORDER, *UNITS, *MONEY),
        examples=("order-direct", "order-subscription"),
    ),
    ("POST", "/channels/{channel}/orders"): Operation(
        id="createChannelOrder",
        etag=ORDER_ETAG,
        summary="Take an order in a channel's own shape, once",
        any_body=True,
        replies=_TAKEN,
        refuses=(
            *(
                "unknown-channel",
                "malformed-payload",
                "fractional-quantity",
                "malformed-field",
                "missing-field",
                "not-an-order",
            ),
            *("not-placed-yet", "already-ended", "foreign-payment", "gift-card-payment", "unmatched-transaction"),
            *("malformed-json", "unsupported-media-type", *FIELDS, *FIELDS_OF_ORDER, *UNITS),
            *ORDER,
            *MONEY,
        ),
    ),
    ("GET", "/orders"): Operation(
        id="listOrders",
        summary="Orders, without their lines; a customer's own",
        notes="By `customer_id`, `status` or `channel` newest placed first; without any of these in no order at all.",
        query=OrdersQuery,
        replies=ok(PageOf[OrderInList], "A page of orders."),
        refuses=("malformed-cursor", "out-of-range"),
    ),
    ("GET", "/orders/{order_id}"): Operation(
        id="getOrder",
        etag=ORDER_ETAG,
        summary="The live order, with its ETag",
        replies=ok(OrderReply, "The live version."),
    ),
    ("GET", "/orders/{order_id}/versions"): Operation(
        id="listVersions",
        summary="All versions, newest first",
        replies=ok(WholeOf[VersionInList], "Numbers and statuses."),
    ),
    ("GET", "/orders/{order_id}/versions/{version}"): Operation(
        id="getVersion",
        summary="A past version, the live one, or the one that an open change would make",
        replies=ok(VersionReply, "The order as that version has it."),
        refuses=("version-not-found",),
    ),
    ("GET", "/orders/{order_id}/log"): Operation(
        id="getLog",
        summary="The modification log, oldest first",
        query=LogQuery,
        replies=ok(LogReply, "All entries, each chained to the one before."),
    ),
    ("POST", "/orders/{order_id}/activate"): Operation(
        id="activateOrder",
        etag=ORDER_ETAG,
        summary="Make assets of the lines that have any",
        replies=ok(WholeOf[AssetReply], "All assets of the order."),
        refuses=("nothing-to-activate",),
    ),
    ("GET", "/orders/{order_id}/assets"): Operation(
        id="listAssets",
        summary="What the customer has from this order, with its history",
        replies=ok(WholeOf[AssetReply], "All assets of the order."),
    ),
    ("POST", "/orders/{order_id}/fulfilments"): Operation(
        id="recordFulfilment",
        etag=ORDER_ETAG,
        summary="Units were picked, packed, shipped, delivered or returned",
        body=FulfilmentBody,
        replies=ok(OrderReply, "The order with this progress."),
        refuses=("unknown-line", "beyond-quantity", *UNITS),
    ),
    ("POST", "/orders/{order_id}/payments"): Operation(
        id="recordPayment",
        etag=ORDER_ETAG,
        summary="A payment, a capture or a void happened",
        body=PaymentBody,
        replies=ok(OrderReply, "The order with this payment."),
        refuses=("other-currency", "captured-falls", "payment-mismatch", "payment-claimed", *MONEY),
    ),
    ("POST", _AMENDMENT): Operation(
        id="startAmendment",
        etag=ORDER_ETAG,
        summary="Preview an amendment, start a draft, or go as far as it can in one call",
        body=AmendmentBody,
        query=AmendmentQuery,
        replies={
            201: ((ChangeReply,), "The change: a draft, or with `accept` committed, or waiting for whoever it needs."),
            200: ((PlanReply,), "With `dry_run=true`: the plan, violations included. Nothing is kept."),
        },
        refuses=("change-open", "plan-changed", "step-up-required", *EDITS, *PLAN),
        examples=("amendment",),
    ),
    ("PUT", f"{_AMENDMENT}/{{change_id}}"): Operation(
        id="replaceAmendment",
        etag=ORDER_ETAG,
        summary="Other edits for a draft",
        body=AmendmentBody,
        replies=ok(ChangeReply, "The draft with its new edits."),
        refuses=("accept-not-here", *ENDED, *EDITS, *PLAN),
        examples=("amendment",),
    ),
    ("POST", f"{_AMENDMENT}/{{change_id}}/submit"): Operation(
        id="submitAmendment",
        etag=ORDER_ETAG,
        summary="Hold the stock and ask for what approval it needs",
        body=Accept,
        replies=ok(ChangeReply, "The change, approved or waiting for approval."),
        refuses=("plan-changed", "step-up-required", "change-of-another", *ENDED, *PLAN),
    ),
    ("POST", f"{_AMENDMENT}/{{change_id}}/accept"): Operation(
        id="acceptAmendment",
        etag=ORDER_ETAG,
        summary="Commit an approved change, exactly as it was approved",
        body=Accept,
        replies=ok(ChangeReply, "The change, committed."),
        refuses=("plan-changed", "step-up-required", *ENDED, *PLAN),
    ),
    ("POST", f"{_AMENDMENT}/{{change_id}}/undo"): Operation(
        id="undoAmendment",
        etag=ORDER_ETAG,
        summary="End an open change without effect, or compensate a committed one",
        notes="A committed change, be it an amendment or a cancellation, is undone by another change, an amendment: "
        "see its plan with `dry_run=true`, then send that plan's `digest`. An open cancellation is withdrawn instead.",
        body=UndoBody,
        optional_body=True,
        query=AmendmentQuery,
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
            *UNDO,
            *PLAN,
        ),
    ),
    **CANCELLATIONS,
    **DELEGATIONS,
    **REPORTS,
    **POLICIES,
    ("GET", "/changes"): Operation(
        id="listChanges",
        summary="Changes; a customer's own",
        notes="A customer's, or by `customer_id`, newest first; else with `waiting_for` soonest deadline first; else "
        "by `order_id`, `reason_code` or `status` newest first; without any of these in no order at all.",
        query=ChangesQuery,
        replies=ok(PageOf[ChangeReply], "A page of changes."),
        refuses=("missing-reason", "malformed-cursor", "out-of-range", "malformed-time", "end-before-start"),
    ),
    ("GET", "/changes/{change_id}"): Operation(
        id="getChange", summary="A change with its plan and timeline", replies=ok(ChangeReply, "The change.")
    ),
    ("POST", "/changes/{change_id}/decisions"): Operation(
        id="decideChange",
        etag=ORDER_ETAG,
        summary="Approve or reject what waits for your role; as the order's owner, agree to terms or decline them",
        body=DecisionBody,
        replies=ok(ChangeReply, "The change, approved, committed or rejected."),
        refuses=(
            "not-waiting",
            "wrong-role",
            "own-change",
            "decided-already",
            "deadline-passed",
            "change-expired",
            "plan-changed",
            *PLAN,
        ),
    ),
    ("POST", "/changes/{change_id}/acknowledgements"): Operation(
        id="acknowledgeChange",
        etag=ORDER_ETAG,
        summary="A department has done its part, or could not",
        body=AcknowledgementBody,
        replies=ok(ChangeReply, "The change with the department's word."),
        refuses=("not-committed", "department-not-concerned"),
    ),
    ("POST", "/customers/{customer_id}/erasures"): Operation(
        id="eraseCustomer",
        summary="Take a customer's personal values out of all their orders; again, to finish what a crash left",
        body=ErasureBody,
        replies=ok(ErasureReply, "What was erased, and what is left."),
        refuses=("order-in-flight",),
    ),
    ("POST", "/callbacks/{gateway}"): Operation(
        id="takeCallback",
        summary="A payment gateway reports how refunds ended, signed in its own way; again and again is the same",
        any_body=True,
        replies=ok(CallbackReply, "Taken, now or before. A gateway repeats whatever is not answered so."),
        refuses=("bad-signature", "unknown-gateway", "refund-not-found", "malformed-json", "malformed-payload"),
    ),
}
