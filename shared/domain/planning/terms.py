"""Works out the terms of a cancellation that the customer reads before anything happens: tax reversed, time it
takes."""

from collections.abc import Iterable

from shared.domain.order.goodwill import resized
from shared.domain.order.order import Shipping
from shared.domain.planning.line_draft import Taken
from shared.domain.planning.plan import CancelledUnits, LineChange, PlannedRefund, ReversedTax
from shared.domain.policy.documents.cancellation import CancellationPolicy

DAY = 86400


def cancelled_units(taken: Iterable[Taken], changes: Iterable[LineChange]) -> tuple[CancelledUnits, ...]:
    """Returns what was charged for the units cancelled, stage by stage: the line's cost before them, less that after
    them. The result is in the order of the lines, however they were named."""
    after = {change.line_id: change.after for change in changes}
    places = {line_id: place for place, line_id in enumerate(after)}
    found = []
    for each in sorted(taken, key=lambda each: places.get(each.line.line_id, 0)):
        line, left, total = each.line, each.line.quantity, each.line.cost
        for number, (stage, units) in enumerate(each.stages, start=1):
            left -= units
            rest = after.get(line.line_id, line) if number == len(each.stages) else resized(line, left)
            found.append(
                CancelledUnits(
                    line_id=line.line_id, sku=line.sku, stage=stage, quantity=units, amount=total - rest.cost
                )
            )
            total = rest.cost
    return tuple(found)


def reversed_taxes(changes: Iterable[LineChange], before: Shipping, after: Shipping) -> tuple[ReversedTax, ...]:
    """Returns the fall of each tax of each jurisdiction; contained taxes count like added ones. Taxes that rise are
    left out: they stand in the lines."""
    sums: dict[tuple[str, str | None], int] = {}
    for change in changes:
        for line, sign in ((change.before, 1), (change.after, -1)):
            for tax in line.taxes if line else ():
                key = (tax.name, tax.jurisdiction)
                sums[key] = sums.get(key, 0) + sign * tax.amount
    if before.tax != after.tax:
        sums["shipping", None] = before.tax - after.tax
    return tuple(
        ReversedTax(name=name, jurisdiction=place, amount=amount)
        for (name, place), amount in sums.items()
        if amount > 0
    )


def refund_seconds(refunds: Iterable[PlannedRefund], policy: CancellationPolicy) -> int:
    """Returns the seconds after commit until the slowest of the refunds should show; 0 without any."""
    return max((policy.days_for(refund.method) * DAY for refund in refunds), default=0)
