"""Replace the edits of a draft, or of a change that waits for an approval, which is a draft again by that."""

from dataclasses import replace

from shared.domain.change import transitions
from shared.domain.change.change import Change, asked_by
from shared.domain.change.states import require_editable
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.order.product import Catalogue
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.new_change import Wanted, progress_of
from shared.usecases.core.open_changes import ChangeAddress, continue_open_change
from shared.usecases.core.planning import check_plan, check_reason, lifetime, plan_edits
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.step_check import check_start


def replace_edits(services: Services, request: Request[Step], address: ChangeAddress, wanted: Wanted) -> Outcome[Step]:
    """Replace the edits of a draft; the sender asks for the change from now on, with their own rights. A customer's
    stays theirs to edit or end, and is committed only when they agree to what staff has made of it.

    A change that waits for an approval becomes a draft again: its approvals are void, its stock is free, and the
    execution that waits finds that out when it looks at the change.

    Raises:
        Refusal: as `start_amendment`; `change-of-another` for a customer, where staff asked for the change;
            `illegal-transition` if it waits for something else, or for nothing any more.
    """

    def work(order: Order, change: Change, known: Catalogue) -> Step:
        require_editable(change.status)
        actor = request.principal.acting()
        planned = plan_edits(services, order, wanted, actor, held=change.holds)
        policy = services.policies.current()
        check_start(services, request.principal, order, wanted)
        check_reason(policy, wanted, actor.role)
        check_plan(planned)
        if wanted.accept_digest is not None:
            raise Refusal("accept-not-here", "Submit and accept the draft instead.", pointer="/accept")
        now = services.clock.now()
        fresh = replace(
            asked_by(change, actor.id),
            requested_by=actor,
            begun_by_customer=change.begun_by_customer or change.requested_by.role == "customer",
            guarded=policy.reasons.guards(wanted.reason_code),
            reason_code=wanted.reason_code,
            note=wanted.note,
            edits=wanted.edits,
            plan=planned.plan,
            progress=progress_of(order, planned),
            refunds_today=planned.refunds_today,
            base_version=order.version,
            expires_at=lifetime(policy, order, now),
        )
        return transitions.edited(order, fresh, actor, now, replaced=change)

    return continue_open_change(services, request, address, "edit", work, kind=wanted.kind)
