"""Planning with what the stores know: the catalogue is read for the SKUs that the edits touch, policy as it is now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domain.change import Change
from shared.domain.edits import Edit
from shared.domain.order import Order
from shared.domain.plan import Planned
from shared.domain.planner import PlanContext, plan
from shared.domain.policy import Policy, Role
from shared.domain.product import Catalogue
from shared.domain.refusal import Refusal, Violation
from shared.domain.touching import touched_skus
from shared.ports import Services


def plan_edits(
    services: Services,
    order: Order,
    edits: Sequence[Edit],
    role: Role,
    *,
    held: dict[str, int] | None = None,
    known: Catalogue | None = None,
) -> Planned:
    """The plan of `edits` on the order as it is, judged by the policy as it is; `known` spares a read if it covers what
    the edits touch."""
    skus = touched_skus(order, edits)
    if known is None or not known.covers(skus):
        known = services.skus.load(skus)
    context = PlanContext(
        role=role,
        policy=services.policies.current(),
        catalogue=known,
        held=held or {},
        today=services.clock.now().date(),
    )
    return plan(order, edits, context)


def replan(services: Services, order: Order, change: Change, known: Catalogue | None = None) -> Planned:
    """The change's plan on the order as it is now.

    Raises:
        Refusal: `plan-changed`, with what forbids it now and the fresh plan, if it no longer holds.
    """
    planned = plan_edits(services, order, change.edits, change.requested_by.role, held=change.holds, known=known)
    if violations := planned.plan.violations:
        raise Refusal("plan-changed", violations[0].detail, violations=violations, extra={"plan": planned.plan})
    return planned


def check_plan(planned: Planned) -> None:
    """Raises:
    Refusal: what forbids the plan.
    """
    if planned.plan.violations:
        raise Refusal.of(planned.plan.violations)


def check_digest(planned: Planned, digest: str) -> None:
    """Raises:
    Refusal: `plan-changed`, with the fresh plan: nothing is ever silently re-priced.
    """
    if planned.plan.digest != digest:
        raise Refusal(
            "plan-changed",
            "What this would do is no longer what you saw; look at the fresh plan.",
            extra={"plan": planned.plan},
        )


def check_reason(policy: Policy, code: str) -> None:
    """Raises:
    Refusal: `unknown-reason`.
    """
    if unknown := unknown_reason(policy, code):
        raise Refusal.of(unknown)


def unknown_reason(policy: Policy, code: str) -> tuple[Violation, ...]:
    """What forbids an amendment for this reason, if anything does."""
    if policy.reason(code, "amendment"):
        return ()
    known = ", ".join(reason.code for reason in policy.reason_codes if "amendment" in reason.kinds)
    words = f"'{code}' is no reason for an amendment; use one of: {known}."
    return (Violation("unknown-reason", words, "/reason_code"),)


def lifetime(policy: Policy, now: datetime) -> datetime:
    return now + timedelta(seconds=policy.change_lifetime_seconds)
