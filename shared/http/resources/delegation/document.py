"""Documents the routes of delegations."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import Operation, ok
from shared.http.resources.delegation import routes
from shared.http.resources.delegation.reply import DelegationReply, DelegationsReply
from shared.http.resources.delegation.request import DelegationBody, EndBody

OPERATIONS: Mapping[Route, Operation] = {
    routes.LIST: Operation(
        id="listDelegations",
        summary="What you have delegated, and what was delegated to you",
        replies=ok(DelegationsReply, "Those that hold now or will."),
    ),
    routes.DELEGATE: Operation(
        id="delegateRole",
        summary="Let somebody else decide in your place for up to 31 days; one a role, the latest counts",
        body=DelegationBody,
        replies=ok(DelegationReply, "The delegation."),
        refuses=("role-not-held", "delegated-to-oneself", "end-before-start", "malformed-time", "out-of-range"),
    ),
    routes.END: Operation(
        id="endDelegation",
        summary="Decide yourself again; there need not be a delegation",
        body=EndBody,
        optional_body=True,
        replies=ok(DelegationsReply, "What is left."),
        refuses=("role-not-held",),
    ),
}
