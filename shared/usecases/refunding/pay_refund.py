"""Give one refund back, or release an authorisation, exactly once: ask the gateway before asking it for anything."""

from dataclasses import replace

from shared.domain.change.change import Change
from shared.domain.change.refund import Refund
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.order.payment import UNASKABLE, Payment
from shared.ports.gateways import (
    Gateway,
    GatewayDeclined,
    GatewayRefund,
    Gateways,
    GatewayUnavailable,
    GatewayUnknown,
    RefundOrder,
)
from shared.ports.services import Services
from shared.usecases.refunding import refund_steps
from shared.usecases.refunding.settle_refund import RefundAddress, read_refund, write_refund


def pay_refund(services: Services, gateways: Gateways, address: RefundAddress, *, again: bool = False) -> GatewayRefund:
    """Ask the gateway for the state of the refund, and only if it knows nothing, for the refund itself.

    A refund that the gateway once took as pending is never asked for again: its key there may have grown too old to
    protect it. Nor is one of which a person was told that it may have been paid. `again` says that an earlier attempt
    may have been taken; a refusal then proves nothing, unless the gateway can be asked and has said that it knows
    nothing of the refund.

    Raises:
        GatewayUnavailable, GatewayUnknown, GatewayDeclined
        Refusal: `refund-not-found`.
    """
    order, change, refund = read_refund(services, address)
    if refund.status == "settled":
        return GatewayRefund(reference=refund.reference or "")
    wanted = wanted_of(order, change, refund)
    gateway = _reached(gateways, wanted, never_asked=refund.status == "requested" and not again)
    said = gateway.find(wanted)
    if said is None:
        if refund.status == "pending":
            return GatewayRefund(reference=refund.reference or "", status="pending")
        _check(refund, wanted)
        said = _ask(gateway, refund, wanted, again=again)
    return _kept(services, address, said) if said.status == "pending" else said


def look_for_refund(services: Services, gateways: Gateways, address: RefundAddress) -> GatewayRefund:
    """Ask the gateway for the state of a refund that nobody has reported on; nothing is paid.

    Raises:
        GatewayUnavailable, GatewayDeclined
        Refusal: `refund-not-found`.
    """
    order, change, refund = read_refund(services, address)
    if refund.status == "settled":
        return GatewayRefund(reference=refund.reference or "")
    wanted = wanted_of(order, change, refund)
    said = _reached(gateways, wanted, never_asked=False).find(wanted)
    return said or GatewayRefund(reference=refund.reference or "", status="pending")


def _reached(gateways: Gateways, wanted: RefundOrder, *, never_asked: bool) -> Gateway:
    """Return the gateway. That nobody here speaks to it declines only a refund that it was never asked for."""
    try:
        return gateways.by_name(wanted.gateway)
    except GatewayDeclined as error:
        if never_asked:
            raise
        raise GatewayUnavailable(str(error)) from error


def _ask(gateway: Gateway, refund: Refund, wanted: RefundOrder, *, again: bool) -> GatewayRefund:
    try:
        return gateway.refund(wanted) if refund.kind == "refund" else gateway.release(wanted)
    except GatewayDeclined as error:
        if again and wanted.gateway in UNASKABLE:
            raise GatewayUnknown(f"{error}; but an earlier attempt may have been taken") from error
        raise


def wanted_of(order: Order, change: Change, refund: Refund) -> RefundOrder:
    payment = next(payment for payment in order.payments if payment.payment_id == refund.payment_id)
    return RefundOrder(
        key=refund.refund_id,
        order_id=order.order_id,
        change_id=change.change_id,
        customer_id=order.customer.customer_id,
        payment_id=payment.payment_id,
        gateway=payment.gateway,
        method=payment.method,
        reference=payment.reference,
        amount=refund.amount,
        captured=payment.captured,
        returned=_others(payment, refund),
        currency=order.currency,
        keep=_keep(payment, refund) if refund.kind == "release" else None,
    )


def _keep(payment: Payment, refund: Refund) -> int:
    """Return the minor units to keep, never more than is authorised by now: a later reduction may have come first, and
    stays."""
    return min(refund.keep, payment.authorised)


def _others(payment: Payment, refund: Refund) -> int:
    """Return the minor units that other refunds of the payment have given back, or are giving back."""
    own = refund.amount if refund.kind == "refund" else 0
    return payment.refunded + payment.refunding - own


def _check(refund: Refund, wanted: RefundOrder) -> None:
    """Refuse a refund that must not be sent.

    Raises:
        GatewayDeclined: it has failed before, or would give back more than the payment ever captured.
        GatewayUnknown: a person has been told that it may have been paid.
    """
    if refund.status == "failed":
        raise GatewayDeclined("the gateway has reported it as failed")
    if refund.status == "unknown":
        raise GatewayUnknown("a person has been asked about it")
    if wanted.keep is None and wanted.returned + wanted.amount > wanted.captured:
        raise GatewayDeclined("it would give back more than was captured")


def _kept(services: Services, address: RefundAddress, said: GatewayRefund) -> GatewayRefund:
    """Mark the refund as pending; if the gateway's report came before its reply, return how it ended."""

    def next_(order: Order, change: Change, refund: Refund) -> Step | None:
        if refund.status != "requested":
            return None
        return refund_steps.under_way(order, change, refund, said.reference, services.clock.now())

    refund = write_refund(services, address, next_)
    if refund.status == "failed":
        raise GatewayDeclined("the gateway has reported it as failed")
    return replace(said, status="settled" if refund.status == "settled" else "pending")
