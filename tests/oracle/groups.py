"""Moves the units of a line, and those of its components with it: the lines of a bundle keep their proportion."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import partial

from tests.oracle.book import Book, Line
from tests.oracle.exact import half_up
from tests.oracle.seats import has_ended, with_quantity


def change_line(book: Book, line_id: str, change: Callable[[Line], Line]) -> Book:
    """Returns the book with one line changed."""
    return replace(book, lines=tuple(change(line) if line.line_id == line_id else line for line in book.lines))


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
    if not line.quantity or has_ended(line, today):
        return line
    if line.start is None or line.end is None or line.start >= today:
        return replace(line, quantity=0)
    return replace(line, end=min(line.end, today), stopped=True)


def components(book: Book, line_id: str) -> list[Line]:
    """Returns all lines below a line."""
    below = [line for line in book.lines if line.parent == line_id]
    return below + [deeper for line in below for deeper in components(book, line.line_id)]
