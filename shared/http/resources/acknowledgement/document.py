"""Documents the route of departments' acknowledgements."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import ORDER_ETAG, Operation, ok
from shared.http.resources.acknowledgement import routes
from shared.http.resources.acknowledgement.request import AcknowledgementBody
from shared.http.resources.change.reply import ChangeReply

OPERATIONS: Mapping[Route, Operation] = {
    routes.ACKNOWLEDGE: Operation(
        id="acknowledgeChange",
        etag=ORDER_ETAG,
        summary="A department has done its part, or could not",
        body=AcknowledgementBody,
        replies=ok(ChangeReply, "The change with the department's word."),
        refuses=("not-committed", "department-not-concerned"),
    ),
}
