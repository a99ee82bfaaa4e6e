"""Makes another product of a subscription. Of one that runs, what was used to yesterday stays: its price, its share of
each discount and of the tax charged. The rest of the term is the other product's, with what is left of fixed discounts.

On the day itself nothing of the other product is used. So whatever else happens on that day happens to what the line
was that morning, which then becomes the other product; and the way back to it is that line.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from tests.oracle.book import Book, Grant, Line, Morning, Price, Rate, Seats, Used
from tests.oracle.lines import (
    by_rates,
    discounts_of,
    grants_as_shown,
    gross_of,
    taxable_of,
    taxes_of,
    with_discounts_agreed,
    with_taxes_agreed,
)

Charges = tuple[Price, ...]


def on_the_day(book: Book, today: date, change: Callable[[Book], Book]) -> Book:
    """Returns the book changed; lines that became other products today are changed as what they were before."""
    lines = {line.line_id: line for line in book.lines if line.morning and line.morning.day == today}
    if not lines:
        return change(book)
    after = change(
        replace(book, lines=tuple(_as_it_was(line) if line.line_id in lines else line for line in book.lines))
    )
    again = [_again(line, lines[line.line_id], today) if line.line_id in lines else line for line in after.lines]
    return replace(after, lines=tuple(again))


def _as_it_was(line: Line) -> Line:
    assert line.morning is not None
    kept = {"goodwill": line.goodwill, "shipped": line.shipped, "delivered": line.delivered}
    return replace(line.morning.line, **kept)  # type: ignore[arg-type]


def _again(moved: Line, line: Line, today: date) -> Line:
    if moved.morning is not None or moved.turned_back:
        return replace(moved, turned_back=False)
    return became(moved, line.sku, line.charges, today)


def replaced(line: Line, sku: str, charges: Charges, today: date) -> Line:
    """Returns the line as another product; the product of this morning is the line of this morning."""
    if line.sku == sku and line.morning is None:
        return replace(line, turned_back=True)
    return became(line, sku, charges, today)


def became(line: Line, sku: str, charges: Charges, today: date) -> Line:
    """Returns the line as another product from today on, or all of it if it has not begun."""
    if not has_begun(line, today):
        return _agreed(replace(line, sku=sku, charges=charges), grants_as_shown(line))
    after = turned(line, sku, charges, today)
    return replace(after, morning=Morning(today, replace(line, morning=None)))


def turned(line: Line, sku: str, charges: Charges, today: date) -> Line:
    """Returns a line of which something may be used as another product for the rest of its term."""
    grants, used = grants_as_shown(line), []
    if line.joined < line.quantity or any(each.start < today for each in line.seats):
        yesterday = today - timedelta(days=1)
        before = replace(line, end=min(line.end or yesterday, yesterday))
        off = discounts_of(before, gross_of(before))
        taxes = tuple(zip((rate.name for rate in line.taxes.rates), taxes_of(before), strict=True))
        used = [Used(sku=line.sku, gross=gross_of(before), discount=sum(off), taxable=taxable_of(before), taxes=taxes)]
        grants = [_less(grant, amount) for grant, amount in zip(grants, off, strict=True)]
    last = max((each.number for each in line.seats if each.start < today), default=0)
    rest = (Seats(line.quantity, today, None, last + 1),)
    into = replace(line, sku=sku, charges=charges, seats=rest, used=(*line.used, *used))
    return _agreed(into, grants)


def _less(grant: Grant, amount: int) -> Grant:
    return grant if grant.percent is not None else replace(grant, amount=max(0, grant.amount - amount))


def _agreed(line: Line, grants: Sequence[Grant]) -> Line:
    return with_taxes_agreed(with_discounts_agreed(line, grants), line.taxes.rates)


def used_retaxed(line: Line, rates: Sequence[Rate]) -> tuple[Used, ...]:
    """Returns what former products used, taxed by other rates: so far as they come to, half-up."""
    found, net, before = [], 0, [0 for _ in rates]
    for each in line.used:
        net += each.taxable
        after = by_rates(rates, net, included=line.included)
        taxes = tuple((rate.name, b - a) for rate, a, b in zip(rates, before, after, strict=True))
        found.append(replace(each, taxes=taxes))
        before = after
    return tuple(found)


def taxed_as(line: Line, was: Line) -> Line:
    """Returns a line on the rates that it had before a move that is undone; what it had used then bears what it
    bore."""
    rates = was.taxes.rates
    bore = {replace(each, taxes=()): each for each in was.used}
    used = tuple(bore.get(replace(each, taxes=()), each) for each in used_retaxed(line, rates))
    return replace(with_taxes_agreed(line, rates), used=used)


def turned_back(line: Line, was: Line, today: date) -> Line:
    """Returns a line, its units counted as they will be, as the product again that it was before a change of an earlier
    day. What that costs once is paid with what was used of it."""
    paid = any(each.sku == was.sku for each in (*line.used, *was.used))
    charges = tuple(charge for charge in was.charges if charge.type != "one_time" or not paid)
    return turned(line, was.sku, charges, today)


def has_begun(line: Line, today: date) -> bool:
    """Tells if something of a subscription is used."""
    return bool(line.charges and line.quantity) and line.start is not None and line.start < today
