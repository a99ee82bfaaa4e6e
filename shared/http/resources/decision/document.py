"""Documents the route of decisions."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import ORDER_ETAG, Operation, ok
from shared.http.resources.change.reply import ChangeReply
from shared.http.resources.decision import routes
from shared.http.resources.decision.request import DecisionBody
from shared.http.resources.plan.document import PLAN

OPERATIONS: Mapping[Route, Operation] = {
    routes.DECIDE: Operation(
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
}
