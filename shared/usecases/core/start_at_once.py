"""Start a change that has no draft: it goes as far as it can in the call that asks for it."""

from dataclasses import replace

from shared.domain.change.milestones import Passed
from shared.domain.change.step import Step
from shared.ports.services import Services
from shared.usecases.core.access import read_order
from shared.usecases.core.consents import consent_of
from shared.usecases.core.make_way import Way, in_the_way, make_way
from shared.usecases.core.new_change import Wanted, new_change
from shared.usecases.core.next_step import next_step
from shared.usecases.core.planning import check_digest, check_plan, check_reason, plan_edits
from shared.usecases.core.record_rejection import Noted, keeping_refusals
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.step_check import check_start
from shared.usecases.core.stepping_up import check_refund_allowed
from shared.usecases.core.transact import transact_step


def start_at_once(services: Services, request: Request[Step], asked: Wanted, digest: str | None) -> Outcome[Step]:
    """Start a change: it is committed, or waits for the people it needs. `digest` is that of the plan as seen: it pins
    the plan, and from the order's owner it is consent where the change has terms. It takes three round trips: the
    order; products, the customer's count of refunds and policy; the transaction, which holds that the order is as it
    was read.

    Raises:
        Refusal: `order-not-found`, `precondition-required`, `stale-version`, `change-open`, `unknown-reason`,
            `plan-changed`, or the plan's violations.
    """
    change_id, noted, way = services.ids.new("chg"), Noted(), Way()

    def work() -> Step:
        order = read_order(services.orders, asked.order_id, request.principal)
        way.check_etag(order, request.if_match)
        blocking = in_the_way(services, order, asked)
        actor = request.principal.acting()
        planned = noted.judged(order, plan_edits(services, order, asked, actor))
        check_start(services, request.principal, order, asked)
        check_reason(services.policies.current(), asked, actor.role)
        check_plan(planned)
        check_refund_allowed(services, request.principal, order, planned)
        if digest is not None:
            check_digest(planned, digest)
        wanted = replace(asked, accept_digest=planned.plan.digest)
        make_way(services, order, blocking, actor, way)
        change = new_change(services, order, change_id, wanted, planned, actor)
        passed = Passed(new=True, consent=consent_of(services, order, request.principal, digest, wanted.kind))
        return next_step(services, order, change, planned, actor, passed)

    with keeping_refusals(services, request.principal, asked, noted), way.telling():
        return transact_step(services, request, work)
