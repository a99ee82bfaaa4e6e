"""Documents the route of erasures."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import Operation, ok
from shared.http.resources.erasure import routes
from shared.http.resources.erasure.reply import ErasureReply
from shared.http.resources.erasure.request import ErasureBody

OPERATIONS: Mapping[Route, Operation] = {
    routes.ERASE: Operation(
        id="eraseCustomer",
        summary="Take a customer's personal values out of all their orders; again, to finish what a crash left",
        body=ErasureBody,
        replies=ok(ErasureReply, "What was erased, and what is left."),
        refuses=("order-in-flight",),
    ),
}
