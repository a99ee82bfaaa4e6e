"""Lets what happens outside happen between two changes: days pass, money comes and goes, goods leave."""

from collections.abc import Callable
from dataclasses import replace

from shared.domain.order.payment import Payment, PaymentStatus
from shared.domain.order.progress import Progress
from tests.oracle.book import Paid
from tests.oracle.run import Run
from tests.oracle.settling import sums
from tests.oracle.steps import later


def meanwhile(run: Run) -> None:
    """Lets days pass, and something happen or nothing."""
    run.today = later(run.rng, run.today)
    happens = run.rng.choices((*EVENTS, None), (*EVENTS.values(), 24))[0]
    if happens:
        happens(run)


def _refunds_arrive(run: Run) -> None:
    payments = tuple(replace(each, refunded=each.refunded + each.refunding, refunding=0) for each in run.order.payments)
    run.order = replace(run.order, payments=payments)


def _refund_fails(run: Run) -> None:
    """A refund under way is given up: the money is still here."""
    failing = [each for each in run.order.payments if each.refunding]
    if failing:
        payment = run.rng.choice(failing)
        own = run.book.payment(payment.payment_id)
        run.book_payment(replace(own, back=own.back - payment.refunding), replace(payment, refunding=0))


def _pay(run: Run) -> None:
    """The customer pays what is due."""
    due = sums(run.book).balance
    if due > 0:
        pay(run, due)


def _pay_twice(run: Run) -> None:
    """The customer pays what is due, or what a payment was, and pays it once more."""
    due, payments = sums(run.book).balance, run.book.payments
    again = due if due > 0 else run.rng.choice(payments).captured if payments else 0
    for amount in [again, again] if due > 0 else [again]:
        if amount:
            pay(run, amount)


def pay(run: Run, amount: int) -> None:
    """Books a payment of so much as a new one."""
    name = f"paid-{len(run.book.payments)}"
    payment = Payment(
        payment_id=name,
        method="card",
        gateway="sandbox",
        status=PaymentStatus.CAPTURED,
        authorised=amount,
        captured=amount,
    )
    run.book_payment(Paid(name, amount), payment)


def pay_by_link(run: Run, amount: int, *, whole: bool) -> None:
    """The customer pays what a change asks for, maybe twice; or a part of it, too late or not at all."""
    if not whole:
        amount = run.rng.choice((0, amount // 2, amount))
    for _ in range(run.rng.choice((1, 1, 1, 2)) if amount else 0):
        pay(run, amount)


def _capture(run: Run) -> None:
    """An authorisation is captured, also what a change has voided of it."""
    open_ = [each for each in run.book.payments if each.open or each.voided]
    if not open_:
        return
    own = run.rng.choice(open_)
    captured = own.captured + own.open + own.voided
    payment = next(each for each in run.order.payments if each.payment_id == own.payment_id)
    payment = replace(payment, status=PaymentStatus.CAPTURED, authorised=captured, captured=captured)
    run.book_payment(replace(own, captured=captured, open=0, voided=0), payment)


def _ship(run: Run) -> None:
    """Some units of one line of goods leave, and maybe arrive."""
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


EVENTS: dict[Callable[[Run], None], int] = {
    _refunds_arrive: 20,
    _refund_fails: 10,
    _pay: 12,
    _pay_twice: 8,
    _capture: 10,
    _ship: 16,
}
"""These things may happen, so often of 100."""
