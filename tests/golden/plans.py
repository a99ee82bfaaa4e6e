"""Golden plans from seeds: families of orders, each changed in ways that suit it, and what came out.

`book_of` makes one anew; the files keep them. A new family is a new entry of FAMILIES and so a new file.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.golden import inner, orders
from tests.golden.edits import NEW, OPS, Lines, amendment, cancellation, exchange, goodwill
from tests.golden.files import Json, documents, json_of, typed

NOW = "2026-11-20T12:00:00+00:00"
LATER = "2026-12-15T12:00:00+00:00"
MUCH_LATER = "2027-02-10T08:00:00+00:00"
STAFF = ("agent", "agent", "manager")


@dataclass
class Book:
    """What one family's file holds: orders as rows with their keys, and plans."""

    family: str
    orders: dict[str, Json] = field(default_factory=dict)
    plans: dict[str, Json] = field(default_factory=dict)

    def keep(self, order: inner.Order, was: inner.Order | None = None) -> str:
        name = f"{self.family}-order-{len(self.orders) + 1:03}"
        self.orders[name] = {"rows": [json_of(row) for row in inner.rows_of(order, was)]}
        assert inner.order_of(self.orders[name]["rows"]) == order
        return name

    def ask(self, order: inner.Order, kept: str, edits: Any, golden: Json) -> tuple[str, inner.Planned]:
        name = f"{self.family}-{len(self.plans) + 1:03}"
        planned = inner.planned_of(order, edits, golden, POLICY)
        self.plans[name] = {"order": kept, **golden, "expected": inner.outcome(order, planned)}
        return name, planned


@dataclass
class Story:
    """One order and what is asked of it, change after change, as far as policy lets them through."""

    book: Book
    rng: Random
    order: inner.Order
    kept: str
    golden: Json
    done: list[tuple[str, inner.Planned]] = field(default_factory=list)

    @classmethod
    def begun(cls, book: Book, rng: Random, kind: Any, *, how: str | None = None, **beside: Any) -> "Story":
        currency = beside.pop("currency", None)
        draft = orders.draft(rng, f"{book.family}-{len(book.orders)}", kind, currency)
        draft = orders.Draft(draft.body, draft.beside | beside)
        unpaid = inner.placed(draft.body, "ord_1", "key", draft.beside)
        draft = orders.paid(rng, draft, unpaid.totals.total, how)
        number = len(book.orders) + 1
        order = inner.placed(draft.body, f"ord_{book.family}_{number}", f"key-of-{book.family}-{number}", draft.beside)
        return cls(book, rng, order, book.keep(order), {"now": NOW, "skus": _skus(rng, order)})

    @property
    def lines(self) -> Lines:
        """As edits need them."""
        return [
            {
                "line_id": line.line_id, "sku": line.sku, "quantity": line.quantity, "currency": self.order.currency,
                "unit_price": line.unit_price, "gross": line.gross, "bundle": line.bundle_id,
                "dated": line.end_date is not None,
            }
            for line in self.order.lines
        ]  # fmt: skip

    def asks(self, kind: str, request: Json, role: str = "agent", **more: Any) -> bool:
        """Plan it; whether nothing forbids it."""
        wanted = inner.asked(kind, self.order.order_id, request)
        golden = self.golden | {"kind": kind, "role": role, "request": request, "reason_code": wanted.reason_code}
        return self._planned(wanted.edits, golden | more)

    def undoes(self, step: int = -1, role: str = "agent", **more: Any) -> bool:
        """Plan the undoing of a committed change."""
        name, planned = self.done[step]
        golden = self.golden | {"kind": "amendment", "role": role, "undo_of": name, "reason_code": "customer_request"}
        return self._planned(inner.undoing(name, planned), golden | more)

    def _planned(self, edits: Any, golden: Json) -> bool:
        name, planned = self.book.ask(self.order, self.kept, edits, golden)
        self.last = name, planned, golden
        return not planned.plan.violations

    def commits(self) -> None:
        """What was planned last takes effect."""
        name, planned, golden = self.last
        was, self.order = self.order, inner.committed(self.order, planned, golden["now"], name)
        self.kept = self.book.keep(self.order, was if self.order.version == 2 else None)
        self.done.append((name, planned))

    def comes_far(self, **progress: Json) -> None:
        """Units of lines are shipped, or delivered."""
        self.order = inner.moved_on(self.order, progress)
        self.kept = self.book.keep(self.order)


