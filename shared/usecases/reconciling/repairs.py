"""Repair the differences of one order that are safe to repair; the rest is left to people."""

import logging
from collections.abc import Callable
from dataclasses import replace

from shared.domain.audit.reconciliation import Books, Difference, Kind
from shared.domain.change.change import SYSTEM
from shared.domain.change.step import Step
from shared.usecases.core.expire_change import expire_change
from shared.usecases.core.transact import write_step
from shared.usecases.core.trouble import describe_error
from shared.usecases.publishing.publish_events import publish_events
from shared.usecases.reconciling.reconcile_report import Reconciler

logger = logging.getLogger(__name__)


def repaired(tools: Reconciler, books: Books, difference: Difference) -> bool:
    """Return True if the difference could be repaired; unsafe ones are left to people."""
    repair = _REPAIRS.get(difference.kind)
    try:
        return repair is not None and repair(tools, books, difference)
    except Exception as error:  # noqa: BLE001 (whatever it is, the difference is told, and stops no walk)
        logger.warning("not repaired: %s of %s: %s", difference.kind, difference.about, describe_error(error))
        return False


def _publish(tools: Reconciler, books: Books, difference: Difference) -> bool:
    told = next(told for told in books.outbox if told.events[0].id == difference.about)
    publish_events(tools.bus, tools.services.orders, told.events)
    return True


def _expire(tools: Reconciler, _: Books, difference: Difference) -> bool:
    return expire_change(tools.services, difference.about)


def _clear(tools: Reconciler, books: Books, difference: Difference) -> bool:
    """Take the open change's name off the order: this is written only if neither it nor the change has been written
    since."""
    order, change = books.order, books.change(difference.about)
    if change is None or change.is_open:
        return False
    write_step(
        tools.services,
        Step(
            action="reconciled",
            by=SYSTEM,
            at=tools.services.clock.now(),
            before=order,
            after=replace(order, open_change=None),
            change_before=change,
            change=change,
        ),
    )
    return True


_REPAIRS: dict[Kind, Callable[[Reconciler, Books, Difference], bool]] = {
    "event-unpublished": _publish,
    "change-overdue": _expire,
    "open-change-ended": _clear,
}
