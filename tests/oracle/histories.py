"""Runs a random history of an order through the planner and through the oracle, and says where the two differ."""

from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from shared.domain.intake.to_order import accept
from shared.domain.order.line import Progress
from shared.domain.order.order import ChangeKind, Order
from shared.domain.order.payment import Payment, PaymentStatus
from shared.domain.order.product import Catalogue, Product
from shared.domain.planning.edits import Edit
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from tests.fakes.builders import noon
from tests.oracle import compare
from tests.oracle.amending import amended
from tests.oracle.book import Book, Paid
from tests.oracle.cancelling import cancelled
from tests.oracle.features import TODAY, Features
from tests.oracle.orders import FIRST_DAY, an_order
from tests.oracle.rules import POLICY
from tests.oracle.seats import put_back
from tests.oracle.settling import settled, sums
from tests.oracle.situation import Situation
from tests.oracle.steps import OTHERS, Chooser, later

STEPS = 6
ATTEMPTS = 12


@dataclass(frozen=True)
class Step:
    """One change that was planned: what was asked, and where the two differ about it."""

    asked: str
    edits: tuple[Edit, ...]
    day: date
    order: Order
    differences: list[compare.Difference]


@dataclass
class History:
    """Tells one seed's history; it ends at the first step that differs."""

    seed: int
    steps: list[Step] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def differences(self) -> list[compare.Difference]:
        return self.steps[-1].differences if self.steps else []


@dataclass
class Run:
    """The state of a history between two changes, as the planner and as the oracle see it."""

    rng: Random
    chooser: Chooser
    order: Order
    book: Book
    prices: dict[str, int]
    today: date = FIRST_DAY
    last: tuple[Book, Planned] | None = None
    last_day: date = FIRST_DAY

    def context(self, kind: ChangeKind, reason: str) -> PlanContext:
        products = {sku: Product(sku=sku, list_price={self.book.currency: price}) for sku, price in self.prices.items()}
        return PlanContext(
            kind=kind, role="agent", policy=POLICY, reason_code=reason, now=noon(self.today),
            catalogue=Catalogue(products=products),
        )  # fmt: skip


def history(seed: int, on: Features = TODAY) -> History:
    """Returns the history of a seed: the same seed gives the same history."""
    run, found = started(seed, on), History(seed)
    found.steps.append(Step("intake", (), FIRST_DAY, run.order, compare.of_order(run.book, run.order)))
    for _ in range(ATTEMPTS):
        if found.differences or len(found.steps) > STEPS:
            break
        take_step(run, found)
    return found


def started(seed: int, on: Features) -> Run:
    """Returns the run of a seed with its order taken in, on both sides."""
    rng = Random(seed)
    drawn = an_order(rng, on)
    prices = {sku: rng.choice((0, rng.randint(1, 20), rng.randint(1, 50_000))) for sku in OTHERS}
    return Run(rng, Chooser(rng, on), accept(drawn.new, "ord_1", "key"), drawn.book(), prices)


def take_step(run: Run, found: History) -> None:
    """Plans one change both ways, and what happens until the next."""
    asked = run.rng.choices(("amendment", "cancellation", "undo"), (7, 3, 1))[0]
    edits, reason = chosen(run, asked), run.chooser.reason()
    if not edits:
        return
    planned = plan(run.order, edits, run.context("cancellation" if asked == "cancellation" else "amendment", reason))
    if planned.plan.violations:
        found.refused.append(planned.plan.violations[0].code)
        return
    before, after = run.book, expected(run, asked, edits, reason)
    paid = settled(sums(before).total, sums(after).total, before.payments)
    after = with_ids_of(replace(after, payments=paid.payments), planned.after)
    differences = compare.of_order(after, planned.after) + compare.of_plan(before, after, paid, planned.plan)
    found.steps.append(Step(f"{asked} ({reason})", edits, run.today, planned.after, differences))
    run.last, run.last_day = None if asked == "undo" else (before, planned), run.today
    run.order, run.book = planned.after, after
    meanwhile(run)


