"""Documents the routes that read changes."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import Operation, ok
from shared.http.parts.reply import PageOf
from shared.http.resources.change import routes
from shared.http.resources.change.reply import ChangeInList, ChangeReply, PlanPartReply
from shared.http.resources.change.request import ChangesQuery, PlanPartQuery

OPERATIONS: Mapping[Route, Operation] = {
    routes.LIST: Operation(
        id="listChanges",
        summary="Changes; a customer's own",
        notes="A customer's, or by `customer_id`, newest first; else with `waiting_for` soonest deadline first; else "
        "by `order_id`, `reason_code` or `status` newest first; without any of these in no order at all.",
        query=ChangesQuery,
        replies=ok(PageOf[ChangeInList], "A page of changes."),
        refuses=("missing-reason", "malformed-cursor", "out-of-range", "malformed-time", "end-before-start"),
    ),
    routes.SHOW: Operation(
        id="getChange", summary="A change with its plan and timeline", replies=ok(ChangeReply, "The change.")
    ),
    routes.PLAN_PART: Operation(
        id="listPlanPart",
        summary="One list of a change's plan in pages",
        notes="`part` is `lines`, `fees`, `cancelled`, `taxes_reversed`, `stock`, `assets` or `proration`.",
        query=PlanPartQuery,
        replies=ok(PlanPartReply, "A page of entries."),
        refuses=("malformed-cursor", "out-of-range"),
    ),
}
