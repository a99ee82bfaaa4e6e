"""Walk through everything that is kept, report disagreements, and repair those that are safe to repair.

First every order is compared, one at a time, with its own books and its gateway; the claims of orders and their changes
on stock are counted on the way. Then the counters of every SKU are compared with that count. Others go on writing
meanwhile, so a SKU that differs is counted a second time, and only a difference that stays, on counters that nobody has
moved in between, is told.

One call is bounded by `enough`; the next goes on where it stopped.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from shared.domain.audit.stock_count import StockCount, add
from shared.ports.walks import Walk
from shared.usecases.reconciling.reconcile_orders import claims_of, reconcile_order
from shared.usecases.reconciling.reconcile_report import MOMENT_SECONDS, Reconciler, Report
from shared.usecases.reconciling.reconcile_stock import Counted, reconcile_stock, suspects
from shared.usecases.reconciling.reconcile_writes import reconcile_writes

KEPT = timedelta(days=2)
"""A walk that nobody goes on with is remembered for so long."""
PAGE = 100
"""Orders whose ids are read together, or SKUs; the walk is kept after each page."""


def reconcile(tools: Reconciler, walk_id: str, enough: Callable[[], bool]) -> Report:
    """Go on with this walk, or begin it, until it is done or it is `enough`; at least one step. Running it twice at
    once is safe: repairs are conditional, and of two calls on one walk the slower stops.

    Raises:
        Conflict: another has gone on with the walk.
    """
    walk = tools.ledgers.walk(walk_id) or Walk(walk_id=walk_id)
    report = reconcile_writes(tools)
    while not walk.ended:
        found, walk = _step(tools, walk)
        report.add(found)
        if enough():
            break
        if not walk.pending and not walk.ended:
            walk = _kept(tools, walk)
    if walk.ended:
        tools.ledgers.end_walk(walk)
    else:
        report.cursor = _kept(tools, walk).walk_id
    return report


def _kept(tools: Reconciler, walk: Walk) -> Walk:
    return tools.ledgers.keep_walk(walk, tools.services.clock.now() + KEPT)


def _step(tools: Reconciler, walk: Walk) -> tuple[Report, Walk]:
    """Take the next order, the next page of orders, or the next page of stock."""
    if walk.part == "stock":
        return _shelves(tools, walk)
    if walk.pending:
        return _order(tools, walk)
    if walk.begun and walk.cursor is None:
        return Report(), replace(walk, part="stock", begun=False)
    page = tools.ledgers.order_ids(walk.cursor, PAGE)
    return Report(), replace(walk, pending=page.items, cursor=page.cursor, begun=True)


def _order(tools: Reconciler, walk: Walk) -> tuple[Report, Walk]:
    order_id, *pending = walk.pending
    if walk.turn == 1:
        report, claims = reconcile_order(tools, order_id)
    else:
        report, claims = Report(), claims_of(tools, order_id)
    add(walk.counted, {sku: each for sku, each in claims.counted.items() if walk.turn == 1 or sku in walk.suspects})
    return report, replace(walk, pending=tuple(pending), uncounted=walk.uncounted + (not claims.whole))


def _shelves(tools: Reconciler, walk: Walk) -> tuple[Report, Walk]:
    """Compare one page of counters with the count. SKUs left at the end have no counters at all."""
    page, counted = tools.ledgers.shelves(walk.cursor, PAGE), walk.counted
    found = [Counted(shelf.sku, shelf, counted.pop(shelf.sku, StockCount())) for shelf in page.items]
    last = page.cursor is None
    found += [Counted(sku, None, tally) for sku, tally in counted.items()] if last else []
    walk = replace(walk, counted={} if last else counted, cursor=page.cursor)
    if walk.turn == 2:
        return reconcile_stock(tools, walk, found), replace(walk, ended=last)
    walk = replace(walk, suspects=suspects(walk.suspects, found))
    return Report(), _again(tools, walk) if last else walk


def _again(tools: Reconciler, walk: Walk) -> Walk:
    """Begin the second turn, if anything differed in the first."""
    if not walk.suspects:
        return replace(walk, ended=True)
    tools.services.clock.pause(MOMENT_SECONDS)
    return replace(walk, turn=2, part="orders", uncounted=0)