def chosen(run: Run, asked: str) -> tuple[Edit, ...]:
    """Returns the edits of a change."""
    if asked == "amendment":
        return run.chooser.amendment(run.book)
    if asked == "cancellation":
        return run.chooser.cancellation(run.book)
    if run.last is None or run.book.has_shipped or not undoable(run):
        return ()
    return (restoration("chg_1", run.last[1].plan),)


def undoable(run: Run) -> bool:
    """Tells if the oracle knows what an undo of the last change comes to."""
    assert run.last is not None
    pairs = zip(run.last[0].lines, run.book.lines, strict=False)
    changed = [line for was, line in pairs if line.charges and was != line]
    on = run.chooser.on
    unclear = any(not on.late_undo and (line.stopped or not line.quantity) for line in changed)
    bears = any(line.discounts.grants or any(line.taxes.amounts) for line in changed)
    return run.last_day == run.today or not (unclear or (bears and not on.seats_beside_discounts))


def expected(run: Run, asked: str, edits: tuple[Edit, ...], reason: str) -> Book:
    """Returns the book after a change, as the oracle sees it."""
    situation = Situation(run.today, reason, run.prices)
    if asked == "amendment":
        return amended(run.book, edits, situation)
    if asked == "cancellation":
        return cancelled(run.book, edits, situation)
    assert run.last is not None
    return undone(run.book, run.last[0], run)


def with_ids_of(book: Book, order: Order) -> Book:
    """Returns the book with the ids that the planner gave to added lines."""
    named = zip(book.lines, order.lines, strict=False)
    return replace(book, lines=tuple(replace(own, line_id=line.line_id) for own, line in named))


def undone(book: Book, before: Book, run: Run) -> Book:
    """Returns the book as it was before the last change, but for the payments; what was added is at nothing."""
    late = run.last_day < run.today
    pairs = list(zip(before.lines, book.lines, strict=False))
    restored = [put_back(line, was, run.today) if late and was != line else was for was, line in pairs]
    restored = [
        replace(was, shipped=line.shipped, delivered=line.delivered)
        for was, (_, line) in zip(restored, pairs, strict=True)
    ]
    added = [replace(line, quantity=0) for line in book.lines[len(before.lines) :]]
    return replace(before, lines=(*restored, *added), payments=book.payments, has_shipped=book.has_shipped)


def meanwhile(run: Run) -> None:
    """Lets days pass, refunds arrive, the customer pay, and goods leave."""
    run.today = later(run.rng, run.today)
    happens = run.rng.random()
    if happens < 0.3:
        payments = tuple(
            replace(each, refunded=each.refunded + each.refunding, refunding=0) for each in run.order.payments
        )
        run.order = replace(run.order, payments=payments)
    elif happens < 0.5:
        pay(run)
    elif happens < 0.6:
        ship(run)


def pay(run: Run) -> None:
    """Lets the customer pay what is due."""
    due = sums(run.book).balance
    if due <= 0:
        return
    name = f"paid-{len(run.book.payments)}"
    payment = Payment(
        payment_id=name, method="card", gateway="sandbox", status=PaymentStatus.CAPTURED, authorised=due, captured=due
    )
    run.order = replace(run.order, payments=(*run.order.payments, payment))
    run.book = replace(run.book, payments=(*run.book.payments, Paid(name, due)))


def ship(run: Run) -> None:
    """Lets some units of one line of goods leave, and maybe arrive."""
    lines = [line for line in run.book.lines if line.quantity and not line.charges and not line.parent]
    lines = [line for line in lines if line.line_id not in run.order.progress]
    lines = [line for line in lines if not any(each.parent == line.line_id for each in run.book.lines)]
    if not lines:
        return
    line = run.rng.choice(lines)
    units = run.rng.randint(1, line.quantity)
    arrived = run.rng.choice((0, units))
    progress = Progress(picked=units, packed=units, shipped=units, delivered=arrived)
    own = replace(line, shipped=units, delivered=arrived)
    place = run.book.lines.index(line)
    run.order = run.order.with_progress(run.order.lines[place].line_id, progress)
    lines_after = tuple(own if each is line else each for each in run.book.lines)
    run.book = replace(run.book, lines=lines_after, has_shipped=True)
