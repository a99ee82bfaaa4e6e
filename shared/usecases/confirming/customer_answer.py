"""Take the customer's answer to the terms that wait for it, by a link or signed in; without it nothing takes effect."""

from typing import Literal

from shared.domain.change import transitions
from shared.domain.change.answers import Consent, Means
from shared.domain.change.change import Actor, Change, check_in_time
from shared.domain.change.milestones import Passed
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.ports.services import Services
from shared.usecases.core.next_step import next_step
from shared.usecases.core.planning import check_digest, replan

Word = Literal["confirm", "decline"]


def answered(
    services: Services,
    order: Order,
    change: Change,
    actor: Actor,
    decision: Word,
    means: Means,
    note: str | None = None,
) -> Step:
    """Return the step that the customer's answer leads to, on the order as it is now.

    Raises:
        Refusal: `change-expired`, `plan-changed`.
    """
    now = services.clock.now()
    check_in_time(change, now)
    if decision == "decline":
        return transitions.closed(order, change, ChangeStatus.DECLINED, actor, now, note)
    planned = replan(services, order, change)
    check_digest(planned, change.plan.digest)
    consent = Consent(at=now, by=actor.id, digest=planned.plan.digest, means=means)
    return next_step(services, order, change, planned, actor, Passed(confirming="customer", consent=consent))
