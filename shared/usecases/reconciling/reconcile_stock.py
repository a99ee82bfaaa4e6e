"""Compare the counters of SKUs with the claims of orders and changes, counted twice; holds of ended changes go back."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from shared.domain.audit.stock_count import (
    Orphan,
    Shelf,
    StockCount,
    Suspect,
    is_held,
    stock_differences,
    without_orphans,
)
from shared.domain.change import events
from shared.domain.change.change import SYSTEM
from shared.domain.change.step import Step, StockMove
from shared.ports.stores import Conflict
from shared.ports.walks import Walk
from shared.usecases.core.transact import write_step
from shared.usecases.reconciling.reconcile_report import Reconciler, Report

MAX_SUSPECTS = 1000
"""SKUs that are counted a second time in one walk; if there are more, the next walks find them."""


class Counted(NamedTuple):
    """Holds a SKU's counters, if it has any, and the count."""

    sku: str
    shelf: Shelf | None
    tally: StockCount


def suspects(known: dict[str, Suspect], counted: Iterable[Counted]) -> dict[str, Suspect]:
    """Return those known, and those of `counted` that differ."""
    found = dict(known)
    for sku, shelf, tally in counted:
        if len(found) < MAX_SUSPECTS and stock_differences(sku, shelf, tally):
            found[sku] = Suspect(sku=sku, shelf=shelf, tally=tally)
    return found


def reconcile_stock(tools: Reconciler, walk: Walk, counted: Iterable[Counted]) -> Report:
    """Report a difference of the second count that is the same as at the first, with counters that have not moved
    since."""
    report, being_moved = Report(), {sku for write in tools.ledgers.unfinished() for sku in write.skus}
    for each in counted:
        suspect = walk.suspects.get(each.sku)
        if suspect is None:
            continue
        before = stock_differences(suspect.sku, suspect.shelf, suspect.tally)
        if each.shelf != suspect.shelf or each.sku in being_moved or not _tell(tools, walk, each, before, report):
            report.moving.append(each.sku)
    return report


def _tell(tools: Reconciler, walk: Walk, counted: Counted, before: tuple[object, ...], report: Report) -> bool:
    """Report the differences that are there both times; return False if they are others than before."""
    sku, shelf, tally = counted
    found = stock_differences(sku, shelf, tally)
    if found != before:
        return False
    if shelf is not None and _released(tools, walk, counted):
        report.tell((each for each in found if each.kind == "hold-orphaned"), repaired=True)
        found = stock_differences(sku, *without_orphans(shelf, tally))
    report.tell(found)
    return True


def _released(tools: Reconciler, walk: Walk, counted: Counted) -> bool:
    """Give back the units that ended changes still hold, if the counters hold exactly that, and nothing was left
    uncounted."""
    if counted.shelf is None or walk.uncounted or not is_held(counted.shelf, counted.tally):
        return False
    released = [_release(tools, counted.sku, orphan) for orphan in counted.tally.orphans]
    return all(released)


def _release(tools: Reconciler, sku: str, orphan: Orphan) -> bool:
    """Write the counters, the change's record, and an entry in the order's log in one transaction."""
    services = tools.services
    order, change = services.orders.load(orphan.order_id), services.changes.get(orphan.change_id)
    if order is None or change is None or change.is_open or change.holds.get(sku) != orphan.units:
        return False
    now = services.clock.now()
    left = {held: units for held, units in change.holds.items() if held != sku}
    step = Step(
        action="reconciled",
        by=SYSTEM,
        at=now,
        before=order,
        after=order,
        change_before=change,
        change=replace(change, holds=left, rev=change.rev + 1, updated_at=now),
        stock=(StockMove(sku=sku, held=-orphan.units),),
        facts=(events.released(order, {sku: orphan.units}),),
    )
    try:
        write_step(services, step)
    except Conflict:
        return False
    return True
