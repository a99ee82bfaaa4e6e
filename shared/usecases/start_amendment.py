"""Start an amendment, or preview one: with `accept` it goes as far as it can in this one call."""

from dataclasses import dataclass, replace

from shared.domain import steps
from shared.domain.change import Actor, Change
from shared.domain.edits import Edit
from shared.domain.order import Order
from shared.domain.plan import ChangePlan, Planned
from shared.domain.refusal import Refusal
from shared.domain.states import ChangeStatus
from shared.domain.steps import Step
from shared.ports import Answer, Services
from shared.usecases.access import Principal, read_order
from shared.usecases.attempt import Request, attempt, check_if_match
from shared.usecases.planning import check_digest, check_plan, check_reason, lifetime, plan_edits, unknown_reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What somebody wants changed. `accept_digest` accepts the plan with that digest in advance."""

    order_id: str
    reason_code: str
    note: str | None = None
    edits: tuple[Edit, ...]
    accept_digest: str | None = None


def preview_amendment(services: Services, principal: Principal, wanted: Amendment) -> ChangePlan:
    """The plan, with all that would forbid it among its violations; nothing is kept.

    Raises:
        Refusal: `order-not-found`.
    """
    order = read_order(services.orders, wanted.order_id, principal)
    plan = plan_edits(services, order, wanted.edits, principal.acting().role).plan
    forbidden = unknown_reason(services.policies.current(), wanted.reason_code)
    return replace(plan, violations=(*forbidden, *plan.violations))


def start_amendment(services: Services, request: Request, wanted: Amendment) -> Answer:
    """A new change: a draft, or with `accept_digest` committed, or waiting for whoever it needs.

    Three round trips: the order, the stock, the transaction.

    Raises:
        Refusal: `order-not-found`, `precondition-required`, `stale-version`, `change-open`, `unknown-reason`,
            `plan-changed`, or the plan's violations.
    """
    change_id = services.ids.new("chg")

    def work() -> Step:
        order = read_order(services.orders, wanted.order_id, request.principal)
        check_if_match(order, request.if_match)
        check_nothing_open(order)
        policy = services.policies.current()
        check_reason(policy, wanted.reason_code)
        actor = request.principal.acting()
        planned = plan_edits(services, order, wanted.edits, actor.role)
        check_plan(planned)
        change = new_change(services, order, change_id, wanted, planned, actor)
        return first_step(order, change, planned, services)

    return attempt(services, request, work)


def new_change(
    services: Services, order: Order, change_id: str, wanted: Amendment, planned: Planned, actor: Actor
) -> Change:
    """The record of a change that is about to be started."""
    now = services.clock.now()
    return Change(
        change_id=change_id,
        kind="amendment",
        order_id=order.order_id,
        customer_id=order.customer.customer_id,
        base_version=order.version,
        status=ChangeStatus.DRAFT,
        reason_code=wanted.reason_code,
        note=wanted.note,
        requested_by=actor,
        edits=wanted.edits,
        plan=planned.plan,
        accept_digest=wanted.accept_digest,
        expires_at=lifetime(services.policies.current(), now),
        created_at=now,
        updated_at=now,
    )


def check_nothing_open(order: Order, change_id: str | None = None) -> None:
    """Raises:
    Refusal: `change-open`, naming the change that is open (unless it is `change_id` itself).
    """
    if order.open_change and order.open_change.change_id != change_id:
        raise Refusal(
            "change-open",
            f"Change {order.open_change.change_id} is open on this order; finish or undo it first.",
            extra={"open_change": order.open_change.change_id},
        )


def first_step(order: Order, change: Change, planned: Planned, services: Services) -> Step:
    """As far as the change can go at once: a draft, or if it is accepted in advance, waiting or committed."""
    now, actor = services.clock.now(), change.requested_by
    if change.accept_digest is None:
        return steps.started(order, change, actor, now)
    check_digest(planned, change.accept_digest)
    if planned.plan.approvals:
        return steps.submitted(order, change, planned, actor, now, new=True)
    return steps.committed(order, change, planned, actor, now, new=True)
