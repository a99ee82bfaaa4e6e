"""Random exchanges: units of a line or two go, and others come."""

from shared.domain.planning.edits import AddLine, Edit, TakeBack
from tests.oracle.book import Book, Line
from tests.oracle.steps import OTHERS, Chooser


def an_exchange(chooser: Chooser, book: Book) -> tuple[Edit, ...]:
    """Returns edits that take some units of a line back, or all of them, and add others."""
    line = chooser.line(book, lambda line: not line.parent)
    if line is None or len({each.included for each in book.lines}) > 1:
        return ()
    return _back(chooser, book, line), *_added(chooser, book, line)


def _back(chooser: Chooser, book: Book, line: Line) -> TakeBack:
    cancel = chooser.cancel(book, line)
    return TakeBack(line_id=line.line_id, quantity=cancel.quantity)


def _added(chooser: Chooser, book: Book, line: Line) -> list[AddLine]:
    """One product or two that the order does not have."""
    known = {each.sku for each in book.lines}
    others = [sku for sku in OTHERS if sku not in known]
    count = min(len(others), chooser.rng.choice((1, 1, 2)))
    return [AddLine(sku=sku, quantity=chooser.rng.randint(1, 4)) for sku in chooser.rng.sample(others, count)]
