"""Works out what a change does to the payments: refunds, authorisations that shrink, and what is due."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.domain.planning.edits import Settle
from tests.oracle.book import Book, Paid
from tests.oracle.lines import figures
from tests.oracle.rules import REFUNDED_FIRST
from tests.oracle.shipping import cost_of


@dataclass(frozen=True)
class Sums:
    """The sums of an order in minor units; `tax` is what is added to prices."""

    items: int
    discount: int
    shipping: int
    tax: int
    fees: int
    total: int
    paid: int
    balance: int


@dataclass(frozen=True)
class Settled:
    """Holds the refunds of a change by payment, the amount it asks for, and the payments after it."""

    refunds: tuple[tuple[str, int], ...]
    reductions: tuple[tuple[str, int, int], ...]
    due: int
    payments: tuple[Paid, ...]


def sums(book: Book) -> Sums:
    """Returns the sums of an order."""
    lines = [figures(line) for line in book.lines]
    added = sum(line.tax for line in lines if not line.included)
    shipping = cost_of(book.shipping)
    tax = added + sum(fee.tax for fee in book.fees) + (0 if shipping.included else shipping.tax)
    total = sum(line.total for line in lines) + shipping.total + book.fees_total
    return Sums(
        items=sum(line.gross for line in lines),
        discount=sum(line.discount for line in lines),
        shipping=shipping.net,
        tax=tax,
        fees=sum(fee.amount for fee in book.fees),
        total=total,
        paid=sum(payment.captured for payment in book.payments),
        balance=total - sum(payment.held for payment in book.payments),
    )


def settled(old: int, new: int, payments: Sequence[Paid]) -> Settled:
    """Returns what the change from one total to another does to the payments: refunds go to those of policy's methods
    first, and then in the order in which they were made."""
    held, reserved = sum(each.held for each in payments), sum(each.open for each in payments)
    back = max(0, min(old - new, held - new))
    places = in_order_of_refunds(payments)
    shares = dict(zip(places, spilled(back, [payments[place].held for place in places]), strict=True))
    refunds = [shares[place] for place in range(len(payments))]
    too_much = max(0, reserved - max(0, new - (held - back)))
    cuts = spilled(too_much, [each.open for each in reversed(payments)])[::-1]
    after = tuple(
        replace(each, back=each.back + refund, open=each.open - cut, voided=each.voided + cut)
        for each, refund, cut in zip(payments, refunds, cuts, strict=True)
    )
    return Settled(
        refunds=tuple((payments[place].payment_id, share) for place, share in shares.items() if share),
        reductions=tuple(
            (each.payment_id, each.captured + each.open, each.captured + each.open - cut)
            for each, cut in zip(payments, cuts, strict=True)
            if cut
        ),
        due=max(0, min(new - old, new - held)),
        payments=after,
    )


def in_order_of_refunds(payments: Sequence[Paid]) -> list[int]:
    """Returns the places of the payments in the order in which they are refunded."""
    ranks = {method: rank for rank, method in enumerate(REFUNDED_FIRST)}
    return sorted(range(len(payments)), key=lambda place: ranks.get(payments[place].method, len(ranks)))


def given_back(payments: Sequence[Paid], overpaid: int, edit: Settle) -> Settled:
    """Returns what a settlement does to the payments: what is overpaid, or the part of it that is asked for, goes back
    on the payment that is named, else on the last ones first. It moves nothing else."""
    named = [each.held if edit.payment_id in (None, each.payment_id) else 0 for each in payments]
    amount = overpaid if edit.amount is None else edit.amount.amount
    refunds = spilled(min(amount, sum(named)), named[::-1])[::-1]
    after = tuple(replace(each, back=each.back + refund) for each, refund in zip(payments, refunds, strict=True))
    found = [(each.payment_id, refund) for each, refund in zip(payments, refunds, strict=True) if refund]
    return Settled(refunds=tuple(reversed(found)), reductions=(), due=0, payments=after)


def spilled(amount: int, room: Sequence[int]) -> list[int]:
    """Shares an amount out by filling one after the other."""
    found = []
    for most in room:
        found.append(min(amount, max(0, most)))
        amount -= found[-1]
    return found
