"""Submit a draft: hold its stock, and ask for the approval that its plan needs."""

from shared.domain.change import transitions
from shared.domain.change.change import Change
from shared.domain.change.milestones import Passed
from shared.domain.change.states import ChangeStatus, require
from shared.domain.change.step import Step
from shared.domain.order.order import ChangeKind, Order
from shared.domain.order.product import Catalogue
from shared.ports.services import Services
from shared.usecases.core.consents import consent_of
from shared.usecases.core.open_changes import ChangeAddress, continue_open_change
from shared.usecases.core.planning import check_digest, replan
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.stepping_up import check_refund_allowed


def submit_change(
    services: Services, request: Request[Step], address: ChangeAddress, digest: str, kind: ChangeKind = "amendment"
) -> Outcome[Step]:
    """Hold the stock, and ask for the approval that the plan needs; without one it is approved at once.

    Raises:
        Refusal: `plan-changed`, the plan's violations, `illegal-transition`, `change-expired`, `change-of-another`.
    """

    def work(order: Order, change: Change, known: Catalogue) -> Step:
        require(change.status, ChangeStatus.DRAFT)
        planned = replan(services, order, change, known)
        check_digest(planned, digest)
        check_refund_allowed(services, request.principal, order, planned)
        approvals = services.policies.current().approvals
        actor, now = request.principal.acting(), services.clock.now()
        passed = Passed(consent=consent_of(services, order, request.principal, digest, kind))
        return transitions.submitted(order, change, planned, actor, now, approvals=approvals, passed=passed)

    return continue_open_change(services, request, address, "submit", work, kind=kind)
