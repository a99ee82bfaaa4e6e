"""The stock of a change that waits: it is held as policy lets it, moved on to the next wait, and freed."""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.change import events
from shared.domain.change.change import SYSTEM, Change, moved
from shared.domain.change.step import Step, StockMove
from shared.domain.order.order import Order
from shared.domain.planning.hold import Hold
from shared.domain.planning.holding import taken
from shared.domain.planning.plan import Planned
from shared.domain.policy.subjects import Wait


def holding(change: Change, planned: Planned, wait: Wait, now: datetime) -> Change:
    """Returns the change with the plan and with the units that it holds during this wait."""
    hold = planned.holds.get(wait) or Hold(taken(planned.plan.stock))
    until = None if hold.seconds is None or not hold.units else now + timedelta(seconds=hold.seconds)
    return replace(change, plan=planned.plan, holds=hold.units, holds_until=until, holds_counted=True)


def without_holds(change: Change) -> Change:
    return replace(change, holds={}, holds_until=None, holds_counted=False)


def moves(before: Change, after: Change) -> tuple[StockMove, ...]:
    """Returns the stock moves from what the change held to what it holds."""
    skus = sorted({*before.holds, *after.holds})
    deltas = {sku: after.holds.get(sku, 0) - before.holds.get(sku, 0) for sku in skus}
    return tuple(StockMove(sku=sku, held=units) for sku, units in deltas.items() if units)


def units_seen(change: Change, planned: Planned) -> int:
    """Returns the units that all waiting changes of the customer held when the plan was judged."""
    return planned.sums.units_waiting + change.units_counted


def freed(order: Order, change: Change, now: datetime) -> Step:
    """Returns the step that the clock takes when a change has held stock for as long as it may: it waits on without."""
    note = "its stock is free again; what it takes must still be there when it is decided"
    after = moved(without_holds(change), change.status, by=SYSTEM.id, at=now, note=note)
    return Step(
        action="holds_freed",
        by=SYSTEM,
        at=now,
        before=order,
        after=order,
        change_before=change,
        change=after,
        stock=moves(change, after),
        facts=(events.released(order, change.holds),),
    )
