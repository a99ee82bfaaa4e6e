"""Stock that a changed line takes or gives back, counted from what its units are covered by."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from shared.domain.line import Line
from shared.domain.plan import StockDelta
from shared.domain.product import StockLevel
from shared.domain.refusal import Violation


class Cover(NamedTuple):
    """How many units of a line stock covers, and how many wait for it."""

    allocated: int
    backordered: int


def cover_of(before: Line | None, after: Line, shipped: int, stock: Mapping[str, StockLevel]) -> Cover:
    """The cover of a changed line: more units are allocated if the SKU is tracked; fewer give back first what is
    backordered, then what is allocated and has not shipped. Another SKU starts anew. Units that an undo puts back wait
    again if they waited before: `after.backordered` says how many."""
    tracked = after.sku in stock
    if before is None or before.sku != after.sku:
        return Cover(after.quantity - after.backordered, after.backordered) if tracked else Cover(0, 0)
    more = after.quantity - before.quantity
    if more >= 0:
        waiting = min(more, max(0, after.backordered - before.backordered))
        return Cover(before.allocated + (more - waiting if tracked else 0), before.backordered + waiting)
    from_backorder = min(-more, before.backordered)
    from_stock = min(-more - from_backorder, max(0, before.allocated - shipped))
    return Cover(before.allocated - from_stock, before.backordered - from_backorder)


def deltas(pairs: Iterable[tuple[Line | None, Line]]) -> tuple[StockDelta, ...]:
    """What becomes available (+) or is taken (−) per SKU, by SKU; SKUs that come out even are left out."""
    moved: dict[str, int] = {}
    for before, after in pairs:
        if before is not None and before.allocated:
            moved[before.sku] = moved.get(before.sku, 0) + before.allocated
        if after.allocated:
            moved[after.sku] = moved.get(after.sku, 0) - after.allocated
    return tuple(StockDelta(sku=sku, delta=delta) for sku, delta in sorted(moved.items()) if delta)


def shortages(
    needed: Iterable[StockDelta], stock: Mapping[str, StockLevel], held: Mapping[str, int], pointers: Mapping[str, str]
) -> list[Violation]:
    """A violation for each SKU of which more is taken than is available, counting what this change already holds."""
    short = []
    for move in needed:
        level = stock.get(move.sku)
        available = (level.available if level else 0) + held.get(move.sku, 0)
        if -move.delta > available:
            short.append(
                Violation(
                    "insufficient-stock",
                    f"{-move.delta} more of {move.sku} are needed; {max(0, available)} are available.",
                    pointers.get(move.sku, "/edits"),
                )
            )
    return short


def cover(lines: Iterable[Line], stock: Mapping[str, StockLevel]) -> tuple[Line, ...]:
    """The lines of a new order with stock allocated in their order, and what stock cannot cover backordered."""
    left = {sku: level.available for sku, level in stock.items()}
    covered = []
    for line in lines:
        if line.sku not in left:
            covered.append(line)
            continue
        allocated = min(line.quantity, max(0, left[line.sku]))
        left[line.sku] -= allocated
        covered.append(replace(line, allocated=allocated, backordered=line.quantity - allocated))
    return tuple(covered)
