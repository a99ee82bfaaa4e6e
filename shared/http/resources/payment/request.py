"""Reads payments: as an order brings them, and as they are reported afterwards."""

from typing import Literal

from pydantic import model_validator

from shared.domain.order.payment import Payment, PaymentStatus
from shared.http.parts.fields import Given, Id, Time, Word, refuse
from shared.http.parts.money import Money
from shared.usecases.intake.record_payment import ReportedPayment


class NewPayment(Given):
    """A payment of a new order. What is left out of `authorised` is what was captured, of `captured` nothing.

    `expires_at`: until when what is authorised can be captured.
    """

    payment_id: Id | None = None
    method: Word
    gateway: Id
    reference: Word | None = None
    status: Literal["authorised", "captured", "voided"]
    authorised: Money | None = None
    captured: Money | None = None
    refunded: Money | None = None
    expires_at: Time | None = None

    @model_validator(mode="after")
    def _some_amount(self) -> "NewPayment":
        if self.authorised is None and self.captured is None:
            refuse("missing-amount", "A payment says what was authorised, or captured, or both.")
        return self

    def to_payment(self, payment_id: str, currency: str, pointer: str) -> Payment:
        """Returns the payment under this id, in the domain's terms; `pointer` leads to it in the request.

        Raises:
            Refusal: `other-currency`.
        """
        captured = _minor(self.captured, currency, f"{pointer}/captured")
        authorised = _minor(self.authorised, currency, f"{pointer}/authorised")
        return Payment(
            payment_id=payment_id,
            method=self.method,
            gateway=self.gateway,
            reference=self.reference,
            status=PaymentStatus(self.status),
            authorised=captured if self.authorised is None else authorised,
            captured=captured,
            refunded=_minor(self.refunded, currency, f"{pointer}/refunded"),
            expires_at=self.expires_at,
        )


class PaymentBody(Given):
    """A payment, capture or void that happened: the payment as it stands now. `link_id` names the payment link of a
    change by which the customer paid."""

    payment_id: Id
    method: Word
    gateway: Id
    reference: Word | None = None
    status: Literal["authorised", "captured", "voided"]
    authorised: Money | None = None
    captured: Money
    expires_at: Time | None = None
    link_id: Id | None = None

    def to_domain(self) -> ReportedPayment:
        """Returns the reported payment in the domain's terms.

        Raises:
            Refusal: `other-currency`, if its own amounts differ in currency.
        """
        currency = self.captured.currency
        captured = self.captured.minor
        payment = Payment(
            payment_id=self.payment_id,
            method=self.method,
            gateway=self.gateway,
            reference=self.reference,
            status=PaymentStatus(self.status),
            authorised=self.authorised.minor_in(currency, "/authorised") if self.authorised else captured,
            captured=captured,
            expires_at=self.expires_at,
            link_id=self.link_id,
        )
        return ReportedPayment(payment=payment, currency=currency)


def _minor(money: Money | None, currency: str, pointer: str) -> int:
    return money.minor_in(currency, pointer) if money else 0
