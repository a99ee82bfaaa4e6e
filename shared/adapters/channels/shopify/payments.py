"""Reads the payments of a Shopify order: from its transactions if they are given, else from its financial status.

Webhooks carry no transactions. Then the captured amount follows from `total_outstanding`, and the split over several
gateways is unknown: one payment stands for all, and no refund can exceed their sum.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.adapters.channels.reading.bounds import MAX_PAYMENTS
from shared.adapters.channels.reading.payload import Fields
from shared.adapters.channels.reading.texts import listed
from shared.adapters.channels.shopify.fields import id_of
from shared.adapters.channels.shopify.refunds import Refunds, happened
from shared.domain.order.payment import Payment, PaymentStatus

_OWN_ID = re.compile(r"(pi|ch|py)_[A-Za-z0-9_]{8,100}", re.ASCII)
"""An id of Stripe's, which its refunds are asked for by (`adapters/gateways/stripe`)."""
_OPENING = frozenset({"authorization", "sale"})
_PAID = frozenset({"paid", "partially_paid", "partially_refunded"})
_HELD = {"authorized": PaymentStatus.AUTHORISED, "voided": PaymentStatus.VOIDED}


def read_payments(order: Fields, refunds: Refunds, told: int, total: int) -> tuple[Payment, ...]:
    """Returns the payments. `told` is Shopify's present total in minor units, `total` the same without what was given
    back beyond the goods.

    Raises:
        Refusal: `foreign-payment`, if money was given back in another currency than the order's: the payload doesn't
        give the rate.
    """
    given = [each for each in order.objects("transactions") if happened(each)]
    repaid = [each for each in refunds.transactions if happened(each)]
    foreign = [each for each in (*given, *repaid) if each.text_or_none("currency") not in (None, order.currency)]
    if foreign and repaid:
        raise foreign[0].refusal("foreign-payment", "Money was given back in another currency than the order's.")
    if not given or foreign:
        return _by_status(order, refunds.repaid, told, total)
    every = {each.text("id"): each for each in (*given, *repaid) if each.has("id")}
    payments = _by_transactions(order, every)
    if len(payments) > MAX_PAYMENTS:
        raise order.refusal("too-many", f"An order has {MAX_PAYMENTS} payments at most.", "transactions")
    return payments


def _by_status(order: Fields, repaid: int, told: int, total: int) -> tuple[Payment, ...]:
    status = order.text_or_none("financial_status")
    if status in _HELD:
        return (_payment(order, status=_HELD[status], authorised=total),)
    if status not in _PAID or (status == "partially_paid" and not order.has("total_outstanding")):
        return ()
    # Outstanding = total as it stands − (captured − refunded). What came back without goods is outstanding or forgiven.
    outstanding = order.amount_or_zero("total_outstanding", negative=True)
    captured = max(repaid, (told if outstanding >= told - total else total) - outstanding + repaid)
    if not captured:
        return ()
    return (_payment(order, status=PaymentStatus.CAPTURED, authorised=captured, captured=captured, refunded=repaid),)


def _payment(order: Fields, *, status: PaymentStatus, authorised: int, captured: int = 0, refunded: int = 0) -> Payment:
    gateway = listed(order.texts("payment_gateway_names"), "+") or order.text_or_none("gateway") or "unknown"
    return Payment(
        payment_id=f"shopify:{id_of(order)}",
        method=_method(order, gateway),
        gateway=gateway,
        status=status,
        authorised=authorised,
        captured=captured,
        refunded=refunded,
    )


@dataclass(frozen=True, slots=True)
class _Chain:
    """An authorisation or sale, and the captures, voids and refunds that refer to it."""

    opening: Fields
    later: Sequence[Fields]

    def sum_of(self, kind: str) -> int:
        return sum(each.amount("amount") for each in self.later if each.text_or_none("kind") == kind)

    def payment(self) -> Payment:
        first, gateway = self.opening, self.opening.text_or_none("gateway") or "unknown"
        amount = first.amount("amount")
        captured = self.sum_of("capture") + (amount if first.text_or_none("kind") != "authorization" else 0)
        refunded = self.sum_of("refund")
        if refunded > captured:
            raise first.refusal("overpaid-refund", "More was given back than this payment took.")
        voided = any(each.text_or_none("kind") == "void" for each in self.later)
        status = PaymentStatus.CAPTURED if captured else PaymentStatus.VOIDED if voided else PaymentStatus.AUTHORISED
        return Payment(
            payment_id=f"shopify:{id_of(first)}",
            method=_method(first, gateway),
            gateway=gateway,
            reference=_reference(first),
            status=status,
            authorised=amount,
            captured=captured,
            refunded=refunded,
        )


def _reference(opening: Fields) -> str:
    """Returns what names this payment and no other: the gateway's own id where it is known to be one, else Shopify's of
    the transaction. An `authorization` is whatever the gateway writes there, and several orders may have the same
    (REST: Transaction, "authorization": `authorization-key`)."""
    written = opening.text_or_none("authorization") or ""
    return written if _OWN_ID.fullmatch(written) else f"transaction:{id_of(opening)}"


def _by_transactions(order: Fields, every: dict[str, Fields]) -> tuple[Payment, ...]:
    """Returns one payment per authorisation or sale; each other transaction belongs to the one at the end of its
    `parent_id`s."""
    openings = {key: each for key, each in every.items() if _opens(each, every)}
    later: dict[str, list[Fields]] = {key: [] for key in openings}
    for key, each in every.items():
        if key in openings or each.text_or_none("kind") not in ("capture", "void", "refund"):
            continue
        root = _root(key, every)
        if root not in openings:
            raise each.refusal("unmatched-transaction", "This transaction belongs to no payment of the order.")
        later[root].append(each)
    return tuple(_Chain(opening, later[key]).payment() for key, opening in openings.items())


def _opens(transaction: Fields, every: dict[str, Fields]) -> bool:
    """Tells if the transaction begins a payment; a capture whose authorisation is not in the payload does so too."""
    kind = transaction.text_or_none("kind")
    return kind in _OPENING or (kind == "capture" and transaction.text_or_none("parent_id") not in every)


def _root(key: str, every: dict[str, Fields]) -> str:
    seen: set[str] = set()
    while key not in seen:
        seen.add(key)
        parent = every[key].text_or_none("parent_id")
        if parent not in every:
            return key
        key = parent
    return key


def _method(paid: Fields, gateway: str) -> str:
    details = paid.object("payment_details")
    return "card" if details and details.has("credit_card_company") else gateway
