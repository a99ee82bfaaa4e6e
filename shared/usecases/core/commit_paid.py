"""Commit a change once what it waited for is paid. It follows the booking of the payment, and the sweep repeats it."""

import logging
from functools import partial

from shared.domain.change import transitions
from shared.domain.change.change import SYSTEM, Change
from shared.domain.change.collecting import as_agreed, with_collected, without_collected
from shared.domain.change.milestones import Passed
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.change.surplus import with_surplus
from shared.domain.order.order import Order
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.ports.stores import Conflict
from shared.usecases.core.next_step import next_step
from shared.usecases.core.planning import check_digest, replan
from shared.usecases.core.transact import retry_conflicts, write_step

logger = logging.getLogger(__name__)

_PAID = Passed(paid=True)


def commit_collected(services: Services, order_id: str) -> None:
    """Commit the change of the order that waits for a payment, if enough has come. Should others keep writing, the
    sweep does it a minute later."""
    order = services.orders.load(order_id)
    if order is None or order.open_change is None or order.open_change.status != ChangeStatus.PENDING_PAYMENT:
        return
    try:
        commit_paid(services, order.open_change.change_id)
    except Conflict:
        logger.warning("paid, and not committed yet: %s", order.open_change.change_id)


def commit_paid(services: Services, change_id: str) -> bool:
    """Commit the change if it waits for a payment that has come; return True if it waits no more by this call.

    Raises:
        Conflict: others kept writing it.
    """
    return retry_conflicts(services, partial(_commit, services, change_id))


def _commit(services: Services, change_id: str) -> bool:
    change = services.changes.get(change_id)
    order = services.orders.load(change.order_id) if change and is_paid(change) else None
    if change is None or order is None:
        return False
    write_step(services, paid_step(services, order, change))
    return True


def is_paid(change: Change) -> bool:
    """Return True if the change waits for a payment, and all of it has come in time."""
    waits = change.status is ChangeStatus.PENDING_PAYMENT and change.collection is not None
    return bool(waits and change.collection and change.collection.complete)


def paid_step(services: Services, order: Order, change: Change) -> Step:
    """Return the step after the payment: the commit of exactly what was paid for.

    The plan is made again on the order as it is now, but for the payment itself, which came because of it, and by the
    newest policy: nobody asks again, so a policy that this process remembers from a minute ago must not fail it. What
    else was captured meanwhile makes no other plan. If it is another one by now, the change fails and nothing is
    re-priced: the money stays on the order, whose balance shows what is to be given back. For that, and for what was
    paid beyond what was due, a person is called.
    """
    services.policies.fresh()
    try:
        planned = as_agreed(replan(services, without_collected(order, change), change), change)
        check_digest(planned, change.plan.digest)
    except Refusal:
        words = "it was paid, but would do something else by now; what was paid is to be given back"
        return transitions.closed(order, change, ChangeStatus.FAILED, SYSTEM, services.clock.now(), words)
    return with_surplus(next_step(services, order, change, with_collected(planned, order), SYSTEM, _PAID))
