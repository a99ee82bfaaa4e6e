"""End a fallout by an operator's word: the failed step was done by hand, or is given up; either way it is logged.

What the gateway says of a refund comes first. An operator says it in its place only where it cannot be asked.
"""

from dataclasses import dataclass, replace
from typing import Literal

from shared.domain.change.change import Actor, Change, moved
from shared.domain.change.refund import Refund
from shared.domain.change.states import ChangeStatus, require
from shared.domain.change.step import Step
from shared.domain.change.surplus import ended_as, without_surplus
from shared.domain.order.order import Order
from shared.domain.order.payment import Payment
from shared.ports.gateways import Gateways
from shared.ports.services import Services
from shared.usecases.core.access import read_change, read_order
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.step_check import check_step
from shared.usecases.core.transact import transact_step
from shared.usecases.refunding import refund_steps
from shared.usecases.refunding.gateway_word import GatewayWord, Words, heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Says how a fallout ends. `completed`: refunds that failed were paid by hand, departments did their part.
    `failed`: they will not be, and the money set aside for them can be refunded otherwise. `gateway_says` is what the
    operator has read at gateways that cannot be asked, at most one word a refund."""

    change_id: str
    outcome: Literal["completed", "failed"]
    note: str
    gateway_says: tuple[GatewayWord, ...] = ()


def resolve_fallout(
    services: Services, gateways: Gateways, request: Request[Step], resolution: Resolution
) -> Outcome[Step]:
    """Complete the change, or let it fail, and each unsettled refund with it. A refund that its gateway has made is
    settled, whatever the outcome. A change that had ended before its commit, and fell out because money came for it,
    has ended as before.

    Raises:
        Refusal: `change-not-found`, `not-fallen-out`, `unknown-refund` for a word on a refund of another change,
            `refund-under-way` while a gateway may still pay, and where nobody has said what it says.
    """

    def work() -> Step:
        change = read_change(services.changes, resolution.change_id, request.principal)
        check_step("resolve", change, request.principal)
        require(change.status, ChangeStatus.FALLOUT, "not-fallen-out")
        order = read_order(services.orders, change.order_id, request.principal)
        paid = heard(gateways, order, change, resolution.gateway_says)
        return _resolved(services, order, change, request.principal.acting(frozenset({"operator"})), resolution, paid)

    return transact_step(services, request, work)


def _resolved(
    services: Services, order: Order, change: Change, actor: Actor, resolution: Resolution, paid: Words
) -> Step:
    now, done = services.clock.now(), resolution.outcome == "completed"
    refunds = tuple(_ended(refund, done, actor, paid) for refund in change.refunds)
    ended = [refund for refund, known in zip(refunds, change.refunds, strict=True) if known.status != "settled"]
    nothing_left = bool(ended) and not change.unacknowledged and all(each.status == "settled" for each in ended)
    status = ChangeStatus.COMPLETED if done or nothing_left else ChangeStatus.FAILED
    status = status if change.has_taken_effect else ended_as(change)
    known = without_surplus(replace(change, refunds=refunds))
    after = moved(known, status, by=actor.id, at=now, note=resolution.note)
    return Step(
        action=f"fallout_{status}",
        by=actor,
        at=now,
        before=order,
        after=_order_after(order, ended),
        change_before=change,
        change=after,
        facts=tuple(refund_steps.told(order, after, refund) for refund in ended),
    )


def _ended(refund: Refund, done: bool, actor: Actor, paid: Words) -> Refund:
    if refund.status == "settled":
        return refund
    if reference := paid.get(refund.refund_id):
        return replace(refund, status="settled", reference=reference)
    if not done:
        return replace(refund, status="failed")
    return replace(refund, status="settled", reference=f"by hand, {actor.id}")


def _order_after(order: Order, ended: list[Refund]) -> Order:
    """Return the order with the amounts refunded that were under way, or refundable again: plans read that, so the
    revision rises."""
    refunds = [refund for refund in ended if refund.kind == "refund"]
    if not refunds:
        return order
    given_up = any(refund.status != "settled" for refund in refunds)
    payments = tuple(_payment_after(payment, refunds) for payment in order.payments)
    return replace(order, payments=payments, revision=order.revision + (1 if given_up else 0))


def _payment_after(payment: Payment, ended: list[Refund]) -> Payment:
    own = [refund for refund in ended if refund.payment_id == payment.payment_id]
    back = sum(refund.amount for refund in own if refund.status == "settled")
    left = payment.refunding - sum(refund.amount for refund in own)
    return replace(payment, refunding=left, refunded=payment.refunded + back)
