"""Record a refund that a person has made by hand: one that only people can make, or one that its gateway could not."""

from dataclasses import dataclass

from shared.domain.change.change import Change, Refund
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step, unchanged
from shared.domain.order.order import Order
from shared.domain.order.payment import BY_PEOPLE
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.access import read_change, read_order
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.step_check import check_step
from shared.usecases.core.transact import transact_step
from shared.usecases.refunding import refund_steps


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidByHand:
    """Describes a refund that a person has made: `reference` is the bank's, or anything else that finds the transfer
    again."""

    change_id: str
    refund_id: str
    reference: str
    note: str | None = None


def settle_by_hand(services: Services, request: Request[Step], paid: PaidByHand) -> Outcome[Step]:
    """Settle the refund of the change, and complete the change if it waits for nothing else. The same report again
    changes nothing and is answered the same; an execution that waits sees it settled when it asks next.

    Raises:
        Refusal: `change-not-found`, `refund-not-found`, `refund-settled`, `refund-under-way`, `illegal-transition`
            once the change, and its refunds with it, was given up.
    """

    def work() -> Step:
        change = read_change(services.changes, paid.change_id, request.principal)
        check_step("settle", change, request.principal)
        refund = refund_of(change, paid.refund_id)
        order = read_order(services.orders, change.order_id, request.principal)
        by, now = request.principal.acting(frozenset({"finance", "operator"})), services.clock.now()
        if refund.status == "settled" and refund.reference == paid.reference:
            return unchanged(order, change, by, now)
        _check(order, change, refund)
        return refund_steps.settled(order, change, refund, paid.reference, now, by=by, words=paid.note)

    return transact_step(services, request, work)


def refund_of(change: Change, refund_id: str) -> Refund:
    """Return the change's refund of this id.

    Raises:
        Refusal: `refund-not-found`.
    """
    found = next((refund for refund in change.refunds if refund.refund_id == refund_id), None)
    if found is None:
        raise Refusal("refund-not-found", f"The change has no refund {refund_id}.")
    return found


def _check(order: Order, change: Change, refund: Refund) -> None:
    if refund.status == "settled":
        raise Refusal("refund-settled", f"It is settled already, with the reference {refund.reference}.")
    if change.status is ChangeStatus.FAILED:
        raise Refusal("illegal-transition", "The change was given up, and what was set aside for its refunds with it.")
    gateway = next(payment.gateway for payment in order.payments if payment.payment_id == refund.payment_id)
    if refund.status != "failed" and gateway not in BY_PEOPLE:
        raise Refusal("refund-under-way", f"The gateway {gateway} is still working on it; wait for how it ends.")
