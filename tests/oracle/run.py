"""Holds a history between two changes, as the planner and as the oracle see it."""

from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import TypeVar

from shared.domain.order.order import ChangeKind, Order
from shared.domain.order.payment import Payment
from shared.domain.order.product import Catalogue, Product
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext
from tests.fakes.builders import noon
from tests.oracle.book import Book, Paid, Price
from tests.oracle.orders import FIRST_DAY
from tests.oracle.plans import sold_by
from tests.oracle.rules import POLICY
from tests.oracle.steps import Chooser


@dataclass
class Run:
    """The state of a history between two changes."""

    rng: Random
    chooser: Chooser
    order: Order
    book: Book
    prices: dict[str, int]
    plans: dict[str, tuple[Price, ...]]
    today: date = FIRST_DAY
    last: tuple[Book, Planned] | None = None
    last_day: date = FIRST_DAY

    def context(self, kind: ChangeKind, reason: str) -> PlanContext:
        currency = self.book.currency
        products = {sku: Product(sku=sku, list_price={currency: price}) for sku, price in self.prices.items()}
        products |= {sku: Product(sku=sku, charges=sold_by(plan, currency)) for sku, plan in self.plans.items()}
        return PlanContext(
            kind=kind, role="agent", policy=POLICY, reason_code=reason, now=noon(self.today),
            catalogue=Catalogue(products=products),
        )  # fmt: skip

    def book_payment(self, own: Paid, payment: Payment) -> None:
        """Books a payment on both sides: in the place of the one with its id, else as the last."""
        self.book = replace(self.book, payments=_with(self.book.payments, own))
        self.order = replace(self.order, payments=_with(self.order.payments, payment))


P = TypeVar("P", Paid, Payment)


def _with(payments: tuple[P, ...], one: P) -> tuple[P, ...]:
    found = [one if each.payment_id == one.payment_id else each for each in payments]
    if one not in found:
        found.append(one)
    return tuple(found)
