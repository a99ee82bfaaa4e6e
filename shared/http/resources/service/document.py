"""Documents the service's own routes."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import Operation, ok
from shared.http.resources.service import routes
from shared.http.resources.service.reply import Health

OPERATIONS: Mapping[Route, Operation] = {
    routes.DOCUMENT: Operation(
        id="getOpenApi", summary="This document", replies={200: ((), "An OpenAPI 3.1 document.")}
    ),
    routes.HEALTH: Operation(id="getHealth", summary="A sign of life", replies=ok(Health, "It lives.")),
}
