"""Tell the customer of a cancellation that gives no money back; the letter of a refund tells of every other."""

from shared.ports.mail import Letter, Mail
from shared.ports.services import Services
from shared.wording import letters

OCCASION = "cancelled"


def tell_cancelled(services: Services, mail: Mail, change_id: str, order_id: str) -> None:
    """One letter for a committed cancellation without a refund; none to a customer without an address.

    Raises:
        MailFailed: nothing was sent; telling again is safe.
    """
    change, order = services.changes.get(change_id), services.orders.load(order_id)
    if order is None or change is None or not change.has_taken_effect or not change.tells_by_letter:
        return
    if order.customer.mailbox is None or services.changes.mailed(change_id, OCCASION):
        return
    written = letters.cancelled(order, change)
    key = f"{change_id}/{OCCASION}"
    mail.send(Letter(key=key, to=order.customer.mailbox, subject=written.subject, text=written.text))
    services.changes.keep_mailed(change_id, OCCASION)
