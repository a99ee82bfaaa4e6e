"""Book how a refund, or the release of an authorisation, ended: once, however often it is reported."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.change.change import Change
from shared.domain.change.refund import Refund
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.transact import retry_conflicts, write_step
from shared.usecases.refunding import refund_steps

Next = Callable[[Order, Change, Refund], Step | None]
"""The step that a refund takes from where it is; None where there is nothing to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAddress:
    refund_id: str
    change_id: str
    order_id: str


def settle_refund(services: Services, address: RefundAddress, reference: str) -> Refund:
    """Book a refund that happened: the payment shows it, and the change may be completed. Settling twice settles once,
    and a refund that was given up is settled all the same: the money is back. Only if it would give back what has gone
    back otherwise since, no money is booked, and the change says so. If it is settled already, under another reference,
    the change falls out: the money may have gone back twice.

    Raises:
        Refusal: `refund-not-found`.
    """

    def next_(order: Order, change: Change, refund: Refund) -> Step | None:
        if refund.status == "settled":
            return _again(order, change, refund, reference, services.clock.now())
        if refund_steps.spent_otherwise(order, change, refund):
            return refund_steps.too_much(order, change, refund, reference, services.clock.now())
        return refund_steps.settled(order, change, refund, reference, services.clock.now())

    return write_refund(services, address, next_)


def fail_refund(services: Services, address: RefundAddress, because: str, reference: str | None = None) -> Refund:
    """Let the change fall out because the refund cannot be made, and tell the operator what failed. A settled refund
    stays so; if the very refund that settled, by the gateway's `reference`, failed afterwards, the change falls out
    once more.

    Raises:
        Refusal: `refund-not-found`.
    """

    def next_(order: Order, change: Change, refund: Refund) -> Step | None:
        if refund.status == "settled" and reference and refund.reference == reference and not refund.came_back:
            return refund_steps.came_back(order, change, refund, because, services.clock.now())
        if refund.status in ("settled", "failed"):
            return None
        return refund_steps.failed(order, change, refund, because, services.clock.now())

    return write_refund(services, address, next_)


def leave_unknown(services: Services, address: RefundAddress, because: str) -> Refund:
    """Let the change fall out because nobody could find out what became of the refund. It does not count as failed, and
    nothing that is known of it by now is forgotten.

    Raises:
        Refusal: `refund-not-found`.
    """

    def next_(order: Order, change: Change, refund: Refund) -> Step | None:
        if refund.status not in ("requested", "pending"):
            return None
        return refund_steps.unknown(order, change, refund, because, services.clock.now())

    return write_refund(services, address, next_)


def is_another(refund: Refund, reference: str) -> bool:
    """Return True if the settled refund was settled under this reference as well, and nobody has noted that yet."""
    known = (refund.reference, *refund.also_settled_as)
    settled = refund.status == "settled" and refund.kind == "refund"
    return settled and bool(reference and refund.reference) and reference not in known


def _again(order: Order, change: Change, refund: Refund, reference: str, now: datetime) -> Step | None:
    return refund_steps.settled_again(order, change, refund, reference, now) if is_another(refund, reference) else None


def read_refund(services: Services, address: RefundAddress) -> tuple[Order, Change, Refund]:
    """Return the order, the change and the refund as they are now.

    Raises:
        Refusal: `refund-not-found`.
    """
    order, change = services.orders.load(address.order_id), services.changes.get(address.change_id)
    refund = _refund_in(change, address)
    if order is None or change is None or refund is None or change.order_id != address.order_id:
        raise Refusal("refund-not-found", "There is no such refund.")
    return order, change, refund


def write_refund(services: Services, address: RefundAddress, next_: Next) -> Refund:
    """Take the next step on the refund as it is now, again if somebody else was faster; return the refund as it is
    then.

    Raises:
        Conflict: others were faster each time.
        Refusal: `refund-not-found`.
    """

    def attempt() -> Refund:
        order, change, refund = read_refund(services, address)
        step = next_(order, change, refund)
        if step is None:
            return refund
        write_step(services, step)
        return _refund_in(step.change, address) or refund

    return retry_conflicts(services, attempt)


def _refund_in(change: Change | None, address: RefundAddress) -> Refund | None:
    refunds = change.refunds if change else ()
    return next((refund for refund in refunds if refund.refund_id == address.refund_id), None)
