"""Asks for an approval of a price that leaves its bounds around the list price, or around that of the sale."""

from collections.abc import Callable

from shared.domain import money
from shared.domain.order.order import display
from shared.domain.policy.documents.prices import PriceBounds
from shared.domain.policy.evaluation import Judge


def check_price(judge: Judge, sku: str, price: int, reference: int | None) -> None:
    """Asks for an approval of a unit price (minor units) that is far from its reference, or has none; it is never
    refused. The reference is the list price, or the price that the line was sold at: nothing that an edit can move."""
    _check(judge, sku, price, reference, lambda: judge.price_bounds(sku))


def check_shipping_price(judge: Judge, method: str | None, price: int, reference: int) -> None:
    """Asks for an approval of a price of shipping (minor units) that is far from its reference: policy's price of the
    method, or that which the order came in with."""
    named = f"{method} shipping" if method else "shipping"
    _check(judge, named, price, reference, lambda: judge.policy.shipping.bounds_of(judge.subject))


def _check(judge: Judge, named: str, price: int, reference: int | None, find: Callable[[], PriceBounds | None]) -> None:
    if reference is None:
        _check_unlisted(judge, named)
        return
    bounds = find()
    limit = _passed(bounds, price, reference, judge.order.currency) if bounds else None
    if bounds and limit:
        words = f"The price of {named}, {display(price, judge.order.currency)}, is {limit}."
        judge.rule("price", bounds.id, "approve", words)
        judge.ask(words, bounds.id)


def _check_unlisted(judge: Judge, named: str) -> None:
    if judge.policy.prices.unlisted == "approve":
        words = f"The price of {named} was entered by hand and has no list price to compare with."
        judge.rule("price", "unlisted", "approve", words)
        judge.ask(words, "unlisted")


def _passed(bounds: PriceBounds, price: int, reference: int, currency: str) -> str | None:
    """Returns the bound that the price passes, in words; None if it passes none."""
    floor = money.percent_of(reference, bounds.floor_percent)
    ceiling = money.percent_of(reference, bounds.ceiling_percent)
    if price > ceiling:
        return f"over its ceiling of {display(ceiling, currency)}"
    return f"below its floor of {display(floor, currency)}" if price < floor else None
