"""Runs a random history of an order through the planner and through the oracle, and says where the two differ."""

from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from shared.domain.intake.to_order import accept
from shared.domain.order.order import ChangeKind, Order
from shared.domain.planning.edits import Credit, Edit, Settle
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.planner import plan
from tests.oracle import compare
from tests.oracle.amending import amended
from tests.oracle.between import meanwhile, pay_by_link
from tests.oracle.book import Book, Line
from tests.oracle.cancelling import cancelled
from tests.oracle.collecting import Collected, collected
from tests.oracle.exchanges import an_exchange
from tests.oracle.orders import FIRST_DAY, an_order
from tests.oracle.plans import some_plans
from tests.oracle.run import Run
from tests.oracle.seats import put_back
from tests.oracle.settling import Settled, given_back, sums
from tests.oracle.situation import Situation
from tests.oracle.steps import OTHERS, Chooser
from tests.oracle.upgrades import has_begun, taxed_as, turned_back

KINDS: dict[str, ChangeKind] = {
    "amendment": "amendment",
    "undo": "amendment",
    "cancellation": "cancellation",
    "exchange": "exchange",
    "settlement": "settlement",
}
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


def history(seed: int) -> History:
    """Returns the history of a seed: the same seed gives the same history."""
    run, found = started(seed), History(seed)
    found.steps.append(Step("intake", (), FIRST_DAY, run.order, compare.of_order(run.book, run.order)))
    for _ in range(ATTEMPTS):
        if found.differences or len(found.steps) > STEPS:
            break
        take_step(run, found)
    return found


def started(seed: int) -> Run:
    """Returns the run of a seed with its order taken in, on both sides."""
    rng = Random(seed)
    drawn = an_order(rng)
    prices = {sku: rng.choice((0, rng.randint(1, 20), rng.randint(1, 50_000))) for sku in OTHERS}
    return Run(rng, Chooser(rng), accept(drawn.new, "ord_1", "key"), drawn.book(), prices, some_plans(seed))


def take_step(run: Run, found: History) -> None:
    """Plans one change both ways, and what happens until the next."""
    asked = a_kind(run)
    edits, reason = chosen(run, asked), "overpayment" if asked == "settlement" else run.chooser.reason()
    if not edits:
        return
    planned = plan(run.order, edits, run.context(KINDS[asked], reason))
    if planned.plan.violations:
        found.refused.append(planned.plan.violations[0].code)
        return
    before, after = run.book, expected(run, asked, edits, reason)
    after, paid, owed = settled_up(before, after, edits)
    after = with_ids_of(replace(after, payments=paid.payments), planned.after)
    differences = compare.of_order(after, planned.after) + compare.of_plan(before, after, paid, planned.plan)
    differences += compare.of_collection(owed, planned.plan)
    goes_on = owed is None or owed.mode != "before_commit" or run.rng.random() < 0.7
    asked_in_words = f"{asked} ({reason})" + ("" if goes_on else ", which expires: the customer has not paid in time")
    found.steps.append(Step(asked_in_words, edits, run.today, planned.after, differences))
    if goes_on:
        run.last, run.last_day = None if asked in ("undo", "settlement") else (before, planned), run.today
        run.order, run.book = planned.after, after
    if owed is not None and owed.mode == "before_commit":
        pay_by_link(run, owed.amount, whole=goes_on)
    meanwhile(run)


def a_kind(run: Run) -> str:
    """Returns what is asked for: settlements of what is overpaid, else a change of content."""
    if sums(run.book).balance < 0 and run.rng.random() < 0.3:
        return "settlement"
    return run.rng.choices(("amendment", "cancellation", "exchange", "undo"), (7, 3, 2, 2))[0]


def settled_up(before: Book, after: Book, edits: tuple[Edit, ...]) -> tuple[Book, Settled, Collected | None]:
    """Returns the book with what is waived, and what a change does to the payments."""
    if isinstance(edits[0], Settle):
        return after, given_back(before.payments, -sums(before).balance, edits[0]), None
    return collected(before, after, goodwill=isinstance(edits[0], Credit))


def chosen(run: Run, asked: str) -> tuple[Edit, ...]:
    """Returns the edits of a change."""
    run.chooser.today = run.today
    if asked == "settlement":
        return run.chooser.settlement(run.book)
    if asked == "amendment":
        return run.chooser.amendment(run.book)
    if asked == "cancellation":
        return run.chooser.cancellation(run.book)
    if asked == "exchange":
        return an_exchange(run.chooser, run.book)
    if run.last is None or run.book.has_shipped:
        return ()
    return (restoration("chg_1", run.last[1].plan, run.last_day),)


def expected(run: Run, asked: str, edits: tuple[Edit, ...], reason: str) -> Book:
    """Returns the book after a change, as the oracle sees it."""
    if asked == "settlement":
        return run.book
    situation = Situation(run.today, reason, run.prices, run.plans)
    if asked == "amendment":
        return amended(run.book, edits, situation)
    if asked in ("cancellation", "exchange"):
        return cancelled(run.book, edits, situation)
    assert run.last is not None
    return undone(run.book, run.last[0], run)


def with_ids_of(book: Book, order: Order) -> Book:
    """Returns the book with the ids that the planner gave to added lines."""
    named = zip(book.lines, order.lines, strict=False)
    return replace(book, lines=tuple(replace(own, line_id=line.line_id) for own, line in named))


def undone(book: Book, before: Book, run: Run) -> Book:
    """Returns the book as it was before the last change, but for the payments; what was added is at nothing."""
    late, moved = run.last_day < run.today, book.place != before.place
    pairs = list(zip(before.lines, book.lines, strict=False))
    restored = [_restored(line, was, run.today, moved=moved) if late and was != line else was for was, line in pairs]
    restored = [
        replace(was, shipped=line.shipped, delivered=line.delivered)
        for was, (_, line) in zip(restored, pairs, strict=True)
    ]
    added = [replace(line, quantity=0) for line in book.lines[len(before.lines) :]]
    return replace(before, lines=(*restored, *added), payments=book.payments, has_shipped=book.has_shipped)


def _restored(line: Line, was: Line, today: date, *, moved: bool) -> Line:
    line = taxed_as(line, was) if moved else line
    if line.sku != was.sku and has_begun(line, today):
        return turned_back(line, was, today)
    return put_back(line, was, today)
