"""Makes random orders and random ways of cancelling them from a seed, for the property in `make test` and in the bench.

A seed is one order, paid by up to three payments, and one plan of its cancellation, cut into steps.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.intake.new_order import NewLine, NewLineDiscount, NewTax
from shared.domain.intake.to_order import accept
from shared.domain.order.order import Discount, Fee, Order, Shipping
from shared.domain.order.payment import Payment, PaymentStatus
from shared.domain.order.progress import Progress
from shared.domain.planning.edits import CancelUnits
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.policy.subjects import CancelException
from tests.fakes.builders import an_order, noon

POLICY = ShippedPolicies().current()
CURRENCIES = ("USD", "EUR", "JPY", "KWD")
RATES = ("0", "0.05", "0.0725", "0.19", "0.20")
REASONS = ("customer_request", "item_defect")


@dataclass(frozen=True)
class Case:
    """An order and its cancellation: `steps` in their order, or `together` at once."""

    seed: int
    order: Order
    steps: tuple[tuple[CancelUnits, ...], ...]
    together: tuple[CancelUnits, ...]
    reason: str

    @property
    def whole(self) -> bool:
        """Tells if nothing of the order is left in the end."""
        wanted = {edit.line_id: edit.quantity for edit in self.together}
        return all(wanted.get(line.line_id) == line.quantity for line in self.order.lines)


def case(seed: int) -> Case:
    """Returns the case of a seed: the same seed gives the same case."""
    rng = Random(seed)
    order, exceptions = _order(rng)
    units = {line.line_id: rng.randint(0, line.quantity) for line in order.lines}
    if rng.random() < 0.4:
        units = {line.line_id: line.quantity for line in order.lines}
    if not any(units.values()):
        units[order.lines[0].line_id] = 1
    pieces = [(line_id, part) for line_id, count in units.items() for part in _cut(rng, count)]
    rng.shuffle(pieces)
    steps: list[list[CancelUnits]] = []
    for line_id, part in pieces:
        edit = CancelUnits(line_id=line_id, quantity=part, exception=exceptions.get(line_id))
        joins = steps and rng.random() < 0.3 and all(other.line_id != line_id for other in steps[-1])
        if joins:
            steps[-1].append(edit)
        else:
            steps.append([edit])
    together = tuple(
        CancelUnits(line_id=line_id, quantity=count, exception=exceptions.get(line_id))
        for line_id, count in units.items()
        if count
    )
    return Case(seed, order, tuple(tuple(step) for step in steps), together, rng.choice(REASONS))


def cancelled(order: Order, edits: tuple[CancelUnits, ...], reason: str) -> Planned:
    """Returns the plan of one cancellation that nothing forbids.

    Raises:
        AssertionError: something forbids it.
    """
    context = PlanContext(
        kind="cancellation", role="agent", policy=POLICY, reason_code=reason, now=noon(order.placed_at.date())
    )
    planned = plan(order, edits, context)
    assert not planned.plan.violations, planned.plan.violations
    return planned


def step_by_step(each: Case) -> tuple[Order, dict[str, int]]:
    """Returns the order in the end, and the refund of each payment, after a cancellation piece by piece."""
    order, given = each.order, dict.fromkeys((payment.payment_id for payment in each.order.payments), 0)
    for number, edits in enumerate(each.steps):
        planned = cancelled(order, edits, each.reason)
        for refund in planned.plan.refunds:
            given[refund.payment_id] += refund.amount
        order = _settled(planned.after) if number % 2 else planned.after
    return order, given


def at_once(each: Case) -> tuple[Order, dict[str, int]]:
    """Returns the same after a cancellation at once."""
    planned = cancelled(each.order, each.together, each.reason)
    given = dict.fromkeys((payment.payment_id for payment in each.order.payments), 0)
    return planned.after, given | {refund.payment_id: refund.amount for refund in planned.plan.refunds}


def broken(each: Case) -> str | None:
    """Returns the property that this case breaks, in words; None if all hold."""
    (one, by_steps), (other, together) = step_by_step(each), at_once(each)
    captured = {payment.payment_id: payment.captured for payment in each.order.payments}
    if by_steps != together:
        return f"step by step {by_steps} comes back, together {together}"
    if any(by_steps[name] > captured[name] for name in captured):
        return f"more comes back than was captured: {by_steps} of {captured}"
    if _costs(one) != _costs(other):
        return f"totals differ: {one.totals} and {other.totals}"
    if [line.total for line in one.lines] != [line.total for line in other.lines]:
        return "lines differ"
    if _moved_untouched(each, one):
        return "a line that nobody touched has moved"
    kept = max(0, sum(captured.values()) - one.totals.total)
    earned = each.order.totals.total - one.totals.total
    if sum(by_steps.values()) != max(0, min(kept, earned)):
        return f"{by_steps} comes back; {kept} is too much paid, {earned} was earned back"
    nothing_left = each.whole and not any(progress.shipped for progress in each.order.progress.values())
    if nothing_left and (one.totals.total or sum(by_steps.values()) != sum(captured.values())):
        return f"all is cancelled, and {one.totals.total} is left to pay"
    return None


def _costs(order: Order) -> tuple[int, int, int]:
    return order.totals.total, order.totals.fees, order.shipping.total


def _moved_untouched(each: Case, after: Order) -> bool:
    touched = {edit.line_id for edit in each.together}
    was = {line.line_id: line for line in each.order.lines}
    return any(line != was[line.line_id] for line in after.lines if line.line_id not in touched)


def _settled(order: Order) -> Order:
    """Returns the order with its refunds under way settled; plans read only their sum."""
    payments = tuple(
        replace(payment, refunded=payment.refunded + payment.refunding, refunding=0) for payment in order.payments
    )
    return replace(order, payments=payments)


def _order(rng: Random) -> tuple[Order, dict[str, CancelException]]:
    included = rng.random() < 0.3
    lines = tuple(_line(rng, number, included=included) for number in range(rng.randint(1, 6)))
    new = replace(an_order().new, currency=rng.choice(CURRENCIES), lines=lines, shipping=_shipping(rng))
    if rng.random() < 0.3:
        new = replace(new, fees=(Fee(code="gift-wrap", amount=rng.randint(0, 500), tax=rng.randint(0, 50)),))
    if rng.random() < 0.5:
        totals = accept(new, "ord_1", "key").totals
        new = replace(new, discounts=(_discount(rng, totals.items - totals.discount),))
    if rng.random() < 0.3:
        new = replace(new, fees=(*new.fees, _deduction(rng, accept(new, "ord_1", "key").totals.total)))
    total = accept(new, "ord_1", "key").totals.total
    order = accept(replace(new, payments=_payments(rng, total)), "ord_1", "key")
    progress, exceptions = _progress(rng, order)
    return replace(order, progress=progress), exceptions


def _line(rng: Random, number: int, *, included: bool) -> NewLine:
    quantity, price = rng.randint(1, 12), rng.choice((rng.randint(0, 20), rng.randint(0, 5_000), rng.randint(0, 10**6)))
    gross = price * quantity
    own: tuple[NewLineDiscount, ...] = ()
    if rng.random() < 0.3:
        own = (NewLineDiscount(type="percent", percent=Decimal(rng.choice(("5", "10", "33.3", "100")))),)
    elif rng.random() < 0.3:
        own = (NewLineDiscount(type="amount", amount=rng.randint(0, gross)),)
    taxes = tuple(
        NewTax(name=f"Tax {name}", rate=Decimal(rng.choice(RATES)), jurisdiction="US-IL")
        for name in range(rng.randint(0, 2))
    )
    return NewLine(
        line_id=f"l{number}",
        sku=f"SKU-{number}",
        quantity=quantity,
        unit_price=price,
        gross=gross,
        discounts=own,
        taxes=taxes,
        tax_included=included,
    )


def _discount(rng: Random, items: int) -> Discount:
    if rng.random() < 0.5:
        return Discount(type="percent", code="P", percent=Decimal(rng.choice(("3", "10", "12.5", "50"))))
    return Discount(type="amount", code="A", amount=rng.randint(0, items // 3))


def _deduction(rng: Random, total: int) -> Fee:
    """Returns a fee below zero of up to all that the order comes to, with tax or without."""
    off = rng.randint(0, total)
    tax = rng.choice((0, off // 6, off // 2))
    return Fee(code="credit", amount=tax - off, tax=-tax)


def _shipping(rng: Random) -> Shipping:
    price = rng.choice((0, rng.randint(0, 2_000)))
    return Shipping(method=rng.choice(("standard", "value", "their-own")), price=price, unrated=price // 5)


def _payments(rng: Random, total: int) -> tuple[Payment, ...]:
    """Returns up to three payments that together cover the total, or a part of it; some are not captured yet."""
    paid = total if rng.random() < 0.7 else rng.randint(0, total)
    cuts = sorted(rng.randint(0, paid) for _ in range(rng.randint(0, 2)))
    amounts = [after - before for before, after in zip([0, *cuts], [*cuts, paid], strict=True)]
    return tuple(_payment(rng, number, amount) for number, amount in enumerate(amounts, start=1))


def _payment(rng: Random, number: int, amount: int) -> Payment:
    open_ = rng.random() < 0.15
    return Payment(
        payment_id=f"pay-{number}",
        method=rng.choice(("card", "store_credit", "bank_transfer")),
        gateway="sandbox",
        status=PaymentStatus.AUTHORISED if open_ else PaymentStatus.CAPTURED,
        authorised=amount,
        captured=0 if open_ else amount,
    )


def _progress(rng: Random, order: Order) -> tuple[dict[str, Progress], dict[str, CancelException]]:
    """Returns the progress of the lines; units that have left go by the one exception that fits all of their line."""
    progress: dict[str, Progress] = {}
    exceptions: dict[str, CancelException] = {}
    for line in order.lines:
        if rng.random() < 0.6:
            continue
        shipped = rng.randint(0, line.quantity) if rng.random() < 0.5 else 0
        picked = rng.randint(shipped, line.quantity)
        arrived = shipped if rng.random() < 0.5 else 0
        progress[line.line_id] = Progress(picked=picked, packed=shipped, shipped=shipped, delivered=arrived)
        exceptions[line.line_id] = "return" if arrived else "intercept"
    return progress, exceptions


def _cut(rng: Random, count: int) -> list[int]:
    parts = []
    while count:
        part = rng.randint(1, count)
        parts.append(part)
        count -= part
    return parts
