"""Plan with what the stores know: the catalogue is read for the SKUs that the edits touch, policy as it is now."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from shared.domain.change.change import Actor, Change, asker_of
from shared.domain.change.step_rights import STEP_RIGHTS
from shared.domain.change.tally import sums_before, tally_keys, units_waiting
from shared.domain.order.order import ChangeKind, Order
from shared.domain.order.product import Catalogue
from shared.domain.order.states import refused_by_status
from shared.domain.planning.affected_skus import touched_skus
from shared.domain.planning.asked_of_order import asked_of_order
from shared.domain.planning.edits import Edit
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.planning.sums import Sums
from shared.domain.policy.evaluation import subject_of
from shared.domain.policy.policy import Policy
from shared.domain.refusal import Refusal, Violation
from shared.ports.services import Services


class ReasonedEdits(Protocol):
    """Holds edits of one kind for one reason, asked for just now or kept on a change, so that they can be planned."""

    @property
    def kind(self) -> ChangeKind: ...
    @property
    def reason_code(self) -> str: ...
    @property
    def edits(self) -> tuple[Edit, ...]: ...


def plan_edits(
    services: Services,
    order: Order,
    wanted: ReasonedEdits,
    actor: Actor,
    *,
    held: dict[str, int] | None = None,
    known: Catalogue | None = None,
    counted: Sums | None = None,
    units_counted: int = 0,
) -> Planned:
    """Return the plan on the order as it is, judged by the policy as it is; `known` spares a read if it covers what the
    edits touch. A change whose refunds are `counted` is judged by the sums of then; `units_counted` are its own among
    the units that the customer's changes hold."""
    now = services.clock.now()
    skus, keys = touched_skus(order, wanted.edits), tally_keys(order, () if counted else [asker_of(actor)], now)
    if known is None or not known.covers(skus, keys):
        known = services.skus.load(skus, keys)  # reads policy in the same call, where a read is due
    sums = counted or sums_before(order, actor, known.counted, now)
    sums = replace(sums, units_waiting=units_waiting(order, known.counted, units_counted))
    context = PlanContext(
        kind=wanted.kind,
        role=actor.role,
        policy=services.policies.current(),
        reason_code=wanted.reason_code,
        catalogue=replace(known, refunds_today=sums.refunds_today),
        held=held or {},
        now=now,
        sums=sums,
    )
    return _allowed_by_status(order, wanted, plan(order, wanted.edits, context))


def _allowed_by_status(order: Order, wanted: ReasonedEdits, planned: Planned) -> Planned:
    """The plan, with the refusal of what the order's status does not take: before all others of an amendment, but of a
    cancellation only where nothing is refused in the more exact words of its units."""
    found = planned.plan.violations
    asked = asked_of_order(wanted.kind, wanted.edits, planned.plan.cancelled)
    refused = None if found and asked != "amendment" else refused_by_status(order, asked)
    return replace(planned, plan=replace(planned.plan, violations=(refused, *found))) if refused else planned


def replan(services: Services, order: Order, change: Change, known: Catalogue | None = None) -> Planned:
    """Return the change's plan on the order as it is now.

    Raises:
        Refusal: `plan-changed`, with what forbids it now and the fresh plan, if it no longer holds.
    """
    planned = plan_edits(
        services,
        order,
        change,
        change.requested_by,
        held=change.holds,
        known=known,
        counted=change.counted,
        units_counted=change.units_counted,
    )
    if violations := planned.plan.violations:
        raise Refusal("plan-changed", violations[0].detail, violations=violations, extra={"plan": planned.plan})
    return planned


def check_plan(planned: Planned) -> None:
    """Check that nothing forbids the plan.

    Raises:
        Refusal: what forbids the plan.
    """
    if planned.plan.violations:
        raise Refusal.of(planned.plan.violations)


def check_digest(planned: Planned, digest: str) -> None:
    """Check that the plan is the one with this digest.

    Raises:
        Refusal: `plan-changed`, with the fresh plan: nothing is ever silently re-priced.
    """
    if planned.plan.digest != digest:
        words = "This digest is not that of what it would do now; look at the fresh plan."
        if planned.plan.proration:
            words = f"What runs for a time is priced by the day, so it may have moved since. {words}"
        raise Refusal("plan-changed", words, extra={"plan": planned.plan})


def check_reason(policy: Policy, wanted: ReasonedEdits, role: str) -> None:
    """Check that policy knows the reason, for somebody of this role.

    Raises:
        Refusal: `unknown-reason`.
    """
    if unknown := unknown_reason(policy, wanted, role):
        raise Refusal.of(unknown)


def unknown_reason(policy: Policy, wanted: ReasonedEdits, role: str) -> tuple[Violation, ...]:
    """Return the violation of a reason that policy does not know for this kind of change; none if it knows it. Its
    words name the reasons that the role may give."""
    code, kind = wanted.reason_code, wanted.kind
    if policy.reasons.find(code, kind):
        return ()
    known = ", ".join(policy.reasons.known(kind, guarded=role != "customer"))
    article = "an" if kind[0] in "aeiou" else "a"
    words = f"'{code}' is no reason for {article} {kind}; use one of: {known}."
    return (Violation("unknown-reason", words, "/reason_code"),)


def preview(services: Services, order: Order, wanted: ReasonedEdits, actor: Actor) -> Planned:
    """Return the plan with all that would forbid it among its violations."""
    planned, policy = plan_edits(services, order, wanted, actor), services.policies.current()
    found = unknown_reason(policy, wanted, actor.role) or _of_staff_alone(policy, wanted, actor.role)
    return replace(planned, plan=replace(planned.plan, violations=(*found, *planned.plan.violations)))


def _of_staff_alone(policy: Policy, wanted: ReasonedEdits, role: str) -> tuple[Violation, ...]:
    """Return the violation of a customer who gives a guarded reason, in the words of the table."""
    given = role == "customer" and policy.reasons.guards(wanted.reason_code)
    refused = STEP_RIGHTS["start"].answer("guarded", "owner") if given else None
    return (Violation(refused.code, refused.words, "/reason_code"),) if refused else ()


def lifetime(policy: Policy, order: Order, now: datetime) -> datetime:
    """Return the time until which a change of this order that is started or edited now may stay open."""
    return now + timedelta(seconds=policy.deadlines.of(subject_of(order)).change_seconds)
