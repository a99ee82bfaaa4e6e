"""Applies the edits of an amendment to the book: first how much there is and at which price, then what is agreed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import partial

from shared.domain.planning.edits import (
    AddLine,
    CancelLine,
    Edit,
    ReplaceSku,
    SetDates,
    SetDiscount,
    SetQuantity,
    SetShippingAddress,
    SetShippingMethod,
    SetUnitPrice,
)
from tests.oracle.book import Book, Grant, Line, Rate, Sold
from tests.oracle.exact import half_up
from tests.oracle.lines import extent_of, grants_as_shown, with_discounts_agreed, with_price_agreed, with_taxes_agreed
from tests.oracle.rules import EXPONENTS, OUR_FAULT, rates
from tests.oracle.seats import has_ended, with_quantity
from tests.oracle.shipping import lapsed, priced_anew, retaxed, with_due_taxes, with_method
from tests.oracle.taking_in import NO_DISCOUNTS, NO_TAXES


@dataclass(frozen=True)
class Situation:
    """What a change is judged by: its day, its reason, and the list prices of products."""

    today: date
    reason: str = "customer_request"
    prices: dict[str, int] = field(default_factory=dict)


def amended(book: Book, edits: Sequence[Edit], situation: Situation) -> Book:
    """Returns the book after an amendment. The order of its edits makes no difference."""
    after = book
    for stage in (_replace, _set_price, _set_dates, _set_quantity, _agree_product, _set_discount, _move, _add):
        for edit in edits:
            after = stage(after, edit, situation)
    return with_shipping(book, after, edits, situation=situation)


def with_shipping(
    before: Book, after: Book, edits: Sequence[Edit] = (), *, situation: Situation, returned: int = 0
) -> Book:
    """Returns the book with shipping priced when all else is known."""
    after = priced_anew(before, after, fault=situation.reason in OUR_FAULT, returned=returned)
    for edit in edits:
        after = with_method(after, edit) if isinstance(edit, SetShippingMethod) else after
    return with_due_taxes(lapsed(after))


def change_line(book: Book, line_id: str, change: Callable[[Line], Line]) -> Book:
    """Returns the book with one line changed."""
    return replace(book, lines=tuple(change(line) if line.line_id == line_id else line for line in book.lines))


def _replace(book: Book, edit: Edit, situation: Situation) -> Book:
    if not isinstance(edit, ReplaceSku):
        return book
    price = situation.prices[edit.with_sku]
    return change_line(book, edit.line_id or "", lambda line: replace(line, sku=edit.with_sku, price=price))


def _set_price(book: Book, edit: Edit, _: Situation) -> Book:
    if not isinstance(edit, SetUnitPrice):
        return book
    return change_line(book, edit.line_id, lambda line: replace(line, price=edit.unit_price.amount))


def _set_dates(book: Book, edit: Edit, _: Situation) -> Book:
    if not isinstance(edit, SetDates):
        return book
    below = {line.line_id for line in components(book, edit.line_id) if not line.stopped}
    for line_id in (edit.line_id, *below):
        book = change_line(book, line_id, lambda line: _dated(line, edit) if line.end else line)
    return book


def _dated(line: Line, edit: SetDates) -> Line:
    return replace(line, start=edit.start_date or line.start, end=edit.end_date or line.end)


def _set_quantity(book: Book, edit: Edit, situation: Situation) -> Book:
    if isinstance(edit, SetQuantity):
        return with_units(book, edit.line_id, edit.quantity, situation.today)
    if not isinstance(edit, CancelLine):
        return book
    line = book.line(edit.line_id or "")
    stay = line.shipped if edit.quantity is None else line.quantity - edit.quantity
    return without_units(book, line.line_id, line.quantity - stay, situation.today)


def with_units(book: Book, line_id: str, units: int, today: date) -> Book:
    """Returns the book with so many units of a line, and its components in proportion."""
    line = book.line(line_id)
    book = change_line(book, line_id, lambda line: with_quantity(line, units, today))
    if line.parent and units:
        own = Fraction(units, book.line(line.parent).quantity or 1)
        book = change_line(book, line_id, lambda line: replace(line, proportion=own))
    return with_components(book, line_id, today)


def with_components(book: Book, line_id: str, today: date) -> Book:
    """Returns the book with the components of a line in proportion to it, half-up, and theirs in turn.

    A subscription that has ended is used up, and stays.
    """
    units = book.line(line_id).quantity
    for child in [line for line in book.lines if line.parent == line_id and not has_ended(line, today)]:
        wanted = half_up(units * (child.proportion or Fraction(0)))
        book = change_line(book, child.line_id, partial(with_quantity, units=wanted, today=today))
        book = with_components(book, child.line_id, today)
    return book


def without_units(book: Book, line_id: str, units: int | None, today: date) -> Book:
    """Returns the book without some units of a line, or without all; of a running subscription, with its end today."""
    line = book.line(line_id)
    left = 0 if units is None else line.quantity - units
    return with_units(book, line_id, left, today) if left else _ended(book, line_id, today)


def _ended(book: Book, line_id: str, today: date) -> Book:
    """Returns the book with a line and all below it at their end; a component that ended alone stays so."""
    book = change_line(book, line_id, lambda line: replace(line, proportion=Fraction(0)))
    for line in (book.line(line_id), *components(book, line_id)):
        book = change_line(book, line.line_id, lambda line: stopped(line, today))
    return book


def stopped(line: Line, today: date) -> Line:
    """Returns a line of which nothing more is wanted: what has begun keeps the days that were used, until today."""
    if not line.quantity:
        return line
    if line.start is None or line.end is None or line.start >= today:
        return replace(line, quantity=0)
    return replace(line, end=min(line.end, today), stopped=True)


def components(book: Book, line_id: str) -> list[Line]:
    """Returns all lines below a line."""
    below = [line for line in book.lines if line.parent == line_id]
    return below + [deeper for line in below for deeper in components(book, line.line_id)]


def _agree_product(book: Book, edit: Edit, _: Situation) -> Book:
    if not isinstance(edit, ReplaceSku):
        return book
    return change_line(book, edit.line_id or "", _with_product_agreed)


def _with_product_agreed(line: Line) -> Line:
    grants = grants_as_shown(line)
    line = with_price_agreed(line)
    line = with_discounts_agreed(line, grants)
    return with_taxes_agreed(line, line.taxes.rates)


def _set_discount(book: Book, edit: Edit, _: Situation) -> Book:
    if not isinstance(edit, SetDiscount):
        return book
    return change_line(book, edit.line_id, lambda line: _discounted(line, edit, book.currency))


def _discounted(line: Line, edit: SetDiscount, currency: str) -> Line:
    extent, value = extent_of(line), Fraction(edit.value)
    own = Grant(0, extent, value / 100)
    if edit.type == "amount":
        own = Grant(int(value * 10 ** EXPONENTS[currency]), extent)
    kept = [grant for grant in grants_as_shown(line) if grant.of_order]
    line = with_discounts_agreed(line, [own, *kept])
    return with_taxes_agreed(line, line.taxes.rates)


def _move(book: Book, edit: Edit, _: Situation) -> Book:
    if not isinstance(edit, SetShippingAddress):
        return book
    place = edit.address.jurisdiction
    if place == book.place:
        return book
    lines = tuple(with_taxes_agreed(line, _due(book, place)) if line.quantity else line for line in book.lines)
    return retaxed(replace(book, place=place, lines=lines), _due(book, place))


def _due(book: Book, place: str) -> tuple[Rate, ...]:
    return () if book.exempt else rates(place)


def _add(book: Book, edit: Edit, situation: Situation) -> Book:
    if not isinstance(edit, AddLine):
        return book
    price = situation.prices[edit.sku] if edit.unit_price is None else edit.unit_price.amount
    line = Line(
        line_id=added_id(book),
        sku=edit.sku,
        quantity=edit.quantity,
        price=price,
        sold=Sold(edit.quantity, price, price * edit.quantity),
        discounts=NO_DISCOUNTS,
        taxes=NO_TAXES,
        included=any(line.included for line in book.lines),
        parent=edit.parent_line_id,
    )
    line = with_discounts_agreed(line, [_shared(line, percent) for percent in book.percentages])
    return replace(book, lines=(*book.lines, with_taxes_agreed(line, _due(book, book.place))))


def _shared(line: Line, percent: Fraction) -> Grant:
    return Grant(0, extent_of(line), percent, of_order=True)


def added_id(book: Book) -> str:
    """Names a line that no intake named: the comparison pairs added lines by their place."""
    return f"added-{len(book.lines)}"


__all__ = ["Situation", "amended", "change_line", "stopped", "with_shipping", "without_units"]
