"""Take a change that has been accepted as far as it can go now: to an approval, a confirmation, a payment, or its
commit."""

from dataclasses import replace
from functools import partial

from shared.domain.change import approvals, transitions
from shared.domain.change.change import Actor, Change
from shared.domain.change.collecting import collects_first
from shared.domain.change.commit import committed
from shared.domain.change.milestones import NOTHING_PASSED, Passed
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.planning.plan import Planned
from shared.domain.policy.evaluation import subject_of
from shared.ports.services import Services


def next_step(
    services: Services,
    order: Order,
    change: Change,
    planned: Planned,
    actor: Actor,
    passed: Passed = NOTHING_PASSED,
) -> Step:
    """Return the next step after the waits that have `passed`: every person still needed is asked, one by one; then the
    customer pays, where policy wants that first; then it is committed."""
    now = services.clock.now()
    policy = services.policies.current()
    given = len(change.approvals) + bool(passed.approval)
    if given < len(planned.plan.approvals):
        ask = approvals.asked_next if given else partial(transitions.submitted, planned=planned)
        return ask(order, change, actor=actor, now=now, approvals=policy.approvals, passed=passed)
    if _awaited(change, planned, passed):
        times = policy.deadlines.of(subject_of(order))
        return transitions.awaiting(order, change, planned, actor, now, times=times, passed=passed)
    if collects_first(planned.plan) and not passed.paid:
        return transitions.awaiting_payment(order, change, planned, actor, now, passed=passed)
    return committed(order, change, planned, actor, now, passed)


def _awaited(change: Change, planned: Planned, passed: Passed) -> bool:
    agreed = {*change.confirmed, *([passed.confirming] if passed.confirming else [])}
    agreed |= {"customer"} if passed.consent else set()
    return any(party not in agreed for party in replace(change, plan=planned.plan).parties)
