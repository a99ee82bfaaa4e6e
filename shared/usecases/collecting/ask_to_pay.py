"""Write to the customer with the payment link, and let the execution wait for the payment."""

from shared.domain.change.change import Change
from shared.ports.mail import Letter, Mail
from shared.ports.services import Services
from shared.ports.workflows import Workflows
from shared.usecases.collecting.lapse_collection import outcome_of
from shared.usecases.collecting.payment_links import CollectionAddress, read_waiting
from shared.wording import letters


def ask_to_pay(services: Services, workflows: Workflows, mail: Mail, address: CollectionAddress, token: str) -> None:
    """Let the execution wait, and write to the customer; or answer it at once if nobody is waited for any more.

    Safe to run again: the newest token is the one kept, and a letter that went out is not sent again. A customer
    without an address gets none, and finds the link in the portal.

    Raises:
        MailFailed: nothing was sent; asking again is safe.
        Refusal: `change-not-found`.
    """
    waits = services.changes.keep_token(address.change_id, address.round, token)
    change = read_waiting(services, address.change_id)
    if waits:
        _write(services, mail, change, address)
    else:
        workflows.answer(token, outcome_of(change))


def _write(services: Services, mail: Mail, change: Change, address: CollectionAddress) -> None:
    """Send the letter, then mark it: a crash in between sends it twice rather than never."""
    order, occasion = services.orders.load(address.order_id), f"pay-{address.round}"
    if order is None or order.customer.mailbox is None or services.changes.mailed(change.change_id, occasion):
        return
    written = letters.request_to_pay(order, change)
    key = f"{change.change_id}/{occasion}"
    mail.send(Letter(key=key, to=order.customer.mailbox, subject=written.subject, text=written.text))
    services.changes.keep_mailed(change.change_id, occasion)
