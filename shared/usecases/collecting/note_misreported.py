"""Keep for a person what a gateway says has come by a payment link, and what cannot be booked."""

import logging
from dataclasses import replace
from typing import NoReturn

from shared.domain.change import events
from shared.domain.change.change import SYSTEM, moved
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.order.order import Order, display
from shared.domain.refusal import Refusal
from shared.ports.gateways import LinkPaid
from shared.ports.services import Services
from shared.usecases.core.change_of_link import change_of_link
from shared.usecases.core.transact import write_step

logger = logging.getLogger(__name__)


def note_misreported_payment(services: Services, order: Order, paid: LinkPaid) -> None:
    """Note on the change of this link, once, what the gateway says of it. A change that waits goes on waiting, for the
    right amount may still be reported; if it ends without that, it falls out, as one that has ended or is paid does.

    Raises:
        Conflict: somebody else wrote first.
        Refusal: `other-currency` or `malformed-amount` if no change of the order was given this link, so that the
            gateway tells it again.
    """
    logger.error("not booked: payment %s by link %s of %s", paid.reference, paid.key, order.order_id)
    change = change_of_link(services, order, paid.key, paid.change_id)
    collection = change.collection if change else None
    if change is None or collection is None:
        _refuse(order, paid)
    amount = "an amount that cannot be read" if paid.amount is None else display(paid.amount, paid.currency)
    note = f"the gateway reports {amount} as payment {paid.reference[:100]} by the link, which is in {order.currency}: "
    note += "nothing is booked; look at the gateway, and record the payment or give it back there"
    if any(entry.note == note for entry in change.timeline):
        return
    now = services.clock.now()
    told = replace(change, collection=replace(collection, misreported=True))
    after = moved(told, change.status if change.is_open else ChangeStatus.FALLOUT, by=SYSTEM.id, at=now, note=note)
    write_step(
        services,
        Step(
            action="payment_misreported",
            by=SYSTEM,
            at=now,
            before=order,
            after=order,
            change_before=change,
            change=after,
            facts=() if after.is_open else (events.step("ChangeFellOut", order, after),),
        ),
    )


def _refuse(order: Order, paid: LinkPaid) -> NoReturn:
    if paid.amount is None:
        raise Refusal("malformed-amount", "The amount of the payment cannot be read.")
    if paid.amount <= 0:
        raise Refusal("malformed-amount", "A payment is of more than nothing.")
    raise Refusal("other-currency", f"The order is in {order.currency}.")
