"""Documents the routes of an order's versions and its log."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import Operation, ok
from shared.http.parts.listing import EntriesQuery
from shared.http.parts.reply import PageOf
from shared.http.resources.history import routes
from shared.http.resources.history.reply import LogReply, VersionInList, VersionReply
from shared.http.resources.history.request import LogQuery

OPERATIONS: Mapping[Route, Operation] = {
    routes.VERSIONS: Operation(
        id="listVersions",
        summary="All versions, newest first",
        query=EntriesQuery,
        replies=ok(PageOf[VersionInList], "A page of numbers and statuses."),
        refuses=("malformed-cursor", "out-of-range"),
    ),
    routes.VERSION: Operation(
        id="getVersion",
        summary="A past version, the live one, or the one that an open change would make",
        replies=ok(VersionReply, "The order as that version has it."),
        refuses=("version-not-found",),
    ),
    routes.LOG: Operation(
        id="getLog",
        summary="The modification log, oldest first",
        query=LogQuery,
        replies=ok(LogReply, "A page of entries, each chained to the one before."),
        refuses=("malformed-cursor", "out-of-range"),
    ),
}
