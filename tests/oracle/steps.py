"""Random changes of an order, chosen by looking at the book alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from shared.domain import money
from shared.domain.planning.edits import (
    AddLine,
    CancelLine,
    CancelOrder,
    CancelUnits,
    Credit,
    Edit,
    Money,
    ReplaceSku,
    SetDates,
    SetDiscount,
    SetQuantity,
    SetShippingAddress,
    SetShippingMethod,
    Settle,
    SetUnitPrice,
)
from shared.domain.policy.subjects import CancelException
from tests.oracle.book import Book, Line
from tests.oracle.lines import figures
from tests.oracle.orders import FIRST_DAY, PERCENTS
from tests.oracle.plans import PLANS
from tests.oracle.rules import METHODS, OUR_FAULT, RATES, address
from tests.oracle.seats import has_ended
from tests.oracle.settling import sums
from tests.oracle.shipping import cost_of

OTHERS = ("NEW-0", "NEW-1", "NEW-2")


@dataclass
class Chooser:
    """Chooses the next change of an order."""

    rng: Random
    today: date = FIRST_DAY

    def amendment(self, book: Book) -> tuple[Edit, ...]:
        """One edit, or two that touch different lines or the order."""
        found: list[Edit] = []
        if not any(line.quantity for line in book.lines):
            return ()
        for _ in range(self.rng.choice((1, 1, 2))):
            edit = self.rng.choice(AMENDING)(self, book)
            if edit is not None and self.fits(edit, found, book):
                found.append(edit)
        return tuple(found)

    def fits(self, edit: Edit, found: list[Edit], book: Book) -> bool:
        """Edits of one kind are for different things; groups are edited alone."""
        if not found:
            return True
        line_id = getattr(edit, "line_id", None)
        if line_id and any(getattr(each, "line_id", None) and _related(book, line_id, each) for each in found):
            return False
        return all(type(each) is not type(edit) or line_id for each in found)

    def cancellation(self, book: Book) -> tuple[Edit, ...]:
        """All of the order, or some units of one line or two."""
        if self.rng.random() < (0.5 if book.has_shipped else 0.2):
            return self.goodwill(book)
        if self.rng.random() < 0.25:
            return (CancelOrder(exception=self.exception(book.lines)),)
        lines = [line for line in book.lines if line.quantity and not line.parent]
        count = min(len(lines), self.rng.choice((1, 1, 2)))
        return tuple(self.cancel(book, line) for line in self.rng.sample(lines, count))

    def goodwill(self, book: Book) -> tuple[Edit, ...]:
        """Goodwill on the order, on a line, or on shipping: up to what that still costs."""
        kind, line = self.rng.choice(("order", "line", "shipping")), self.line(book)
        shipping = cost_of(book.shipping).total
        most = shipping if kind == "shipping" else shipping + sum(figures(each).total for each in book.lines)
        if kind == "line":
            most = figures(line).total if line else 0
        if most <= 0:
            return ()
        amount = Money(amount=self.rng.choice((most, self.rng.randint(1, most))), currency=book.currency)
        on_line = line.line_id if line and kind == "line" else None
        on: dict[str, Any] = {"line_id": on_line, "shipping": kind == "shipping" or None}
        return (Credit(amount=amount, **on),)

    def settlement(self, book: Book) -> tuple[Edit, ...]:
        """All that is overpaid or a part of it, on the payment that is named or on the last ones."""
        most, named = -sums(book).balance, None
        holding = [each for each in book.payments if each.held > 0]
        if holding and self.rng.random() < 0.3:
            named = self.rng.choice(holding)
            most = min(most, named.held)
        amount = None
        if named is not None or self.rng.random() < 0.4:
            amount = Money(amount=self.rng.choice((most, self.rng.randint(1, most))), currency=book.currency)
        return (Settle(amount=amount, payment_id=named.payment_id if named else None),)

    def cancel(self, book: Book, line: Line) -> CancelUnits:
        whole = bool(line.charges) or self.rng.random() < 0.4
        units = None if whole else self.rng.randint(1, line.quantity)
        return CancelUnits(line_id=line.line_id, quantity=units, exception=self.exception([line]))

    def exception(self, lines: Sequence[Line]) -> CancelException | None:
        if any(line.delivered for line in lines):
            return "return"
        return "intercept" if any(line.shipped for line in lines) else None

    def reason(self) -> str:
        return self.rng.choice(("customer_request", "customer_request", *OUR_FAULT))

    def line(self, book: Book, fits: Callable[[Line], bool] = lambda _: True) -> Line | None:
        found = [line for line in book.lines if line.quantity and fits(line)]
        return self.rng.choice(found) if found else None

    def price(self, book: Book) -> Money:
        amount = self.rng.choice((0, 2, self.rng.randint(1, 2_000), self.rng.randint(1, 10**6)))
        return Money(amount=amount, currency=book.currency)


def _related(book: Book, line_id: str, edit: Edit) -> bool:
    """Tells if an edit touches the group of a line."""
    return _head(book, line_id) == _head(book, getattr(edit, "line_id", ""))


def _head(book: Book, line_id: str) -> str:
    line = book.line(line_id)
    return _head(book, line.parent) if line.parent else line_id


def group(book: Book, line: Line) -> list[Line]:
    """Returns the lines of the bundle that a line belongs to, or the line alone."""
    head = _head(book, line.line_id)
    return [each for each in book.lines if _head(book, each.line_id) == head]


def _is_goods(line: Line) -> bool:
    return not line.charges


def _set_quantity(self: Chooser, book: Book) -> Edit | None:
    line = self.line(book)
    return SetQuantity(line_id=line.line_id, quantity=self.rng.randint(1, 12)) if line else None


def _set_unit_price(self: Chooser, book: Book) -> Edit | None:
    line = self.line(book, _is_goods)
    return SetUnitPrice(line_id=line.line_id, unit_price=self.price(book)) if line else None


def _price_back(self: Chooser, book: Book) -> Edit | None:
    line = self.line(book, lambda line: _is_goods(line) and line.price != line.sold.price)
    if line is None:
        return None
    return SetUnitPrice(line_id=line.line_id, unit_price=Money(amount=line.sold.price, currency=book.currency))


def _set_discount(self: Chooser, book: Book) -> Edit | None:
    line = self.line(book)
    if line is None:
        return None
    if self.rng.random() < 0.5:
        return SetDiscount(line_id=line.line_id, type="percent", value=self.rng.choice(PERCENTS))
    amount = self.rng.randint(1, 1 + line.sold.gross // 2)
    return SetDiscount(line_id=line.line_id, type="amount", value=money.text(amount, book.currency))


def _set_dates(self: Chooser, book: Book) -> Edit | None:
    line = self.line(book, lambda line: bool(line.end) and not line.stopped)
    if line is None or line.start is None or line.end is None:
        return None
    days = (-90, -31, -1, 1, 30, 180)
    end = line.end + timedelta(days=self.rng.choice(days))
    start = line.start + timedelta(days=self.rng.choice((-10, 1, 17))) if self.rng.random() < 0.3 else None
    return SetDates(line_id=line.line_id, start_date=start, end_date=end)


def _cancel_line(self: Chooser, book: Book) -> Edit | None:
    line = self.line(book)
    if line is None:
        return None
    whole = bool(line.charges) or self.rng.random() < 0.5
    units = None if whole else self.rng.randint(1, line.quantity)
    return CancelLine(line_id=line.line_id, quantity=units)


def _add_line(self: Chooser, book: Book) -> Edit | None:
    if len({line.included for line in book.lines}) > 1:
        return None
    price = self.price(book) if self.rng.random() < 0.5 else None
    return AddLine(sku=self.rng.choice(OTHERS), quantity=self.rng.randint(1, 5), unit_price=price)


def _replace_sku(self: Chooser, book: Book) -> Edit | None:
    line = self.line(book, _is_goods)
    others = [sku for sku in OTHERS if line and sku != line.sku]
    return ReplaceSku(line_id=line.line_id, with_sku=self.rng.choice(others)) if line else None


def _upgrade(self: Chooser, book: Book) -> Edit | None:
    line = self.line(book, lambda line: bool(line.charges) and not has_ended(line, self.today))
    others = [sku for sku in PLANS if line and sku != line.sku]
    return ReplaceSku(line_id=line.line_id, with_sku=self.rng.choice(others)) if line else None


def _move(self: Chooser, book: Book) -> Edit | None:
    return SetShippingAddress(address=address(self.rng.choice(list(RATES))))


def _set_shipping(self: Chooser, book: Book) -> Edit | None:
    price = self.price(book) if self.rng.random() < 0.4 else None
    return SetShippingMethod(method=self.rng.choice(list(METHODS)), price=price)


AMENDING: tuple[Callable[[Chooser, Book], Edit | None], ...] = (
    _set_quantity,
    _set_quantity,
    _set_unit_price,
    _price_back,
    _set_discount,
    _set_dates,
    _cancel_line,
    _add_line,
    _replace_sku,
    _upgrade,
    _upgrade,
    _move,
    _set_shipping,
)


def later(rng: Random, today: date) -> date:
    """Returns the day of the next change."""
    return today + timedelta(days=rng.choice((0, 0, 1, 16, 45, 100)))
