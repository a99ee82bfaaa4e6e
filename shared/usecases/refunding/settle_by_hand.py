"""Record a refund that a person has made by hand: one that only people can make, or one that its gateway could not."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.change.change import Actor, Change
from shared.domain.change.refund import Refund
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step, unchanged
from shared.domain.order.order import Order
from shared.domain.order.payment import BY_PEOPLE
from shared.domain.refusal import Refusal
from shared.ports.gateways import Gateways
from shared.ports.services import Services
from shared.usecases.core.access import read_change, read_order
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.step_check import check_step
from shared.usecases.core.transact import transact_step
from shared.usecases.refunding import refund_steps
from shared.usecases.refunding.gateway_word import GatewayWord, Said, paid_as
from shared.usecases.refunding.settle_refund import is_another

_SETTLED = "It is settled already, with the reference {}. If the money went back a second time, say paid_as_well."


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidByHand:
    """Describes a refund that a person has made: `reference` is the bank's, or anything else that finds the transfer
    again. `gateway_says` is what they have read at a gateway that cannot be asked; if it has `paid`, the reference is
    the gateway's. `paid_as_well` says that it was made although it is settled otherwise."""

    change_id: str
    refund_id: str
    reference: str
    note: str | None = None
    gateway_says: Said | None = None
    paid_as_well: bool = False


def settle_by_hand(services: Services, gateways: Gateways, request: Request[Step], paid: PaidByHand) -> Outcome[Step]:
    """Settle the refund of the change, and complete the change if it waits for nothing else. The same report again
    changes nothing and is answered the same; an execution that waits sees it settled when it asks next.

    The gateway is asked before. If it has made the refund, that is what settles it, and the change falls out: somebody
    has to get one of the two back.

    Raises:
        Refusal: `change-not-found`, `refund-not-found`, `refund-settled`, `refund-under-way`, `illegal-transition`
            once the change, and its refunds with it, was given up.
    """
    by = request.principal.acting(frozenset({"finance", "operator"}))

    def work() -> Step:
        change = read_change(services.changes, paid.change_id, request.principal)
        check_step("settle", change, request.principal)
        refund = refund_of(change, paid.refund_id)
        order = read_order(services.orders, change.order_id, request.principal)
        now = services.clock.now()
        if refund.status == "settled" and paid.reference in (refund.reference, *refund.also_settled_as):
            return unchanged(order, change, by, now)
        if refund.status == "settled" and paid.paid_as_well and is_another(refund, paid.reference):
            return refund_steps.settled_again(order, change, refund, paid.reference, now, by=by)
        _check(order, change, refund)
        made = paid_as(gateways, order, change, refund, _word(paid))
        return _settled(order, change, refund, paid, made, by, now)

    return transact_step(services, request, work)


def _word(paid: PaidByHand) -> GatewayWord | None:
    if paid.gateway_says is None:
        return None
    return GatewayWord(refund_id=paid.refund_id, outcome=paid.gateway_says, reference=paid.reference)


def _settled(
    order: Order, change: Change, refund: Refund, paid: PaidByHand, made: str | None, by: Actor, now: datetime
) -> Step:
    """Return the step that settles the refund; where the gateway has made it under another reference than the person's,
    as settled twice."""
    if made is None or made == paid.reference:
        return refund_steps.settled(order, change, refund, paid.reference, now, by=by, words=paid.note)
    once = refund_steps.settled(order, change, refund, made, now, by=by, words=paid.note, completes=False)
    assert once.change is not None  # noqa: S101 (it is the step of a change)
    twice = refund_steps.settled_again(
        once.after, once.change, refund_of(once.change, refund.refund_id), paid.reference, now, by=by
    )
    return replace(twice, before=order, change_before=change, facts=(*once.facts, *twice.facts))


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
        raise Refusal("refund-settled", _SETTLED.format(refund.reference))
    if change.status is ChangeStatus.FAILED:
        raise Refusal("illegal-transition", "The change was given up, and what was set aside for its refunds with it.")
    gateway = next(payment.gateway for payment in order.payments if payment.payment_id == refund.payment_id)
    if refund.status not in ("failed", "unknown") and gateway not in BY_PEOPLE:
        raise Refusal("refund-under-way", f"The gateway {gateway} is still working on it; wait for how it ends.")
