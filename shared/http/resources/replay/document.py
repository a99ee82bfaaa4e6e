"""Documents the route that replays past changes."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import Operation, ok
from shared.http.resources.policy.document import SENSE
from shared.http.resources.replay import routes
from shared.http.resources.replay.reply import ReplayReply
from shared.http.resources.replay.request import ReplayBody

OPERATIONS: Mapping[Route, Operation] = {
    routes.REPLAY: Operation(
        id="replayPolicy",
        summary="Judge past changes by a draft: which decisions would differ, and what that would have cost",
        body=ReplayBody,
        replies=ok(ReplayReply, "What would differ, newest change first. Nothing is kept."),
        keeps=False,
        refuses=(
            *("policy-not-found", "document-or-version", "unknown-version", "malformed-time", "end-before-start"),
            *("malformed-cursor", "unknown-value", *SENSE),
        ),
    ),
}
