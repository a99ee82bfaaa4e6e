"""Have a gateway make the payment link of a change that waits, and close it when nobody is to pay by it any more."""

from dataclasses import dataclass, replace

from shared.domain.change import transitions
from shared.domain.change.change import SYSTEM, Change, moved
from shared.domain.change.collection import Collection
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.refusal import Refusal
from shared.ports.gateways import Gateways, LinkOrder, LinkPaid, PaymentLink
from shared.ports.outcomes import Failure
from shared.ports.services import Services
from shared.usecases.collecting.book_payment import book_link_payment
from shared.usecases.core.commit_paid import is_paid
from shared.usecases.core.transact import retry_conflicts, write_step

_NO_LINK = {
    "declined": "no payment link could be made",
    "unknown": "a payment link may have been made, but nobody here knows its address",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionAddress:
    """Names the wait of a change for a payment: the change, its order, and the round of the wait."""

    change_id: str
    order_id: str
    round: int


def make_link(services: Services, gateways: Gateways, address: CollectionAddress) -> None:
    """Have the link made, and keep its address on the change. Running it again is safe: the link has the same key, and
    a change that knows its link asks for none.

    Raises:
        GatewayUnavailable, GatewayUnknown, GatewayDeclined
        Conflict: others kept writing the change.
        Refusal: `change-not-found`.
    """
    change = read_waiting(services, address.change_id)
    if not waits(change, address.round) or change.collection is None or change.collection.url:
        return
    made = gateways.by_name(change.collection.gateway).make_link(_wanted(change, change.collection))
    retry_conflicts(services, lambda: _keep(services, address, made))


def close_link(services: Services, gateways: Gateways, address: CollectionAddress) -> None:
    """Close the link, once the change waits no more, and book whatever has come by it and nobody has reported: so a
    payment whose report was lost is on the order's books all the same.

    Raises:
        GatewayUnavailable, GatewayUnknown, GatewayDeclined
        Conflict: others kept writing the order.
        Refusal: `change-not-found`.
    """
    change = read_waiting(services, address.change_id)
    if change.collection is None or waits(change, address.round):
        return
    wanted = _wanted(change, change.collection)
    _book(services, change, change.collection, gateways.by_name(change.collection.gateway).close_link(wanted))


def ask_gateway(services: Services, gateways: Gateways, change: Change) -> None:
    """Book what the gateway says has come by the link of a change that still waits, as come in time: the link was open
    no longer than the change.

    Raises:
        GatewayUnavailable, GatewayDeclined
        Conflict: others kept writing the order.
    """
    if change.collection is not None:
        wanted = _wanted(change, change.collection)
        said = gateways.by_name(change.collection.gateway).find_link(wanted)
        _book(services, change, change.collection, said, in_time=True)


def give_up(services: Services, address: CollectionAddress, because: Failure) -> None:
    """End a change whose link could not be made, or of which nobody knows whether it was: the customer has no address
    to pay at. What it holds is free. A link that there is after all is closed next, and what comes by it is booked.

    Raises:
        Conflict: others kept writing the change.
        Refusal: `change-not-found`.
    """

    def attempt() -> None:
        change, order = read_waiting(services, address.change_id), services.orders.load(address.order_id)
        if order is None or not waits(change, address.round) or is_paid(change):
            return
        words = f"{_NO_LINK[because.outcome]}: {because.words}"
        write_step(
            services, transitions.closed(order, change, ChangeStatus.FAILED, SYSTEM, services.clock.now(), words)
        )

    retry_conflicts(services, attempt)


def read_waiting(services: Services, change_id: str) -> Change:
    """Return the change.

    Raises:
        Refusal: `change-not-found`.
    """
    change = services.changes.get(change_id)
    if change is None:
        raise Refusal("change-not-found", f"There is no change {change_id}.")
    return change


def waits(change: Change, round_: int) -> bool:
    return change.status is ChangeStatus.PENDING_PAYMENT and change.round == round_


def _wanted(change: Change, collection: Collection) -> LinkOrder:
    """Return the link as the gateway is asked for it: the same however often, so that a repeat is the same request.

    `created_at` stands in for the deadline of a change that has ended, of which no link is made any more.
    """
    return LinkOrder(
        key=collection.link_id,
        order_id=change.order_id,
        change_id=change.change_id,
        amount=collection.amount,
        currency=change.plan.currency,
        expires_at=change.expires_at or change.created_at,
        reference=collection.reference,
    )


def _keep(services: Services, address: CollectionAddress, made: PaymentLink) -> None:
    change, order = read_waiting(services, address.change_id), services.orders.load(address.order_id)
    if order is None or change.collection is None or change.collection.url:
        return
    now = services.clock.now()
    after = moved(change, change.status, by=SYSTEM.id, at=now, note="the payment link is made")
    after = replace(after, collection=replace(change.collection, reference=made.reference, url=made.url))
    write_step(
        services,
        Step(
            action="payment_link_made",
            by=SYSTEM,
            at=now,
            before=order,
            after=order,
            change_before=change,
            change=after,
        ),
    )


def _book(
    services: Services, change: Change, collection: Collection, link: PaymentLink | None, *, in_time: bool = False
) -> None:
    for came in link.payments if link else ():
        paid = LinkPaid(
            order_id=change.order_id,
            key=collection.link_id,
            reference=came.reference,
            amount=came.amount,
            currency=came.currency,
            change_id=change.change_id,
        )
        book_link_payment(services, collection.gateway, paid, in_time=in_time)
