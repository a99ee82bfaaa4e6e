"""Holds a step of a change: all that one write does together. The store writes all of it or nothing."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.change.change import Actor, Change
from shared.domain.change.delegation import Delegation
from shared.domain.change.events import Fact
from shared.domain.change.tally import Tally
from shared.domain.order.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMove:
    """The move of one SKU's counters, in units; available follows from them (on_hand − held − allocated). No counter
    may fall below zero.

    `available` is set when a move takes all that there is: it must still be all when the move is written.
    """

    sku: str
    on_hand: int = 0
    held: int = 0
    allocated: int = 0
    available: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One write: from `before` (None for a new order) to `after`, with its change, its stock moves and its facts.

    `delegation` is set when a stand-in decides: it must still hold when the step is written. `units_seen` are the units
    that the customer's waiting changes held when the plan was judged: where this one holds more, they must be no more.
    """

    action: str
    by: Actor
    at: datetime
    before: Order | None
    after: Order
    change_before: Change | None = None
    change: Change | None = None
    stock: tuple[StockMove, ...] = ()
    facts: tuple[Fact, ...] = ()
    tallies: tuple[Tally, ...] = ()
    delegation: Delegation | None = None
    units_seen: int | None = None

    @property
    def units_counted(self) -> int:
        """Returns the units that the customer's waiting changes hold more by this step; fewer, if below 0."""
        before = self.change_before.units_counted if self.change_before else 0
        return (self.change.units_counted if self.change else 0) - before

    @property
    def changes_nothing(self) -> bool:
        return self.before is self.after and self.change_before is self.change


def unchanged(order: Order, change: Change, by: Actor, at: datetime) -> Step:
    """Returns a step that writes nothing, for a request that was already fulfilled."""
    return Step(action="nothing", by=by, at=at, before=order, after=order, change_before=change, change=change)
