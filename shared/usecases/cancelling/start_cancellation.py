"""Cancel an order, lines or units of it, or preview the terms: it goes as far as it can in this one call."""

from dataclasses import dataclass, replace

from shared.domain.change.milestones import Passed
from shared.domain.change.step import Step
from shared.domain.planning.edits import CancelOrder, CancelUnits, Credit, Edit
from shared.domain.planning.plan import ChangePlan
from shared.domain.policy.subjects import CancelException
from shared.ports.services import Services
from shared.usecases.core.access import Principal, read_order
from shared.usecases.core.consents import consent_of
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
class LineToCancel:
    line_id: str
    quantity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """Asks for a cancellation of the named lines, or of the whole order. `exception` is asked for units that have left;
    `goodwill` gives an amount back instead, and cancels nothing. `consent` is the digest of the terms as seen."""

    order_id: str
    reason_code: str
    sub_code: str | None = None
    note: str | None = None
    lines: tuple[LineToCancel, ...] | None = None
    exception: CancelException | None = None
    goodwill: Credit | None = None
    consent: str | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            order_id=self.order_id,
            kind="cancellation",
            reason_code=self.reason_code,
            sub_code=self.sub_code,
            note=self.note,
            edits=self._edits,
        )

    @property
    def _edits(self) -> tuple[Edit, ...]:
        if self.goodwill is not None:
            return (self.goodwill,)
        if self.lines is None:
            return (CancelOrder(exception=self.exception),)
        return tuple(
            CancelUnits(line_id=line.line_id, quantity=line.quantity, exception=self.exception) for line in self.lines
        )


def preview_cancellation(services: Services, principal: Principal, asked: Cancellation) -> ChangePlan:
    """Return the terms: refund per payment, fees and why, tax reversed, time; nothing is kept.

    Raises:
        Refusal: `order-not-found`.
    """
    order = read_order(services.orders, asked.order_id, principal)
    plan = warned(services, principal, order, preview(services, order, asked.wanted, principal.acting()))
    return warned_of_open(services, principal, order, plan, asked.reason_code)


def start_cancellation(services: Services, request: Request[Step], asked: Cancellation) -> Outcome[Step]:
    """Start a cancellation: it is committed, or waits for the people it needs. The owner's `consent` is consent;
    anybody else's pins the terms. It takes three round trips: the order; products, the customer's count of refunds and
    policy; the transaction.

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
        if asked.consent is not None:
            check_digest(planned, asked.consent)
        wanted = replace(wanted, accept_digest=planned.plan.digest)
        make_way(services, order, blocking, actor)
        change = new_change(services, order, change_id, wanted, planned, actor)
        passed = Passed(new=True, consent=consent_of(services, order, request.principal, asked.consent, wanted.kind))
        return next_step(services, order, change, planned, actor, passed)

    with keeping_refusals(services, request.principal, asked.wanted, noted):
        return transact_step(services, request, work)
