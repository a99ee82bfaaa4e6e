"""Compares what the planner plans with what the oracle says, figure by figure."""

from collections import Counter
from collections.abc import Iterable, Iterator

from shared.domain.order.line import Line
from shared.domain.order.order import Order
from shared.domain.planning.plan import ChangePlan
from tests.oracle.book import Book
from tests.oracle.book import Line as OwnLine
from tests.oracle.collecting import Collected
from tests.oracle.lines import figures
from tests.oracle.settling import Settled, sums
from tests.oracle.shipping import cost_of

Difference = tuple[str, object, object]
"""The figure in words, what the oracle says, and what the code says."""


def of_order(book: Book, order: Order) -> list[Difference]:
    """Returns the figures of an order that differ."""
    return list(_differing(_order(book, order)))


def of_plan(before: Book, after: Book, paid: Settled, plan: ChangePlan) -> list[Difference]:
    """Returns the figures of a plan that differ."""
    total = sums(after).total
    return list(
        _differing(
            [
                ("delta", total - sums(before).total, plan.delta),
                ("total after", total, plan.totals_after.total),
                ("refunds", paid.refunds, tuple((each.payment_id, each.amount) for each in plan.refunds)),
                (
                    "authorisations",
                    paid.reductions,
                    tuple((each.payment_id, each.before, each.after) for each in plan.authorisations),
                ),
                ("amount due", paid.due, plan.amount_due),
            ]
        )
    )


def of_collection(owed: Collected | None, plan: ChangePlan) -> list[Difference]:
    """Returns how far the plan collects otherwise what it adds to the debt."""
    own = (owed.mode, owed.amount) if owed else None
    collection = (plan.collection.mode, plan.collection.amount) if plan.collection else None
    return list(_differing([("collection", own, collection)]))


def _order(book: Book, order: Order) -> Iterator[Difference]:
    yield "number of lines", len(book.lines), len(order.lines)
    for own, line in zip(book.lines, order.lines, strict=False):
        yield from _line(own, line)
    shipping = cost_of(book.shipping)
    yield "shipping price", shipping.net, order.shipping.price
    yield "shipping tax", shipping.tax, order.shipping.tax
    yield (
        "fees",
        _fees((fee.code, fee.amount, fee.tax) for fee in book.fees),
        _fees((fee.code, fee.amount, fee.tax) for fee in order.fees),
    )
    own_sums, totals = sums(book), order.totals
    for name in ("items", "discount", "shipping", "tax", "fees", "total", "paid"):
        yield f"totals.{name}", getattr(own_sums, name), getattr(totals, name)
    yield "totals.balance_due", own_sums.balance, totals.balance_due
    for payment, paid in zip(book.payments, order.payments, strict=True):
        yield f"{payment.payment_id}: back", payment.back, paid.refunded + paid.refunding


def _line(own: OwnLine, line: Line) -> Iterator[Difference]:
    found, name = figures(own), f"line {line.line_id}"
    yield f"{name}: quantity", own.quantity, line.quantity
    yield f"{name}: dates", (own.start, own.end), (line.start_date, line.end_date)
    yield f"{name}: gross", found.gross, line.gross
    yield f"{name}: discount", found.discount, sum(each.amount for each in line.discounts)
    yield f"{name}: taxes", _named(found.taxes), _named((tax.name, tax.amount) for tax in line.taxes)
    yield f"{name}: total", found.total, line.total


def _named(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Sums amounts by name, without those that come to nothing."""
    found: Counter[str] = Counter()
    for name, amount in amounts:
        found[name] += amount
    return {name: amount for name, amount in sorted(found.items()) if amount}


def _fees(fees: Iterable[tuple[str, int, int]]) -> dict[str, int]:
    return _named(pair for code, amount, tax in fees for pair in ((code, amount), (f"tax on {code}", tax)))


def _differing(figures_: Iterable[Difference]) -> Iterator[Difference]:
    return (each for each in figures_ if each[1] != each[2])
