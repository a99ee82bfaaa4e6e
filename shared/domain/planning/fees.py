"""Moves the order's own fees: some are kept, some lapse with the order; restocking raises them."""

from collections import Counter
from dataclasses import replace

from shared.domain.order.goodwill import CODE as GOODWILL
from shared.domain.order.order import Fee, Order
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.plan import CancelledUnits, PlannedFee
from shared.domain.planning.restocking import CODE as RESTOCKING
from shared.domain.planning.restocking import restocked
from shared.domain.planning.shipping import costs_lapse
from shared.domain.policy.evaluation import Judge


def kept_fees(order: Order, draft: EditDraft) -> tuple[Fee, ...]:
    """Returns the order's fees, as long as something of it is left; restocking fees stay, they were asked for its
    cancellation. A deduction (a shop's rounding, say) never takes off more than there is, the last first."""
    if costs_lapse(order, draft):
        return tuple(fee for fee in order.fees if fee.code == RESTOCKING)
    if all(fee.amount >= 0 for fee in order.fees):
        return order.fees
    below = -order.totals.total
    kept: list[Fee] = []
    for fee in reversed(order.fees):
        cut = min(max(0, below), max(0, -fee.amount))
        below -= cut
        kept.append(replace(fee, amount=fee.amount + cut) if cut else fee)
    return tuple(reversed(kept))


def lapsed_fees(before: Order, after: Order) -> int:
    """Returns the minor units that the order's own fees move, up or down: duties of 5,000.00 that lapse with the last
    mug are a change of 5,000.00. Restocking fees and goodwill are counted elsewhere."""

    def by_code(order: Order) -> Counter[str]:
        sums: Counter[str] = Counter()
        for fee in order.fees:
            sums[fee.code] += fee.total
        return sums

    was, becomes = by_code(before), by_code(after)
    return sum(abs(becomes[code] - was[code]) for code in {*was, *becomes} - {RESTOCKING, GOODWILL})


def with_fees(
    after: Order, cancelled: tuple[CancelledUnits, ...], judge: Judge
) -> tuple[Order, tuple[PlannedFee, ...]]:
    """Returns the order with restocking fees, and the fees that the change adds."""
    restocking = restocked(after.fees, cancelled, judge)
    return replace(after, fees=restocking.fees), restocking.planned
