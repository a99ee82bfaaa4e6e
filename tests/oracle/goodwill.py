"""Gives goodwill: money back without goods, on a line, on shipping, or shared out over the order."""

from dataclasses import replace

from shared.domain.planning.edits import Credit
from tests.oracle.book import Book, Given, Line
from tests.oracle.exact import by_largest_remainder
from tests.oracle.lines import figures, whole_extent_of
from tests.oracle.shipping import cost_of


def credited(book: Book, edit: Credit) -> Book:
    """Returns the book after goodwill. What is for the order is shared out by what lines and shipping still cost."""
    weights = [figures(line).total for line in book.lines] + [cost_of(book.shipping).total]
    line_id, shipping_alone = edit.line_id, edit.shipping
    if line_id is not None:
        weights = [cost if line.line_id == line_id else 0 for line, cost in zip(book.lines, weights, strict=False)]
        weights.append(0)
    if shipping_alone:
        weights = [0 for _ in book.lines] + weights[-1:]
    *amounts, shipping = by_largest_remainder(edit.amount.amount, weights)
    lines = tuple(_given(line, amount) for line, amount in zip(book.lines, amounts, strict=True))
    return replace(book, lines=lines, shipping=replace(book.shipping, goodwill=book.shipping.goodwill + shipping))


def _given(line: Line, amount: int) -> Line:
    price = line.price
    given = Given(amount, whole_extent_of(line, price), price, whole=amount == figures(line).total)
    return replace(line, goodwill=(*line.goodwill, given)) if amount else line
