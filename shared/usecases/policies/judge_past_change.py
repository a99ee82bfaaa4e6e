"""Judge a past change anew, on its order as the change found it, by its own role and reason and at its own time."""

import zlib

from shared.domain.change.change import Change
from shared.domain.order.order import Order
from shared.domain.order.product import Catalogue
from shared.domain.planning.plan import ChangePlan
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.planning.sums import NOTHING_BEFORE
from shared.domain.policy.policy import Policy
from shared.domain.replay.compare_outcomes import Compared
from shared.domain.replay.past_change import has_effect, planned_at, rebuilt, stocked, was_submitted
from shared.domain.replay.policy_outcome import Decision, decision_of
from shared.ports.services import Services
from shared.ports.stores import Conflict
from shared.usecases.core.planning import unknown_reason
from shared.usecases.policies.drafting import Drafted


def order_as_found(services: Services, change: Change) -> Order | str:
    """Return the order as the change found it, or the reason why the change cannot be judged on it."""
    if not was_submitted(change):
        return "never-submitted"
    try:
        order = services.orders.load_version(change.order_id, change.base_version)
    except (Conflict, ValueError, LookupError, zlib.error):  # one damaged row, or one being written: the rest counts
        return "order-unreadable"
    if order is None:
        return "version-missing"
    return "order-erased" if order.erased_at else rebuilt(order, change)


def judged_twice(change: Change, order: Order, products: Catalogue, policies: Drafted) -> Compared:
    """Return the change, planned and decided on under the policy in force, and under the same policy with the draft in
    it."""
    catalogue = stocked(products, change)
    before, after = (_planned(change, order, catalogue, policy) for policy in policies)
    recorded = change.plan
    return Compared(
        change_id=change.change_id,
        order_id=change.order_id,
        kind=change.kind,
        status=change.status,
        created_at=change.created_at,
        currency=order.currency,
        has_effect=has_effect(change),
        drifted=recorded.policy_version == policies.before.version and recorded.digest != before.digest,
        before=_decided(change, before, policies.before),
        after=_decided(change, after, policies.after),
    )


def _planned(change: Change, order: Order, catalogue: Catalogue, policy: Policy) -> ChangePlan:
    context = PlanContext(
        kind=change.kind,
        role=change.requested_by.role,
        policy=policy,
        reason_code=change.reason_code,
        catalogue=catalogue,
        now=planned_at(change),
        sums=change.counted or NOTHING_BEFORE,
    )
    return plan(order, change.edits, context).plan


def _decided(change: Change, planned: ChangePlan, policy: Policy) -> Decision:
    """Decide on the plan. An undo gives no reason of its own, so none is asked of it."""
    return decision_of(planned, () if change.undoes else unknown_reason(policy, change, change.requested_by.role))
