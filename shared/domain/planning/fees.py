"""Moves the order's own fees: some are kept, some lapse with the order; restocking raises them."""

from collections import Counter
from dataclasses import replace

from shared.domain import money
from shared.domain.order.goodwill import CODE as GOODWILL
from shared.domain.order.order import Fee, Order
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.plan import CancelledUnits, PlannedFee
from shared.domain.planning.restocking import CODE as RESTOCKING
from shared.domain.planning.restocking import restocked
from shared.domain.planning.shipping import costs_lapse
from shared.domain.policy.evaluation import Judge

WAIVED = "waived"
"""Marks the fee that tells what the customer would owe, and policy does not collect."""


def kept_fees(order: Order, draft: EditDraft) -> tuple[Fee, ...]:
    """Returns the order's fees, as long as something of it is left; restocking fees stay, they were asked for its
    cancellation. A deduction that came before deductions were shared out at intake never takes off more than there is,
    of the total or of its tax, the last first."""
    if costs_lapse(order, draft):
        return tuple(fee for fee in order.fees if fee.code == RESTOCKING)
    if all(fee.amount >= 0 and fee.tax >= 0 for fee in order.fees):
        return order.fees
    cut = replace(order, fees=_cut(order.fees, -order.totals.total))
    return _with_less_tax(cut.fees, -cut.totals.tax)


def less_waived(before: Order, after: Order) -> Order:
    """Returns the order after a change, with what policy waived before lowered by as much as the total falls: it was
    never paid, so it goes with what it waived, and is never paid out."""
    kept = -sum(fee.amount for fee in after.fees if fee.code == WAIVED)
    cut = min(kept, before.totals.total - after.totals.total) if kept else 0
    if cut <= 0:
        return after
    left = (Fee(code=WAIVED, amount=cut - kept, rule=_rule(after)),) if cut < kept else ()
    return replace(after, fees=(*(fee for fee in after.fees if fee.code != WAIVED), *left))


def _rule(order: Order) -> str | None:
    return next(fee.rule for fee in order.fees if fee.code == WAIVED)


def _cut(fees: tuple[Fee, ...], below: int) -> tuple[Fee, ...]:
    """Returns the fees with deductions lowered by `below` minor units in all, amount and tax in proportion."""
    kept: list[Fee] = []
    for fee in reversed(fees):
        cut = min(max(0, below), max(0, -fee.total))
        below -= cut
        tax = money.share(fee.tax, fee.total + cut, fee.total) if cut else fee.tax
        kept.append(replace(fee, amount=fee.total + cut - tax, tax=tax) if cut else fee)
    return tuple(reversed(kept))


def _with_less_tax(fees: tuple[Fee, ...], below: int) -> tuple[Fee, ...]:
    """Returns the fees at the same sums, of which `below` minor units of the deducted tax count as amount."""
    kept: list[Fee] = []
    for fee in reversed(fees):
        moved = min(max(0, below), max(0, -fee.tax))
        below -= moved
        kept.append(replace(fee, amount=fee.amount - moved, tax=fee.tax + moved) if moved else fee)
    return tuple(reversed(kept))


def lapsed_fees(before: Order, after: Order) -> int:
    """Returns the minor units that the order's own fees move, up or down: duties of 5,000.00 that lapse with the last
    mug are a change of 5,000.00. Restocking fees and goodwill are counted elsewhere, and what policy waives nowhere."""

    def by_code(order: Order) -> Counter[str]:
        sums: Counter[str] = Counter()
        for fee in order.fees:
            sums[fee.code] += fee.total
        return sums

    was, becomes = by_code(before), by_code(after)
    return sum(abs(becomes[code] - was[code]) for code in {*was, *becomes} - {RESTOCKING, GOODWILL, WAIVED})


def given_back(before: Order, after: Order) -> int:
    """Returns the minor units that the customer would get back of what was paid, or held for the order on a card. What
    an exchange sends instead is paid with a part of it, and so takes nothing off."""
    held = sum(payment.refundable + payment.reserved for payment in before.payments)
    known = {line.line_id for line in before.lines}
    left = replace(after, lines=tuple(line for line in after.lines if line.line_id in known))
    total = less_waived(before, left).totals.total
    return max(0, min(before.totals.total - total, held - total))


def with_fees(
    after: Order, cancelled: tuple[CancelledUnits, ...], judge: Judge
) -> tuple[Order, tuple[PlannedFee, ...]]:
    """Returns the order with restocking fees, and the fees that the change adds."""
    restocking = restocked(after, cancelled, judge, given_back(judge.order, after) if cancelled else 0)
    return replace(after, fees=restocking.fees), restocking.planned
