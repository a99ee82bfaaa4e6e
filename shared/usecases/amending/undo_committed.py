"""Undo a committed change: a compensating change with its own plan, digest and approvals."""

from dataclasses import replace

from shared.domain.change.change import Change
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import ChangePlan
from shared.domain.refusal import Refusal
from shared.domain.replay.false_rejects import committed_at
from shared.ports.services import Services
from shared.usecases.amending.start_amendment import first_step
from shared.usecases.core.access import Principal, read_change, read_order
from shared.usecases.core.etags import check_order_etag
from shared.usecases.core.new_change import Wanted, check_nothing_open, new_change
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.core.open_warning import warned_of_open
from shared.usecases.core.planning import check_plan, plan_edits
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.step_check import check_step
from shared.usecases.core.stepping_up import check_refund_allowed, warned
from shared.usecases.core.transact import transact_step


def preview_undo(services: Services, principal: Principal, address: ChangeAddress) -> ChangePlan:
    """Plan the undo of a change; nothing is kept. An open change has no effect to undo, so no plan.

    Raises:
        Refusal: `order-not-found`, `change-not-found`, `not-committed`.
    """
    order = read_order(services.orders, address.order_id, principal)
    change = _undoable(services, principal, address)
    planned = plan_edits(services, order, _compensation(order, change, None), principal.acting())
    return warned_of_open(services, principal, order, warned(services, principal, order, planned), None)


def undo_committed(services: Services, request: Request[Step], address: ChangeAddress, digest: str) -> Outcome[Step]:
    """Start the compensating change; it is committed, or waits for its approval.

    Raises:
        Refusal: `not-committed`, `changed-since` and `goods-moved-on` where it cannot be undone any more,
            `plan-changed`, `change-open`, `stale-version`.
    """
    change_id = services.ids.new("chg")

    def work() -> Step:
        order = read_order(services.orders, address.order_id, request.principal)
        undone = _undoable(services, request.principal, address)
        check_order_etag(order, request.if_match)
        check_nothing_open(order)
        wanted = _compensation(order, undone, digest)
        actor = request.principal.acting()
        planned = plan_edits(services, order, wanted, actor)
        check_plan(planned)
        check_refund_allowed(services, request.principal, order, planned)
        change = replace(new_change(services, order, change_id, wanted, planned, actor), undoes=undone.change_id)
        return first_step(order, change, planned, services)

    return transact_step(services, request, work)


def is_committed(services: Services, principal: Principal, address: ChangeAddress) -> bool:
    """Return True if undoing this change is a compensation; an open one is just ended."""
    return read_change(services.changes, address.change_id, principal, address.order_id).has_taken_effect


def _undoable(services: Services, principal: Principal, address: ChangeAddress) -> Change:
    """Return the change, if this principal may undo it: customers undo their own requests, staff undoes what staff did.

    Raises:
        Refusal: `change-not-found`, `change-of-another`.
    """
    change = read_change(services.changes, address.change_id, principal, address.order_id)
    check_step("take_back", change, principal)
    return change


def _compensation(order: Order, change: Change, digest: str | None) -> Wanted:
    if not change.has_taken_effect:
        raise Refusal("not-committed", f"The change is {change.status}; it has no effect to undo.")
    made = committed_at(change)
    return Wanted(
        order_id=order.order_id,
        reason_code=change.reason_code,
        note=f"undoes {change.change_id}",
        edits=(restoration(change.change_id, change.plan, made.date() if made else None),),
        accept_digest=digest,
    )
