"""A step of a change: everything that one write must do together. The store does all of it or nothing."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.change.change import Actor, Change
from shared.domain.change.delegation import Delegation
from shared.domain.change.events import Fact
from shared.domain.change.tally import Tally
from shared.domain.order.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMove:
    """How the counters of one SKU move; available follows (on_hand − held − allocated). None may fall below zero.

    `available`: what is taken for all that there is must still be all when it is written.
    """

    sku: str
    on_hand: int = 0
    held: int = 0
    allocated: int = 0
    available: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One write: from `before` (None: a new order) to `after`, with its change, its stock and its facts.

    `delegation` is the one by which a stand-in decides: it must still hold when the step is written.
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
    tally: Tally | None = None
    delegation: Delegation | None = None

    @property
    def changes_nothing(self) -> bool:
        return self.before is self.after and self.change_before is self.change


def unchanged(order: Order, change: Change, by: Actor, at: datetime) -> Step:
    """Nothing is left to do: the same was said before."""
    return Step(action="nothing", by=by, at=at, before=order, after=order, change_before=change, change=change)
