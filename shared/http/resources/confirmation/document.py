"""Documents the routes behind a confirmation link."""

from collections.abc import Mapping

from shared.http.door.route import Route
from shared.http.parts.document import Operation, ok
from shared.http.resources.confirmation import routes
from shared.http.resources.confirmation.reply import ConfirmationReply
from shared.http.resources.confirmation.request import ConfirmationBody

LINK = ("link-not-found", "link-expired")

OPERATIONS: Mapping[Route, Operation] = {
    routes.SHOW: Operation(
        id="showTerms",
        summary="The terms behind a confirmation link; looking changes nothing",
        replies=ok(ConfirmationReply, "The terms, and whether an answer still counts."),
        refuses=LINK,
    ),
    routes.ANSWER: Operation(
        id="answerTerms",
        summary="Confirm or decline, once, by the link alone",
        body=ConfirmationBody,
        replies=ok(ConfirmationReply, "The terms as answered."),
        refuses=(*LINK, "link-used", "link-of-another-order", "plan-changed", "change-expired"),
    ),
}
