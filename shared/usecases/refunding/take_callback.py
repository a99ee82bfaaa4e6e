"""Book a gateway's report of how a refund ended, at once. The booking lets the waiting execution go on (ADR 0009).

The report may come before the reply of the call that asked for the refund, twice, or long after; it names our own key,
so none of that matters.
"""

from collections.abc import Mapping, Sequence

from shared.domain.change.change import Change
from shared.domain.change.refund import Refund
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.refusal import Refusal
from shared.ports.gateways import BadSignature, Callback, CallbackReader, LinkPaid
from shared.ports.services import Services
from shared.ports.workflows import Workflows
from shared.usecases.collecting.book_payment import book_link_payment
from shared.usecases.refunding import refund_steps
from shared.usecases.refunding.settle_refund import (
    RefundAddress,
    fail_refund,
    read_refund,
    settle_refund,
    write_refund,
)


def read_callbacks(
    readers: Mapping[str, CallbackReader], gateway: str, services: Services, raw: bytes, headers: Mapping[str, str]
) -> Sequence[Callback | LinkPaid]:
    """Read the reports in a request to a gateway's address.

    Raises:
        Refusal: `unknown-gateway`, `bad-signature`, `malformed-json`, `malformed-payload`.
    """
    reader = readers.get(gateway)
    if reader is None:
        raise Refusal("unknown-gateway", "No such gateway reports here.")
    try:
        return reader.read(raw, headers, services.clock.now())
    except BadSignature:
        raise Refusal("bad-signature", "The signature is missing, wrong, or too old.") from None


def take_callbacks(services: Services, gateway: str, callbacks: Sequence[Callback | LinkPaid]) -> int:
    """Take each callback and return how many; one that names no refund or order of ours does not keep the others from
    being taken.

    Raises:
        Refusal: `refund-not-found`, or for money that came by a link `order-not-found`, `other-currency` or
            `payment-claimed`, once the others are taken.
    """
    unknown: Refusal | None = None
    for callback in callbacks:
        try:
            if isinstance(callback, LinkPaid):
                book_link_payment(services, gateway, callback)
            else:
                take_callback(services, gateway, callback)
        except Refusal as refusal:
            unknown = refusal
    if unknown:
        raise unknown
    return len(callbacks)


def take_callback(services: Services, gateway: str, callback: Callback) -> None:
    """Book a gateway's report. The same report again changes nothing. One of an amount that cannot be read, or another
    than we asked for, in whatever currency, books nothing and is kept for a person: the change falls out.

    Raises:
        Refusal: `refund-not-found`, also where the refund is another gateway's: each may speak for itself only.
    """
    address = RefundAddress(refund_id=callback.key, change_id=callback.change_id, order_id=callback.order_id)
    order, _, refund = read_refund(services, address)
    if gateway not in (each.gateway for each in order.payments if each.payment_id == refund.payment_id):
        raise Refusal("refund-not-found", "There is no such refund.")
    if not _is_of(callback, order, refund):
        _keep_misreported(services, address, callback)
    elif callback.outcome == "settled":
        settle_refund(services, address, callback.reference)
    else:
        because = f"the gateway reports {callback.detail or 'that it failed'}"
        fail_refund(services, address, because, callback.reference)


def _is_of(callback: Callback, order: Order, refund: Refund) -> bool:
    """Return True if the report tells the amount of the refund. Reports of some releases never tell theirs."""
    if callback.tells_other:
        return refund.kind == "release"
    return (callback.amount, callback.currency) == (refund.amount, order.currency)


def _keep_misreported(services: Services, address: RefundAddress, callback: Callback) -> None:
    def next_(order: Order, change: Change, refund: Refund) -> Step | None:
        return refund_steps.misreported(order, change, refund, callback, services.clock.now())

    write_refund(services, address, next_)


def await_report(services: Services, workflows: Workflows, address: RefundAddress, token: str) -> None:
    """Let the execution wait for the report, or go on at once if it has come already. Running it again is safe.

    The token is kept before the refund is read, and news of a booked report looks for the token: whichever comes second
    sees the other.

    Raises:
        Refusal: `refund-not-found`.
    """
    services.changes.keep_refund_token(address.change_id, address.refund_id, token)
    _, _, refund = read_refund(services, address)
    if refund.status in ("settled", "failed"):
        workflows.answer(token, refund.status)
