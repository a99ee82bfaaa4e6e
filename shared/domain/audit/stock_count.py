"""Counts the stock that orders claim, and compares the counters of each SKU with that count. It is pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from shared.domain.audit.reconciliation import Books, Difference, Kind
from shared.domain.change.states import OPEN
from shared.domain.planning.stock_cover import unshipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """Names units that a change still holds after its end."""

    order_id: str
    change_id: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCount:
    """Counts the units of a SKU that orders and changes claim: held by open changes, or allocated to lines and not
    shipped."""

    held: int = 0
    allocated: int = 0
    orphans: tuple[Orphan, ...] = ()

    def plus(self, other: "StockCount") -> "StockCount":
        return StockCount(
            held=self.held + other.held,
            allocated=self.allocated + other.allocated,
            orphans=(*self.orphans, *other.orphans),
        )

    @property
    def orphaned(self) -> int:
        return sum(orphan.units for orphan in self.orphans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Holds the stored counters of a SKU; they are None where its row has gone."""

    sku: str
    on_hand: int
    held: int
    allocated: int
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """Remembers a SKU whose counters differed at the first count; a second count confirms it or not."""

    sku: str
    shelf: Shelf | None
    tally: StockCount = field(default_factory=StockCount)


def stock_counts(books: Books) -> dict[str, StockCount]:
    """Returns the units that one order and its changes claim, by SKU."""
    order = books.order
    held: Counter[str] = Counter()
    allocated: Counter[str] = Counter()
    orphans: dict[str, tuple[Orphan, ...]] = {}
    for line in order.lines:
        allocated[line.sku] += unshipped(line, order.progress_of(line))
    for change in books.changes:
        for sku, units in change.holds.items():
            if change.status in OPEN:
                held[sku] += units
            else:
                orphan = Orphan(order_id=order.order_id, change_id=change.change_id, units=units)
                orphans[sku] = (*orphans.get(sku, ()), orphan)
    found = {
        sku: StockCount(held=held[sku], allocated=allocated[sku], orphans=orphans.get(sku, ()))
        for sku in {*held, *allocated, *orphans}
    }
    return {sku: tally for sku, tally in found.items() if tally != StockCount()}


def stock_differences(sku: str, shelf: Shelf | None, tally: StockCount) -> tuple[Difference, ...]:
    """Returns where the counters of a SKU disagree with each other, or with the claims of orders and changes."""
    if shelf is None:
        return _about(sku, {"stock-missing": f"orders have {tally.allocated}, changes hold {tally.held}"})
    found: dict[Kind, str] = {}
    if shelf.on_hand != shelf.available + shelf.held + shelf.allocated:
        found["stock-unbalanced"] = f"{shelf.on_hand} on hand; {shelf.available}, {shelf.held}, {shelf.allocated}"
    if min(shelf.on_hand, shelf.held, shelf.allocated, shelf.available) < 0:
        found["stock-negative"] = f"{shelf.on_hand}, {shelf.available}, {shelf.held}, {shelf.allocated}"
    if tally.orphans:
        found["hold-orphaned"] = f"{tally.orphaned} held for changes that ended: " + ", ".join(
            sorted(orphan.change_id for orphan in tally.orphans)
        )
    if shelf.held != tally.held + (tally.orphaned if is_held(shelf, tally) else 0):
        found["stock-held"] = f"{shelf.held} held, changes say {tally.held}"
    if shelf.allocated != tally.allocated:
        found["stock-allocated"] = f"{shelf.allocated} allocated, orders say {tally.allocated}"
    return _about(sku, found)


def is_held(shelf: Shelf, tally: StockCount) -> bool:
    """Returns True if the units held are exactly those of open changes and of ended ones, so that the latter may be
    released."""
    return bool(tally.orphans) and shelf.held == tally.held + tally.orphaned


def without_orphans(shelf: Shelf, tally: StockCount) -> tuple[Shelf, StockCount]:
    """Returns the counters and the count as they are once ended changes have given back what they held."""
    units = tally.orphaned
    return replace(shelf, held=shelf.held - units, available=shelf.available + units), replace(tally, orphans=())


def _about(sku: str, found: dict[Kind, str]) -> tuple[Difference, ...]:
    return tuple(Difference(kind=kind, about=sku, words=words) for kind, words in found.items())


def add(count: dict[str, StockCount], more: Mapping[str, StockCount]) -> None:
    """Adds `more` to `count` in place, because a count over many orders may be long."""
    for sku, tally in more.items():
        count[sku] = count[sku].plus(tally) if sku in count else tally
