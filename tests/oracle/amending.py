"""Applies the edits of an amendment to the book: first how much there is and at which price, then what is agreed."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

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
from tests.oracle.groups import change_line, components, with_units, without_units
from tests.oracle.lines import (
    extent_of,
    grants_as_shown,
    gross_of,
    with_discounts_agreed,
    with_price_agreed,
    with_taxes_agreed,
)
from tests.oracle.rules import EXPONENTS, OUR_FAULT, rates
from tests.oracle.shipping import lapsed, priced_anew, retaxed, with_due_taxes, with_method
from tests.oracle.situation import Situation
from tests.oracle.taking_in import NO_DISCOUNTS, NO_TAXES
from tests.oracle.upgrades import on_the_day, replaced, used_retaxed


def amended(book: Book, edits: Sequence[Edit], situation: Situation) -> Book:
    """Returns the book after an amendment. The order of its edits makes no difference."""
    after = on_the_day(book, situation.today, lambda each: _changed(each, edits, situation))
    return with_shipping(book, after, edits, situation=situation)


def _changed(book: Book, edits: Sequence[Edit], situation: Situation) -> Book:
    first = _replace, _set_price, _set_dates, _set_quantity, _agree_product, _set_discount
    for stage in (*first, _move, _replace_plan, _add):
        for edit in edits:
            book = stage(book, edit, situation)
    return book


def with_shipping(
    before: Book, after: Book, edits: Sequence[Edit] = (), *, situation: Situation, returned: int = 0
) -> Book:
    """Returns the book with shipping priced when all else is known."""
    after = priced_anew(before, after, fault=situation.reason in OUR_FAULT, returned=returned)
    for edit in edits:
        after = with_method(after, edit) if isinstance(edit, SetShippingMethod) else after
    return with_due_taxes(lapsed(after))


def _replace(book: Book, edit: Edit, situation: Situation) -> Book:
    if not isinstance(edit, ReplaceSku) or edit.with_sku in situation.plans:
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


def _replace_plan(book: Book, edit: Edit, situation: Situation) -> Book:
    if not isinstance(edit, ReplaceSku) or edit.with_sku not in situation.plans:
        return book
    charges, today = situation.plans[edit.with_sku], situation.today
    return change_line(book, edit.line_id or "", lambda line: replaced(line, edit.with_sku, charges, today))


def _agree_product(book: Book, edit: Edit, situation: Situation) -> Book:
    if not isinstance(edit, ReplaceSku) or edit.with_sku in situation.plans:
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
    extent, value = extent_of(line, line.price), Fraction(edit.value)
    own = Grant(0, extent, value / 100)
    if edit.type == "amount":
        own = Grant(int(value * 10 ** EXPONENTS[currency]), extent)
    kept = [grant for grant in grants_as_shown(line) if grant.of_order]
    line = with_discounts_agreed(replace(line, sold=Sold(line.quantity, line.price, gross_of(line))), [own, *kept])
    return with_taxes_agreed(line, line.taxes.rates)


def _move(book: Book, edit: Edit, _: Situation) -> Book:
    if not isinstance(edit, SetShippingAddress):
        return book
    place = edit.address.jurisdiction
    if place == book.place:
        return book
    due = _due(book, place)
    lines = tuple(
        replace(with_taxes_agreed(line, due), used=used_retaxed(line, due)) if line.quantity else line
        for line in book.lines
    )
    return retaxed(replace(book, place=place, lines=lines), _due(book, place))


def _due(book: Book, place: str) -> tuple[Rate, ...]:
    return () if book.exempt else rates(place)


def _add(book: Book, edit: Edit, situation: Situation) -> Book:
    return with_added(book, edit, situation) if isinstance(edit, AddLine) else book


def with_added(book: Book, edit: AddLine, situation: Situation) -> Book:
    """Returns the book with a line more."""
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
    return Grant(0, extent_of(line, line.price), percent, of_order=True)


def added_id(book: Book) -> str:
    """Names a line that no intake named: the comparison pairs added lines by their place."""
    return f"added-{len(book.lines)}"
