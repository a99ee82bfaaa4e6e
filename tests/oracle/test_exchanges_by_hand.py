"""The oracle's exchanges, as a person worked them out by hand."""

from dataclasses import replace

from shared.domain.planning.edits import AddLine, TakeBack
from tests.fakes.builders import an_order
from tests.oracle.book import Book, Paid
from tests.oracle.cancelling import cancelled
from tests.oracle.collecting import Collected, collected
from tests.oracle.test_by_hand import NOW, taken

PRICES = replace(NOW, prices={"CHEAP": 700, "DEAR": 4000})


def two_units(*, delivered: int = 0) -> Book:
    """Two units at 10.00 with a tax of 20 %, paid: 24.00."""
    book = taken(an_order().with_line("A", 2, 1000))
    line = replace(book.lines[0], shipped=delivered, delivered=delivered)
    return replace(book, lines=(line,), payments=(Paid("p1", captured=2400),), has_shipped=bool(delivered))


def one_for(sku: str) -> list[TakeBack | AddLine]:
    return [TakeBack(line_id="l1", quantity=1), AddLine(sku=sku, quantity=1)]


def test_a_cheaper_unit_in_exchange_gives_the_difference_back() -> None:
    book = two_units()
    _, paid, _ = collected(book, cancelled(book, one_for("CHEAP"), PRICES))
    assert paid.refunds == (("p1", 1200 - 840),)


def test_a_dearer_unit_in_exchange_is_paid_by_the_difference() -> None:
    book = two_units()
    _, paid, owed = collected(book, cancelled(book, one_for("DEAR"), PRICES))
    assert (paid.due, owed) == (4800 - 1200, Collected("bill", 3600))


def test_a_delivered_unit_costs_its_restocking_whatever_comes_in_exchange() -> None:
    for sku, total in (("CHEAP", 1200 + 840), ("DEAR", 1200 + 4800)):
        book = two_units(delivered=2)
        after, paid, _ = collected(book, cancelled(book, one_for(sku), PRICES))
        assert [fee.amount for fee in after.fees] == [180]
        assert paid.due - sum(amount for _, amount in paid.refunds) == total + 180 - 2400
