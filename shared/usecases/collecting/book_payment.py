"""Book money that a gateway says has come by one of our payment links."""

from dataclasses import replace

from shared.domain.canonical import sha256
from shared.domain.change.change import SYSTEM
from shared.domain.order.payment import Payment, PaymentStatus, same_money
from shared.domain.refusal import Refusal
from shared.ports.gateways import LinkPaid
from shared.ports.services import Services
from shared.usecases.collecting.note_misreported import note_misreported_payment
from shared.usecases.core.commit_paid import commit_collected
from shared.usecases.core.transact import retry_conflicts, write_step
from shared.usecases.intake.record_payment import ReportedPayment, payment_step

METHOD = "payment_link"


def book_link_payment(services: Services, gateway: str, paid: LinkPaid, *, in_time: bool = False) -> None:
    """Book the money once, however often the gateway says so, and commit the change that waits for it if it is enough.

    The money is booked on the order that the link was made for, whatever has become of the change: nothing is lost, the
    balance shows what is too much, and the change falls out so that a person gives it back. What a service told of
    without the link came by it: the gateway says so, and what is captured by then never becomes less. `in_time` as for
    `payment_step`. Money of an amount that cannot be read, of nothing or less, or in another currency than the order's,
    is not booked: its change notes it for a person, and falls out if it waits no more.

    Raises:
        Conflict: others kept writing the order.
        Refusal: `order-not-found`, `payment-claimed`, `payment-mismatch` (the money is known to have come by another
            link), `link-of-another-order` (the link was made for another order than the report names), and where no
            change was given the link `other-currency`, `malformed-amount`.
    """

    def attempt() -> None:
        order = services.orders.load(paid.order_id)
        if order is None:
            raise Refusal("order-not-found", f"There is no order {paid.order_id}.")
        if paid.amount is None or paid.amount <= 0 or paid.currency != order.currency:
            note_misreported_payment(services, order, paid)
            return
        payment = _payment(gateway, paid, paid.amount)
        reported = ReportedPayment(payment=payment, currency=paid.currency, by_gateway=True, change_id=paid.change_id)
        known = same_money(order.payments, reported.payment)
        if known is None or not _is_told(known, payment):
            write_step(services, payment_step(services, order, _with_known(reported, known), SYSTEM, in_time=in_time))

    retry_conflicts(services, attempt)
    commit_collected(services, paid.order_id)


def _is_told(known: Payment, told: Payment) -> bool:
    """Tell if the books have all that the gateway says of this payment, and that it has said so."""
    matched = known.payment_id == told.payment_id or known.told_as is not None
    return matched and known.link_id is not None


def _with_known(reported: ReportedPayment, known: Payment | None) -> ReportedPayment:
    """Return the report with no less than a service has told of the same money: captured amounts only rise."""
    if known is None:
        return reported
    payment = reported.payment
    authorised, captured = max(payment.authorised, known.authorised), max(payment.captured, known.captured)
    return replace(reported, payment=replace(payment, authorised=authorised, captured=captured))


def _payment(gateway: str, paid: LinkPaid, amount: int) -> Payment:
    """Return the payment under an id that follows from its reference: the same money has the same id."""
    return Payment(
        payment_id=f"pay_{sha256(f'{gateway}/{paid.reference}')[:24]}",
        method=METHOD,
        gateway=gateway,
        reference=paid.reference,
        status=PaymentStatus.CAPTURED,
        authorised=amount,
        captured=amount,
        link_id=paid.key,
    )
