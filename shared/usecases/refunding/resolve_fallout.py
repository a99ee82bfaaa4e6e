"""End a fallout by an operator's word: the failed step was done by hand, or is given up; either way it is logged."""

from dataclasses import dataclass, replace
from typing import Literal

from shared.domain.change.change import Actor, Change, Refund, moved
from shared.domain.change.states import ChangeStatus, require
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.order.payment import BY_PEOPLE, Payment
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.access import read_change, read_order
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.step_check import check_step
from shared.usecases.core.transact import transact_step
from shared.usecases.refunding import refund_steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Says how a fallout ends. `completed`: refunds that failed were paid by hand, departments did their part.
    `failed`: they will not be, and the money set aside for them can be refunded otherwise. `gateway_checked` says that
    the operator has looked, and that the gateway will not pay what we still believe to be under way there."""

    change_id: str
    outcome: Literal["completed", "failed"]
    note: str
    gateway_checked: bool = False


def resolve_fallout(services: Services, request: Request[Step], resolution: Resolution) -> Outcome[Step]:
    """Complete the change, or let it fail, and each unsettled refund with it.

    Raises:
        Refusal: `change-not-found`, `not-fallen-out`, `refund-under-way` while a gateway may still pay by itself.
    """

    def work() -> Step:
        change = read_change(services.changes, resolution.change_id, request.principal)
        check_step("resolve", change, request.principal)
        require(change.status, ChangeStatus.FALLOUT, "not-fallen-out")
        order = read_order(services.orders, change.order_id, request.principal)
        if not resolution.gateway_checked:
            _check_gateways(order, change)
        return _resolved(services, order, change, request.principal.acting(frozenset({"operator"})), resolution)

    return transact_step(services, request, work)


def _resolved(services: Services, order: Order, change: Change, actor: Actor, resolution: Resolution) -> Step:
    now, done = services.clock.now(), resolution.outcome == "completed"
    status = ChangeStatus.COMPLETED if done else ChangeStatus.FAILED
    left = [refund for refund in change.refunds if refund.status != "settled"]
    refunds = tuple(_ended(refund, resolution, actor) if refund in left else refund for refund in change.refunds)
    ended = {refund.refund_id for refund in left}
    after = moved(replace(change, refunds=refunds), status, by=actor.id, at=now, note=resolution.note)
    return Step(
        action=f"fallout_{resolution.outcome}",
        by=actor,
        at=now,
        before=order,
        after=_order_after(order, left, done=done),
        change_before=change,
        change=after,
        facts=tuple(refund_steps.told(order, after, refund) for refund in refunds if refund.refund_id in ended),
    )


def _check_gateways(order: Order, change: Change) -> None:
    gateways = {payment.payment_id: payment.gateway for payment in order.payments}
    for refund in change.refunds:
        gateway = gateways[refund.payment_id]
        if refund.status in ("requested", "pending") and gateway not in BY_PEOPLE:
            words = (
                f"The gateway {gateway} may still make refund {refund.refund_id}. Look there, then say gateway_checked."
            )
            raise Refusal("refund-under-way", words, pointer="/gateway_checked")


def _ended(refund: Refund, resolution: Resolution, actor: Actor) -> Refund:
    if resolution.outcome == "failed":
        return replace(refund, status="failed")
    return replace(refund, status="settled", reference=refund.reference or f"by hand, {actor.id}")


def _order_after(order: Order, left: list[Refund], *, done: bool) -> Order:
    """Return the order with the amounts refunded that were under way, or refundable again: plans read that, so the
    revision rises."""
    amounts: dict[str, int] = {}
    for refund in left:
        if refund.kind == "refund":
            amounts[refund.payment_id] = amounts.get(refund.payment_id, 0) + refund.amount
    if not amounts:
        return order
    payments = tuple(
        _payment_after(payment, amounts.get(payment.payment_id, 0), done=done) for payment in order.payments
    )
    return replace(order, payments=payments, revision=order.revision + (0 if done else 1))


def _payment_after(payment: Payment, amount: int, *, done: bool) -> Payment:
    return replace(payment, refunding=payment.refunding - amount, refunded=payment.refunded + (amount if done else 0))
