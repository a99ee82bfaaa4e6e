"""Ask for a fresh sign-in by more than one factor before a large refund: step-up authentication (RFC 9470)."""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.order.order import Order
from shared.domain.planning.plan import ChangePlan, Planned
from shared.domain.policy.documents.checks import StepUp
from shared.domain.policy.evaluation import subject_of
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.access import Principal
from shared.wording.durations import duration

SKEW = timedelta(seconds=60)
"""The issuer's clock may be so far ahead of ours."""


def check_refund_allowed(services: Services, principal: Principal, order: Order, planned: Planned) -> None:
    """Check that this principal, as they signed in, may ask for refunds as large as the plan's, together with those
    that were asked for before.

    Raises:
        Refusal: `step-up-required`, if they come to more than this principal may ask for as they signed in.
    """
    rule = services.policies.current().checks.step_up_of(subject_of(order), principal.roles)
    refund = sum(each.amount for each in planned.plan.refunds)
    if rule is not None and refund:
        before, now = planned.sums.most(rule.adds_up), services.clock.now()
        check_stepped_up(principal, refund, order.currency, rule, now, before)


def warned(services: Services, principal: Principal, order: Order, planned: Planned) -> ChangePlan:
    """Return a preview's plan, with a warning for a principal who would have to step up for it. Warnings are no part of
    its digest."""
    plan = planned.plan
    try:
        check_refund_allowed(services, principal, order, planned)
    except Refusal as refusal:
        return replace(plan, warnings=(*plan.warnings, refusal.detail))
    return plan


def check_stepped_up(
    principal: Principal, refund: int, currency: str, rule: StepUp, now: datetime, before: int = 0
) -> None:
    """Check that the sign-in is as strong and as fresh as policy asks for a refund, in minor units, after those of
    `before`.

    Raises:
        Refusal: `step-up-required`, with `max_age` in seconds.
    """
    if not rule.concerns(principal.roles, before + refund, currency):
        return
    if not (principal.strong and _is_fresh(principal.authenticated_at, rule, now)):
        alone = rule.concerns(principal.roles, refund, currency)
        what = "A refund this large needs" if alone else "With what was refunded before, this refund needs"
        detail = f"{what} a sign-in by more than one factor, at most {duration(rule.max_age_seconds)} ago."
        raise Refusal("step-up-required", detail, extra={"max_age": rule.max_age_seconds})


def _is_fresh(at: datetime | None, rule: StepUp, now: datetime) -> bool:
    return at is not None and -SKEW <= now - at <= timedelta(seconds=rule.max_age_seconds)