def _skus(rng: Random, order: inner.Order) -> list[Json]:
    """Rows of the SKUs that edits may touch: products with prices, and stock that is tight or ample."""
    found: list[Json] = []
    for sku in (*dict.fromkeys(line.sku for line in order.lines), *NEW):
        row: Json = {"sku": sku, "bucket": "0"}
        if sku in NEW or rng.random() < 0.5:
            product: Json = {"title": sku.title(), "list_price": {order.currency: rng.randint(1, 4000)}}
            product |= {"unit_cost": {order.currency: rng.randint(0, 900)}} if rng.random() < 0.3 else {}
            product |= {"in_flight_enabled": False} if rng.random() < 0.03 else {}
            product |= {"quantity_modifiable": False} if rng.random() < 0.03 else {}
            row["product"] = json.dumps(product, separators=(",", ":"))
        allocated = sum(line.allocated for line in order.lines if line.sku == sku)
        if allocated or rng.random() < 0.5:
            spare, held = rng.choice((1, 800, 800)), rng.choice((0, 2))
            row |= {"on_hand": allocated + held + spare, "held": held, "allocated": allocated, "available": spare}
        found.append(typed(row))
    return found


# ----------------------------------------------------------------------------------------------------------- families


def _single(book: Book, rng: Random) -> None:
    """Each edit alone, on orders of each kind."""
    kinds = (orders.goods, orders.bundles, orders.subscriptions)
    for op in OPS:
        for number in range(6):
            kind = orders.subscriptions if op == "set_dates" else kinds[number % 3]
            story = Story.begun(book, rng, kind)
            role = "customer" if number == 5 else rng.choice(STAFF)
            story.asks("amendment", amendment(rng, story.lines, op), role)


def _several(book: Book, rng: Random) -> None:
    """Two to four edits together."""
    for number in range(30):
        story = Story.begun(book, rng, (orders.goods, orders.bundles, orders.subscriptions)[number % 3])
        ops = rng.sample(sorted(OPS), rng.randint(2, 4))
        more = {"held": {rng.choice(NEW): 3}} if number % 5 == 0 else {}
        story.asks("amendment", amendment(rng, story.lines, *ops), rng.choice((*STAFF, "customer")), **more)


def _cancelling(book: Book, rng: Random) -> None:
    """Cancellations of what has come far and what has not, and goodwill."""
    for number in range(48):
        story = Story.begun(book, rng, (orders.goods, orders.bundles)[number % 2], how="full" if number % 2 else None)
        stage = (None, "shipped", "delivered", "packed")[number % 4]
        if stage:
            story.comes_far(**_progress(rng, story.lines, stage))
        exception = {"shipped": "intercept", "delivered": "return"}.get(stage or "") if rng.random() < 0.8 else None
        more = {"now": rng.choice((NOW, LATER, MUCH_LATER)), "refunds_today": rng.choice((0, 0, 500))}
        story.asks("cancellation", cancellation(rng, story.lines, exception), rng.choice((*STAFF, "customer")), **more)
    for number in range(10):
        story = Story.begun(book, rng, orders.goods, how="full")
        if number % 2:
            story.comes_far(**_progress(rng, story.lines, "delivered"))
        story.asks("cancellation", goodwill(rng, story.lines), (*STAFF, "customer")[number % 4])


def _running(book: Book, rng: Random) -> None:
    """Subscriptions before they start and while they run, with assets and without."""
    for number in range(30):
        more = {"activated": NOW} if number % 2 else {}
        story = Story.begun(book, rng, (orders.subscriptions, orders.bundles)[number % 3 == 2], **more)
        now = {"now": (NOW, LATER, MUCH_LATER)[number % 3]}
        if number % 4 == 3:
            story.asks("cancellation", cancellation(rng, story.lines), rng.choice(STAFF), **now)
        else:
            ops = ["set_dates", *rng.sample(["set_quantity", "add_line", "cancel_line"], rng.randint(0, 1))]
            story.asks("amendment", amendment(rng, story.lines, *ops), rng.choice(STAFF), **now)


