"""What is claimed of stock, order by order, and where the counters of a SKU do not agree with it. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from shared.domain.audit.reconciliation import Books, Difference, Kind
from shared.domain.change.states import OPEN
from shared.domain.planning.stock_cover import unshipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """Units that a change still holds after its end."""

    order_id: str
    change_id: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCount:
    """What orders and changes say of a SKU: units held by open changes, allocated to lines and not shipped yet."""

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
    """The counters of a SKU as they are kept; none where its row has gone."""

    sku: str
    on_hand: int
    held: int
    allocated: int
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A SKU whose counters differed from the first count: whether they do is told by a second."""

    sku: str
    shelf: Shelf | None
    tally: StockCount = field(default_factory=StockCount)


def stock_counts(books: Books) -> dict[str, StockCount]:
    """What one order and its changes claim, by SKU."""
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
    """Where the counters of a SKU do not agree with each other, or with what orders and changes say."""
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
    """Whether the counters hold, beside what open changes hold, exactly what ended changes left: then it may go."""
    return bool(tally.orphans) and shelf.held == tally.held + tally.orphaned


def without_orphans(shelf: Shelf, tally: StockCount) -> tuple[Shelf, StockCount]:
    """The counters, and the count, once ended changes have given back what they held."""
    units = tally.orphaned
    return replace(shelf, held=shelf.held - units, available=shelf.available + units), replace(tally, orphans=())


def _about(sku: str, found: dict[Kind, str]) -> tuple[Difference, ...]:
    return tuple(Difference(kind=kind, about=sku, words=words) for kind, words in found.items())


def add(count: dict[str, StockCount], more: Mapping[str, StockCount]) -> None:
    """Add to a count that is made of many orders, in place: it may be long."""
    for sku, tally in more.items():
        count[sku] = count[sku].plus(tally) if sku in count else tally
