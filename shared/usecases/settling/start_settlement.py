"""Give back what is overpaid on an order, or preview it: it goes as far as it can in this one call."""

from dataclasses import dataclass, replace

from shared.domain.change.milestones import Passed
from shared.domain.change.step import Step
from shared.domain.planning.edits import Settle
from shared.domain.planning.plan import ChangePlan
from shared.ports.services import Services
from shared.usecases.core.access import Principal, read_order
from shared.usecases.core.etags import check_order_etag
from shared.usecases.core.make_way import in_the_way, make_way
from shared.usecases.core.new_change import Wanted, new_change
from shared.usecases.core.next_step import next_step
from shared.usecases.core.open_warning import warned_of_open
from shared.usecases.core.planning import check_digest, check_plan, check_reason, plan_edits, preview
from shared.usecases.core.record_rejection import Noted, keeping_refusals
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.step_check import check_start
from shared.usecases.core.stepping_up import check_refund_allowed, warned
from shared.usecases.core.transact import transact_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Asks for a settlement: of all that is overpaid, or what `settle` names of it. `accept` is the digest of the plan
    as seen."""

    order_id: str
    reason_code: str
    sub_code: str | None = None
    note: str | None = None
    settle: Settle
    accept: str | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            order_id=self.order_id,
            kind="settlement",
            reason_code=self.reason_code,
            sub_code=self.sub_code,
            note=self.note,
            edits=(self.settle,),
        )


def preview_settlement(services: Services, principal: Principal, asked: Settlement) -> ChangePlan:
    """Return the plan: refund per payment, and who must approve; nothing is kept.

    Raises:
        Refusal: `order-not-found`.
    """
    order = read_order(services.orders, asked.order_id, principal)
    plan = warned(services, principal, order, preview(services, order, asked.wanted, principal.acting()))
    return warned_of_open(services, principal, order, plan, asked.reason_code)


def start_settlement(services: Services, request: Request[Step], asked: Settlement) -> Outcome[Step]:
    """Start a settlement: it is committed, or waits for its approval. It takes three round trips: the order; the
    customer's count of refunds and policy; the transaction, which holds that the order is as it was read. So of two
    settlements at once, or of one beside a cancellation or a payment, the second is judged anew.

    Raises:
        Refusal: `order-not-found`, `precondition-required`, `stale-version`, `change-open`, `unknown-reason`,
            `plan-changed`, or the plan's violations.
    """
    change_id, noted = services.ids.new("chg"), Noted()

    def work() -> Step:
        order = read_order(services.orders, asked.order_id, request.principal)
        check_order_etag(order, request.if_match)
        blocking = in_the_way(services, order, asked.wanted)
        wanted, actor = asked.wanted, request.principal.acting()
        planned = noted.judged(order, plan_edits(services, order, wanted, actor))
        check_start(services, request.principal, order, wanted)
        check_reason(services.policies.current(), wanted)
        check_plan(planned)
        check_refund_allowed(services, request.principal, order, planned)
        if asked.accept is not None:
            check_digest(planned, asked.accept)
        wanted = replace(wanted, accept_digest=planned.plan.digest)
        make_way(services, order, blocking, actor)
        change = new_change(services, order, change_id, wanted, planned, actor)
        return next_step(services, order, change, planned, actor, Passed(new=True))

    with keeping_refusals(services, request.principal, asked.wanted, noted):
        return transact_step(services, request, work)
