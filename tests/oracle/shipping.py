"""Works out what shipping costs, and when it and the order's own fees lapse."""

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.planning.edits import SetShippingMethod
from tests.oracle.book import NOTHING, Book, Figures, Rate, Shipping, Taxes
from tests.oracle.lines import by_rates, less, priced
from tests.oracle.rules import method_price, rates, recalculates
from tests.oracle.taking_in import goods_of


def tax_of(shipping: Shipping) -> int:
    """Returns the tax on shipping: as agreed at its agreed price, by its rates at another."""
    agreed = shipping.taxes
    if shipping.price == agreed.price:
        return sum(agreed.amounts)
    return sum(by_rates(agreed.rates, shipping.price, included=shipping.included))


def cost_of(shipping: Shipping) -> Figures:
    """Returns what shipping costs: price and taxes, after goodwill."""
    found = Figures(shipping.price, 0, (("tax", tax_of(shipping)),), shipping.included)
    return less(found, min(shipping.goodwill, found.total))


def retaxed(book: Book, rates: Sequence[Rate]) -> Book:
    """Returns the book with shipping taxed by other rates."""
    due = by_rates(rates, book.shipping.price, included=book.shipping.included)
    taxes = Taxes(book.shipping.price, NOTHING, book.shipping.price, tuple(rates), tuple(due))
    return replace(book, shipping=replace(book.shipping, taxes=taxes))


def with_method(book: Book, edit: SetShippingMethod) -> Book:
    """Returns the book with another way of shipping: at the price given, else at policy's for the goods as they are."""
    goods = goods_of(book) + max(0, book.shipping.spared)
    price = method_price(edit.method, book.currency, goods) if edit.price is None else edit.price.amount
    return replace(book, shipping=replace(book.shipping, method=edit.method, price=price))


def priced_anew(before: Book, after: Book, *, fault: bool = False, returned: int = 0) -> Book:
    """Returns the book with shipping at policy's price, where its method follows the goods and they changed.

    Goods that went by the merchant's fault, or that had been delivered (`returned`, their price), count as if they were
    still there. Neither they nor goods that come make shipping dearer.
    """
    lost = goods_of(before) - goods_of(after)
    spared = after.shipping.spared + (lost if fault else returned)
    shipping = replace(after.shipping, spared=spared)
    if recalculates(shipping.method) and _goods(before) != _goods(after):
        price = method_price(shipping.method or "", after.currency, goods_of(after) + max(0, spared))
        dearest = shipping.price if fault or lost <= returned else price
        shipping = replace(shipping, price=min(price, dearest))
    return replace(after, shipping=shipping)


def _goods(book: Book) -> list[tuple[str, int, int]]:
    return [(line.sku, line.quantity, priced(line).net) for line in book.lines]


def with_due_taxes(book: Book) -> Book:
    """Returns the book with policy's taxes on shipping that was free, has no rates, and is paid now."""
    shipping = book.shipping
    known = shipping.taxes.rates or shipping.taxes.price
    return book if known or not shipping.price or book.exempt else retaxed(book, rates(book.place))


def lapsed(book: Book) -> Book:
    """Returns the book without shipping and own fees, where nothing is left and nothing has shipped."""
    if book.has_shipped or any(line.quantity for line in book.lines):
        return book
    fees = tuple(fee for fee in book.fees if fee.rule)
    return replace(book, fees=fees, shipping=replace(book.shipping, price=0))
