"""Accept an approved change: it is committed, or waits for the confirmation that it needs."""

from shared.domain.change.change import Change
from shared.domain.change.milestones import Passed
from shared.domain.change.states import ChangeStatus, require
from shared.domain.change.step import Step
from shared.domain.order.order import ChangeKind, Order
from shared.domain.order.product import Catalogue
from shared.ports.services import Services
from shared.usecases.core.consents import consent_of
from shared.usecases.core.next_step import next_step
from shared.usecases.core.open_changes import ChangeAddress, continue_open_change
from shared.usecases.core.planning import check_digest, replan
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.stepping_up import check_refund_allowed


def accept_change(
    services: Services, request: Request[Step], address: ChangeAddress, digest: str, kind: ChangeKind = "amendment"
) -> Outcome[Step]:
    """Commit an approved change, or ask for the confirmation that it needs.

    The plan as it is now must be the one that was approved and is named here.

    Raises:
        Refusal: `plan-changed`, `illegal-transition`, `change-expired`, `change-of-another`.
    """

    def work(order: Order, change: Change, known: Catalogue) -> Step:
        require(change.status, ChangeStatus.APPROVED)
        planned = replan(services, order, change, known)
        check_digest(planned, change.plan.digest)
        check_digest(planned, digest)
        check_refund_allowed(services, request.principal, order, planned)
        passed = Passed(consent=consent_of(services, order, request.principal, digest, kind))
        return next_step(services, order, change, planned, request.principal.acting(), passed)

    return continue_open_change(services, request, address, "accept", work, kind=kind)
