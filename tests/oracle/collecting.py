"""Works out what becomes of a sum that a change adds to the customer's debt: waived, paid first, or billed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.oracle.book import Book, Fee
from tests.oracle.rules import COLLECTED, Mode
from tests.oracle.settling import Settled, settled, sums

WAIVED = "waived"


@dataclass(frozen=True)
class Collected:
    """Tells how so many minor units are collected; nothing is where nothing is due, or where it is held on a card."""

    mode: Mode
    amount: int


def collected(before: Book, after: Book, *, goodwill: bool = False) -> tuple[Book, Settled, Collected | None]:
    """Returns the book after a change with what is waived, what becomes of its payments, and how a debt is collected.

    A small debt is waived, and what was waived before counts with it. Where the total falls, what was waived falls
    first, because nobody has paid it; but goodwill is given of what was paid.
    """
    after = after if goodwill else with_less_waived(before, after)
    paid = settled(sums(before).total, sums(after).total, before.payments)
    owed = sums(after).total - sum(each.held for each in paid.payments)
    if not paid.due or sum(each.open for each in paid.payments) >= owed:
        return after, paid, None
    rule = COLLECTED[after.currency]
    if paid.due + waived_of(after.fees) >= rule.waive_below:
        return after, paid, Collected(rule.mode, paid.due)
    after = with_waived(after, waived_of(after.fees) + paid.due)
    return after, settled(sums(before).total, sums(after).total, before.payments), Collected("waive", paid.due)


def with_less_waived(before: Book, after: Book) -> Book:
    """Returns the book without so much of what was waived as its total has fallen."""
    fallen = sums(before).total - sums(after).total
    return with_waived(after, waived_of(after.fees) - max(0, min(fallen, waived_of(after.fees))))


def waived_of(fees: Sequence[Fee]) -> int:
    return -sum(fee.amount for fee in fees if fee.code == WAIVED)


def with_waived(book: Book, amount: int) -> Book:
    """Returns the book with so much waived, and no more or less."""
    fees = [fee for fee in book.fees if fee.code != WAIVED]
    return replace(book, fees=(*fees, Fee(WAIVED, -amount)) if amount else tuple(fees))
