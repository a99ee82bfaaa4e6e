"""Describes the payments of an order, in minor units."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from shared.domain.plain_text import plain

BY_PEOPLE = frozenset({"manual", "bank_transfer"})
"""Gateways that are people: their refunds are pending until one of them reports."""

UNASKABLE = BY_PEOPLE | {"adyen"}
"""Gateways that know nothing of a single refund when they are asked: they report it, or a person does."""

BY_LINK = frozenset({"sandbox", "stripe"})
"""Gateways that make payment links, by which a customer pays what a change adds."""


class PaymentStatus(StrEnum):
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Describes one payment. `refunding` is what refunds under way will still give back; refunded + refunding ≤
    captured. An authorisation can be captured until `expires_at`. `link_id` names the payment link that it came by.

    `reference` is the gateway's, in its own letters and without blanks or signs that nobody sees, whichever door it
    came by; `identity` is what two spellings of one reference have in common. `told_as` is the id under which another
    has told of this money too.
    """

    payment_id: str
    method: str
    gateway: str
    reference: str | None = None
    status: PaymentStatus
    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    refunding: int = 0
    expires_at: datetime | None = None
    link_id: str | None = None
    told_as: str | None = None

    def __post_init__(self) -> None:
        if self.reference is not None:
            object.__setattr__(self, "reference", plain(self.reference) or None)

    @property
    def identity(self) -> tuple[str, str] | None:
        """Returns the gateway and its reference, in whichever case either was written; None without a reference."""
        return identity_of(self.gateway, self.reference) if self.reference else None

    @property
    def reserved(self) -> int:
        """Returns the minor units that are authorised and not captured yet."""
        return max(0, self.authorised - self.captured) if self.status is PaymentStatus.AUTHORISED else 0

    @property
    def refundable(self) -> int:
        return self.captured - self.refunded - self.refunding


def identity_of(gateway: str, reference: str) -> tuple[str, str]:
    """Returns by what one payment is known: a reference that differs in case, blanks or the form of its letters is the
    same."""
    return plain(gateway).casefold(), plain(reference).casefold()


def pays_by_link(payment: Payment) -> bool:
    """Tells if the customer can be asked for more money through the gateway of this payment."""
    return payment.gateway in BY_LINK


def same_money(payments: Iterable[Payment], reported: Payment) -> Payment | None:
    """Returns the payment that `reported` is as well: the gateway and others may report it under ids of their own. The
    same reference at the same gateway is the same money, whether or not each of them says by which link it came. Of two
    payments by one link, where exactly one has a reference, the amount says so, once for each: what another has told of
    already is not what comes beyond it. Two payments that both have none are two: nothing says that they are one."""
    known = tuple(payments)
    named = next((each for each in known if each.identity and each.identity == reported.identity), None)
    named = named or next((each for each in known if each.told_as == reported.payment_id), None)
    here = (each for each in known if each.gateway == reported.gateway)
    return named or next((each for each in here if _same_by_link(each, reported)), None)


def _same_by_link(known: Payment, reported: Payment) -> bool:
    if reported.link_id is None or known.link_id != reported.link_id or known.told_as is not None:
        return False
    return bool(known.reference) != bool(reported.reference) and known.captured == reported.captured


PaymentState = Literal["unpaid", "authorised", "part_paid", "paid"]


def payment_state(payments: Iterable[Payment], total: int) -> PaymentState:
    """Returns how far an order of `total` minor units is paid."""
    known = tuple(payments)
    captured = sum(payment.captured for payment in known)
    if captured:
        return "paid" if captured >= total else "part_paid"
    return "authorised" if any(payment.reserved for payment in known) else "unpaid"
