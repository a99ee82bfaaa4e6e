"""Counts the stock that a changed line takes or gives back, from the units that are covered."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from shared.domain.order.line import HEADING, Line
from shared.domain.order.order import Order
from shared.domain.order.product import StockLevel
from shared.domain.order.progress import Progress
from shared.domain.planning.plan import LineChange, StockDelta
from shared.domain.refusal import Violation


class Cover(NamedTuple):
    """Counts the units of a line that stock covers, those that have shipped included, and those that wait for it."""

    allocated: int
    backordered: int


def unshipped(line: Line, progress: Progress) -> int:
    """Returns the units of the line that its SKU's counter has as allocated: every shipped unit counts as one that
    was."""
    return max(0, line.allocated - progress.shipped)


def cover_so_far(line: Line, progress: Progress) -> Cover:
    """Returns the cover of a line as it is: units that shipped while they were backordered wait no more."""
    allocated = max(line.allocated, progress.shipped)
    return Cover(allocated, max(0, line.backordered - (allocated - line.allocated)))


def tracked(line: Line, stock: Mapping[str, StockLevel]) -> bool:
    """Tells if stock is kept for the line: a line that only heads a bundle has no goods, whatever its SKU."""
    return line.sku in stock and HEADING not in line.constraints


def cover_of(before: Line | None, after: Line, progress: Progress, stock: Mapping[str, StockLevel]) -> Cover:
    """Returns the cover of a changed line: more units are allocated if the SKU is tracked; fewer give back first what
    is backordered, then what is allocated, never what has shipped. Another SKU starts anew. Units that an undo puts
    back wait again if they waited before: `after.backordered` says how many."""
    known = tracked(after, stock)
    if before is None or before.sku != after.sku:
        waiting = min(after.quantity, after.backordered)
        return Cover(progress.shipped + after.quantity - waiting, waiting) if known else Cover(0, 0)
    allocated, backordered = cover_so_far(before, progress) if known else (before.allocated, before.backordered)
    more = after.quantity - before.quantity
    if more >= 0:
        waiting = min(more, max(0, after.backordered - before.backordered))
        return Cover(allocated + (more - waiting if known else 0), backordered + waiting)
    from_backorder = min(-more, backordered)
    from_stock = min(-more - from_backorder, unshipped(before, progress))
    return Cover(allocated - from_stock, backordered - from_backorder)


def deltas(order: Order, changes: Iterable[LineChange]) -> tuple[StockDelta, ...]:
    """Returns the units that become available (+) or are taken (−) per SKU, by SKU; SKUs that come out even are left
    out."""
    moved: Counter[str] = Counter()
    for change in changes:
        progress = order.progress_of(change.after)
        if change.before is not None:
            moved[change.before.sku] += unshipped(change.before, progress)
        moved[change.after.sku] -= unshipped(change.after, progress)
    return tuple(StockDelta(sku=sku, delta=delta) for sku, delta in sorted(moved.items()) if delta)


def shortages(
    needed: Iterable[StockDelta],
    stock: Mapping[str, StockLevel],
    held: Mapping[str, int],
    pointers: Mapping[str, str],
    *,
    tells: bool = True,
) -> list[Violation]:
    """Returns a violation for each SKU of which more is taken than is available, counting what this change already
    holds. It `tells` how many there are to staff only: levels of stock are no customer's business."""
    short = []
    for move in needed:
        level = stock.get(move.sku)
        available = (level.available if level else 0) + held.get(move.sku, 0)
        if -move.delta > available:
            there = max(0, available) if tells else "fewer"
            short.append(
                Violation(
                    "insufficient-stock",
                    f"{-move.delta} more of {move.sku} are needed; {there} are available.",
                    pointers.get(move.sku, "/edits"),
                )
            )
    return short


def cover(order: Order, stock: Mapping[str, StockLevel]) -> tuple[Line, ...]:
    """Returns the lines of a new order with stock allocated in their order, and what stock cannot cover backordered.
    Units that shipped before it came in count as allocated, and take none."""
    left = {sku: level.available for sku, level in stock.items()}
    covered = []
    for line in order.lines:
        if not tracked(line, stock):
            covered.append(line)
            continue
        progress = order.progress_of(line)
        units = line.quantity - progress.out
        taken = min(units, max(0, left[line.sku]))
        left[line.sku] -= taken
        covered.append(replace(line, allocated=progress.shipped + taken, backordered=units - taken))
    return tuple(covered)
