"""Planning with what the stores know: the catalogue is read for the SKUs that the edits touch, policy as it is now."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from shared.domain.bundles import components
from shared.domain.change import Change
from shared.domain.edits import AddLine, CancelLine, Edit, ReplaceSku, Restore, SetShippingAddress, SetShippingMethod
from shared.domain.order import Order
from shared.domain.plan import Planned
from shared.domain.planner import PlanContext, plan
from shared.domain.policy import Policy, Role
from shared.domain.refusal import Refusal
from shared.ports import Services


def plan_edits(
    services: Services, order: Order, edits: Sequence[Edit], role: Role, held: dict[str, int] | None = None
) -> Planned:
    """The plan of `edits` on the order as it is, judged by the policy as it is."""
    catalogue = services.skus.load(_touched(order, edits))
    context = PlanContext(
        role=role,
        policy=services.policies.current(),
        catalogue=catalogue,
        held=held or {},
        today=services.clock.now().date(),
    )
    return plan(order, edits, context)


def replan(services: Services, order: Order, change: Change) -> Planned:
    """The change's plan on the order as it is now.

    Raises:
        Refusal: the first violation, with all of them, if it no longer holds.
    """
    planned = plan_edits(services, order, change.edits, change.requested_by.role, change.holds)
    check_plan(planned)
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
    if policy.reason(code, "amendment") is None:
        known = ", ".join(reason.code for reason in policy.reason_codes if "amendment" in reason.kinds)
        raise Refusal(
            "unknown-reason", f"'{code}' is no reason for an amendment; use one of: {known}.", pointer="/reason_code"
        )


def lifetime(policy: Policy, now: datetime) -> datetime:
    return now + timedelta(seconds=policy.change_lifetime_seconds)


def _touched(order: Order, edits: Iterable[Edit]) -> list[str]:
    """The SKUs of the lines that the edits name; all of them where an address may move the order's taxes."""
    skus: set[str] = set()
    for edit in edits:
        skus |= _named(order, edit)
    return sorted(skus)


def _named(order: Order, edit: Edit) -> set[str]:
    if isinstance(edit, SetShippingAddress):
        moves = order.shipping_address and edit.address.jurisdiction != order.shipping_address.jurisdiction
        return {line.sku for line in order.lines} if moves else set()
    if isinstance(edit, SetShippingMethod):
        return set()
    if isinstance(edit, Restore):
        sides = [side for restored in edit.lines for side in (restored.left, restored.was)]
        return {side.sku for side in sides if side is not None}
    if isinstance(edit, AddLine):
        return {edit.sku}
    named = {edit.with_sku} if isinstance(edit, ReplaceSku) else set()
    if isinstance(edit, CancelLine | ReplaceSku) and edit.sku is not None:
        return named | {edit.sku}
    line = order.line(edit.line_id or "")
    if line is None:
        return named
    below = components(order, line) if isinstance(edit, CancelLine) else []
    return named | {line.sku} | {each.sku for each in below}
