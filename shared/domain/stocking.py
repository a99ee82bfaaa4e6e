"""Stock that a changed line takes or gives back, counted from what its units are covered by."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from shared.domain.order import Line
from shared.domain.plan import StockDelta
from shared.domain.product import StockLevel
from shared.domain.refusal import Violation


def restocked(before: Line | None, after: Line, shipped: int, stock: Mapping[str, StockLevel]) -> Line:
    """`after` with its units covered: more units are allocated if the SKU is tracked; fewer give back first what is
    backordered, then what is allocated and has not shipped."""
    quantity = before.quantity if before else 0
    allocated, backordered = (before.allocated, before.backordered) if before else (0, 0)
    more = after.quantity - quantity
    if more > 0:
        return replace(after, allocated=allocated + (more if after.sku in stock else 0), backordered=backordered)
    fewer = -more
    from_backorder = min(fewer, backordered)
    from_stock = min(fewer - from_backorder, max(0, allocated - min(allocated, shipped)))
    return replace(after, allocated=allocated - from_stock, backordered=backordered - from_backorder)


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
