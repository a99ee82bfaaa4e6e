"""Tell the customer that money went back: the last step of a refund."""

from shared.domain.change.refund import Refund
from shared.domain.order.order import Order
from shared.ports.mail import Letter, Mail
from shared.ports.services import Services
from shared.usecases.refunding.settle_refund import RefundAddress
from shared.wording import letters


def tell_refunded(services: Services, mail: Mail, address: RefundAddress) -> None:
    """Send one letter for a refund that has settled; none for anything else, nor to a customer without an address.

    Raises:
        MailFailed: nothing was sent; telling again is safe.
    """
    change, order = services.changes.get(address.change_id), services.orders.load(address.order_id)
    refund = next((each for each in change.refunds if each.refund_id == address.refund_id), None) if change else None
    if order is None or refund is None or refund.kind != "refund" or refund.status != "settled":
        return
    occasion = f"refund-{address.refund_id}"
    if order.customer.mailbox is None or services.changes.mailed(address.change_id, occasion):
        return
    written = letters.refund_settled(order, refund, days=_days(services, order, refund))
    key = f"{address.change_id}/{occasion}"
    mail.send(Letter(key=key, to=order.customer.mailbox, subject=written.subject, text=written.text))
    services.changes.keep_mailed(address.change_id, occasion)


def _days(services: Services, order: Order, refund: Refund) -> int:
    """Return the days until the payment's method shows it, by policy."""
    method = next((each.method for each in order.payments if each.payment_id == refund.payment_id), "other")
    return services.policies.current().cancellation.days_for(method)
