"""Start an amendment or an exchange, or preview one: with `accept` it goes as far as it can in this one call."""

from shared.domain.change import transitions
from shared.domain.change.answers import Consent
from shared.domain.change.change import Change
from shared.domain.change.milestones import Passed
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.planning.plan import ChangePlan, Planned
from shared.ports.services import Services
from shared.usecases.core.access import Principal, read_order
from shared.usecases.core.consents import consent_of
from shared.usecases.core.make_way import Way, in_the_way, make_way
from shared.usecases.core.new_change import Wanted, new_change
from shared.usecases.core.next_step import next_step
from shared.usecases.core.open_warning import warned_of_open
from shared.usecases.core.planning import check_digest, check_plan, check_reason, plan_edits, preview
from shared.usecases.core.record_rejection import Noted, keeping_refusals
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.step_check import check_start
from shared.usecases.core.stepping_up import check_refund_allowed, warned
from shared.usecases.core.transact import transact_step


def preview_amendment(services: Services, principal: Principal, wanted: Wanted) -> ChangePlan:
    """Return the plan, with all that would forbid it among its violations; nothing is kept.

    Raises:
        Refusal: `order-not-found`.
    """
    order = read_order(services.orders, wanted.order_id, principal)
    plan = warned(services, principal, order, preview(services, order, wanted, principal.acting()))
    return warned_of_open(services, principal, order, plan, wanted.reason_code)


def start_amendment(services: Services, request: Request[Step], wanted: Wanted) -> Outcome[Step]:
    """Start a change: a draft, or with `accept_digest` one that is committed, or waits for the people it needs.

    Three round trips: the order, the stock, the transaction.

    Raises:
        Refusal: `order-not-found`, `precondition-required`, `stale-version`, `change-open`, `unknown-reason`,
            `plan-changed`, or the plan's violations.
    """
    change_id, noted, way = services.ids.new("chg"), Noted(), Way()

    def work() -> Step:
        order = read_order(services.orders, wanted.order_id, request.principal)
        way.check_etag(order, request.if_match)
        blocking = in_the_way(services, order, wanted)
        actor = request.principal.acting()
        planned = noted.judged(order, plan_edits(services, order, wanted, actor))
        check_start(services, request.principal, order, wanted)
        check_reason(services.policies.current(), wanted, actor.role)
        check_plan(planned)
        check_refund_allowed(services, request.principal, order, planned)
        make_way(services, order, blocking, actor, way)
        change = new_change(services, order, change_id, wanted, planned, actor)
        consent = consent_of(services, order, request.principal, wanted.accept_digest, wanted.kind)
        return first_step(order, change, planned, services, consent)

    with keeping_refusals(services, request.principal, wanted, noted), way.telling():
        return transact_step(services, request, work)


def first_step(
    order: Order, change: Change, planned: Planned, services: Services, consent: Consent | None = None
) -> Step:
    """Take the change as far as it can go at once: to a draft, or if it is accepted in advance, to a wait or its
    commit."""
    if change.accept_digest is None:
        return transitions.started(order, change, change.requested_by, services.clock.now())
    check_digest(planned, change.accept_digest)
    return next_step(services, order, change, planned, change.requested_by, Passed(new=True, consent=consent))
