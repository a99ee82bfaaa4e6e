"""Cancels units, those that came least far first, and works out restocking fees on all that was cancelled so far."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from shared.domain.planning.edits import AddLine, CancelOrder, CancelUnits, Credit, Edit, TakeBack
from tests.oracle.amending import with_added, with_shipping
from tests.oracle.book import Book, Fee, Line
from tests.oracle.collecting import with_less_waived
from tests.oracle.exact import half_up
from tests.oracle.goodwill import credited
from tests.oracle.groups import change_line, without_units
from tests.oracle.lines import figures, priced
from tests.oracle.rules import OUR_FAULT, RESTOCKING
from tests.oracle.settling import sums
from tests.oracle.situation import Situation
from tests.oracle.upgrades import on_the_day


def cancelled(book: Book, edits: Sequence[Edit], situation: Situation) -> Book:
    """Returns the book after a cancellation, or after an exchange: what goes, goes as in a cancellation, and what comes
    is added as in an amendment. Shipping and fees are worked out once, on both."""
    for edit in edits:
        if isinstance(edit, Credit):
            return credited(book, edit)
    added = [edit for edit in edits if isinstance(edit, AddLine)]
    after = on_the_day(book, situation.today, lambda each: _without_all(each, edits, situation))
    gone = [gone_of(before, line) for before, line in zip(book.lines, after.lines, strict=True)]
    value = Counter[str]()
    for stage, charged, _ in [each for found in gone for each in found]:
        value[stage] += charged
    returned = sum(price for found in gone for stage, _, price in found if stage == "delivered")
    after = replace(after, lines=tuple(_left(line) for line in after.lines))
    for edit in added:
        after = with_added(after, edit, situation)
    after = with_shipping(book, after, situation=situation, returned=returned)
    return with_fees(after, value, situation.reason, room=would_come_back(book, after))


def _without_all(book: Book, edits: Sequence[Edit], situation: Situation) -> Book:
    for edit in edits:
        book = book if isinstance(edit, AddLine) else _without(book, edit, situation)
    return book


def would_come_back(before: Book, after: Book) -> int:
    """Returns what would come back, of what is captured or held on a card, if there were no further fee, and nothing
    came in exchange."""
    after = replace(after, lines=after.lines[: len(before.lines)])
    new = sums(with_less_waived(before, after)).total
    held = sum(payment.held + payment.open for payment in before.payments)
    return max(0, min(sums(before).total - new, held - new))


def _without(book: Book, edit: Edit, situation: Situation) -> Book:
    if isinstance(edit, CancelUnits | TakeBack):
        return without_units(book, edit.line_id or "", edit.quantity, situation.today)
    assert isinstance(edit, CancelOrder)
    for line in book.lines:
        if line.quantity:
            book = change_line(book, line.line_id, lambda each: each)
            book = _line_without(book, line, situation)
    return book


def _line_without(book: Book, line: Line, situation: Situation) -> Book:
    return without_units(book, line.line_id, None, situation.today) if book.line(line.line_id).quantity else book


def gone_of(before: Line, after: Line) -> list[tuple[str, int, int]]:
    """Returns what was charged for the units that went, and their price without added tax, by the stage that they had
    reached."""
    found, at, here = [], before.quantity, before
    for stage, units in (
        ("ordered", before.quantity - before.shipped),
        ("shipped", before.shipped - before.delivered),
        ("delivered", before.delivered),
    ):
        at -= min(units, at - after.quantity)
        there = replace(after, quantity=at)
        charged = figures(here).total - figures(there).total
        found.append((stage, charged, priced(here).net - priced(there).net))
        here = there
    return found


def with_fees(book: Book, value: Counter[str], reason: str, room: int) -> Book:
    """Returns the book with each restocking fee as its part of all that was cancelled under its rule so far.

    It never takes more than would come back; what it could not take, it takes of a later cancellation.
    """
    fees = list(book.fees)
    for stage, (rule, percent) in RESTOCKING.items():
        was = next((fee for fee in fees if fee.rule == rule), Fee("restocking", 0, rule=rule))
        if reason in OUR_FAULT or not (value[stage] or was.basis):
            continue
        basis = was.basis + value[stage]
        more = min(room, half_up(basis * percent) - was.amount)
        fees = [fee for fee in fees if fee is not was]
        fees.append(replace(was, basis=basis, amount=was.amount + more))
        room -= more
    return replace(book, fees=tuple(fees))


def _left(line: Line) -> Line:
    """Returns the line with the shipped units that are left of it."""
    shipped = min(line.shipped, line.quantity)
    return replace(line, shipped=shipped, delivered=min(line.delivered, shipped))
