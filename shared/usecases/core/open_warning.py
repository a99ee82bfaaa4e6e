"""Warn in a preview of another change that is open, so that nobody meets it only when they start theirs."""

from dataclasses import replace

from shared.domain.order.order import Order
from shared.domain.planning.plan import ChangePlan
from shared.ports.services import Services
from shared.usecases.core.access import STAFF, Principal
from shared.usecases.core.make_way import makes_way
from shared.usecases.core.step_check import asked_by
from shared.wording.open_changes import open_to_customer, open_to_staff


def warned_of_open(
    services: Services, principal: Principal, order: Order, plan: ChangePlan, reason_code: str | None
) -> ChangePlan:
    """Return a preview's plan, with a warning where another change of the order is open: whose it is, and what would
    happen, as far as the reader may know. `reason_code` is that of the previewed change; None for an undo, which no
    change makes way for. Warnings are no part of the digest. One more read, and only where a change is open."""
    change = services.changes.get(order.open_change.change_id) if order.open_change else None
    if change is None or not change.is_open:
        return plan
    if principal.roles & STAFF:
        ends = reason_code is not None and makes_way(services, change, reason_code)
        words = open_to_staff(change, asked_by(change), makes_way=ends)
    else:
        words = open_to_customer(change, asked_by(change))
    return replace(plan, warnings=(*plan.warnings, words))