def _started(book: Book, rng: Random) -> None:
    """Amendments of orders of which units have been packed, shipped or delivered."""
    for number in range(20):
        story = Story.begun(book, rng, orders.goods)
        story.comes_far(**_progress(rng, story.lines, ("packed", "shipped", "delivered")[number % 3]))
        ops = [sorted(OPS)[number % len(OPS)], "cancel_line"][: 1 + number // 10]
        story.asks("amendment", amendment(rng, story.lines, *ops), rng.choice(STAFF))


def _undone(book: Book, rng: Random) -> None:
    """Changes committed one after another, and undone: at once, after another change, after goods moved on."""
    for number in range(26):
        story = Story.begun(book, rng, (orders.goods, orders.subscriptions, orders.bundles)[number % 3], how="full")
        while not _asked_anything(story, number):
            pass
        story.commits()
        follow = number % 5
        if follow == 1:
            while not _asked_anything(story, number + 1):
                pass
            story.commits()
            story.undoes(0)
        if follow == 2:
            story.comes_far(**_progress(rng, [line for line in story.lines if line["quantity"]], "packed"))
        if follow == 3 and story.undoes():
            story.commits()
        story.undoes(role="customer" if number % 7 == 0 else "agent")


def _exchanging(book: Book, rng: Random) -> None:
    """Units exchanged before they leave, on their way, and after they arrived; and undone."""
    for number in range(16):
        story = Story.begun(book, rng, (orders.goods, orders.goods, orders.bundles)[number % 3], how="full")
        if stage := (None, "shipped", "delivered", "delivered")[number % 4]:
            story.comes_far(**_progress(rng, story.lines, stage))
        if story.asks("exchange", exchange(rng, story.lines), rng.choice((*STAFF, "customer"))) and number % 2:
            story.commits()
            story.undoes()


def _asked_anything(story: Story, number: int) -> bool:
    rng = story.rng
    if number % 6 == 5:
        return story.asks("cancellation", cancellation(rng, story.lines), "agent")
    ops = rng.sample([op for op in OPS if op != "fit_to_stock"], rng.randint(1, 2))
    return story.asks("amendment", amendment(rng, story.lines, *ops), "agent")


def _currencies(book: Book, rng: Random) -> None:
    """Currencies without decimals and with three, paid in several ways."""
    for number, currency in enumerate(("JPY", "KWD") * 12):
        how = ("full", "two", "authorised", "both", "part", "none")[number // 2 % 6]
        story = Story.begun(
            book, rng, (orders.goods, orders.subscriptions)[number // 2 % 2], how=how, currency=currency
        )
        if number % 3 == 2:
            story.asks("cancellation", cancellation(rng, story.lines), rng.choice(STAFF))
        else:
            ops = rng.sample(["set_quantity", "set_unit_price", "set_discount", "cancel_line", "add_line"], 2)
            story.asks("amendment", amendment(rng, story.lines, *ops), rng.choice(STAFF))


def _progress(rng: Random, lines: Lines, stage: str) -> Json:
    """Some units of the first line, and perhaps of others, have come to this stage."""
    stages = ("picked", "packed", "shipped", "delivered")
    reached = stages[: stages.index(stage) + 1]
    found: Json = {}
    for number, line in enumerate(lines):
        units = rng.randint(1, max(1, line["quantity"]))
        if line["quantity"] and (number == 0 or rng.random() < 0.4):
            found[line["line_id"]] = dict.fromkeys(reached, units)
            if stage == "delivered":
                found[line["line_id"]]["delivered_on"] = "2026-11-19"
    return found


POLICY = inner.policy_of(documents())

FAMILIES: dict[str, Callable[[Book, Random], None]] = {
    "single": _single,
    "several": _several,
    "cancelling": _cancelling,
    "running": _running,
    "started": _started,
    "undone": _undone,
    "currencies": _currencies,
    "exchanging": _exchanging,
}


def book_of(family: str) -> Book:
    """A family made anew, from the seed of its own name."""
    book = Book(family)
    FAMILIES[family](book, Random(f"golden {family}"))
    asked = dict.fromkeys(plan["order"] for plan in book.plans.values())
    book.orders = {name: book.orders[name] for name in asked}
    return book
