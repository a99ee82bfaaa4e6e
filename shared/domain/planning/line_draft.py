"""Holds what the edits of a change want of one line: their wishes, units that are taken, and lines to add."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from shared.domain.order.line import Line
from shared.domain.order.line_history import Proportion
from shared.domain.order.line_price import Charge, LineDiscount
from shared.domain.order.product import Product
from shared.domain.policy.subjects import CancelException, Stage

Reshape = Callable[[Line], Line]
"""Gives a line other content; the line is priced once afterwards."""
_NOTHING: Mapping[str, Reshape] = {}


class Dates(NamedTuple):
    """Says from when to when a subscription runs, both days inclusive."""

    start: date
    end: date


class Proportions(NamedTuple):
    """Holds the proportion of a component to its parent: as it was sold, and as it moves, where that is another."""

    sold_as: Proportion
    moves_as: Proportion | None


class BundleDates(NamedTuple):
    """Holds dates for a line and everything below it that has dates; `pointer` leads to the edit."""

    line: Line
    start: date | None
    end: date | None
    pointer: str


class Wish(NamedTuple):
    """Says what an edit wants a line to become; None where it says nothing.

    `unit_price` is in minor units. `restored` is a former content, taken whole; `allocated` is what a line is fitted
    to, and it waits for no more. `as_never_begun` counts none of it as used, whenever it began. `proportions` follow
    from the quantities of a component and its parent. `content` is for whatever has no field here: functions by the
    name of what they set.
    """

    quantity: int | None = None
    allocated: int | None = None
    cancelled: int = 0
    proportions: Proportions | None = None
    unit_price: int | None = None
    discount: LineDiscount | None = None
    dates: Dates | None = None
    product: Product | None = None
    restored: Line | None = None
    stops: bool | None = None
    as_never_begun: bool | None = None
    exception: CancelException | None = None
    content: Mapping[str, Reshape] = _NOTHING

    def conflicts(self, other: "Wish") -> bool:
        """Returns True if both wishes set the same thing; a former content that is taken whole conflicts with every
        other wish."""
        if self.restored is not None or self.content.keys() & other.content.keys():
            return True
        both = zip(self._said, other._said, strict=True)
        return any(mine is not None and theirs is not None for mine, theirs in both)

    def and_also(self, other: "Wish") -> "Wish":
        """Returns both wishes as one, given that they do not conflict."""
        together = Wish._make(mine if theirs is None else theirs for mine, theirs in zip(self, other, strict=True))
        cancelled = other.cancelled if other.quantity is not None else self.cancelled
        return together._replace(cancelled=cancelled, content={**self.content, **other.content})

    @property
    def fitted(self) -> int | None:
        """Returns the units that the line is fitted to, unless it becomes another product."""
        return None if self.product else self.allocated

    @property
    def _said(self) -> tuple[object, ...]:
        """Returns the wish without content, and without the fields that go with its quantity: units that count as
        cancelled, and proportions."""
        return (*self[:2], *self[4:-1])


class LineDraft(NamedTuple):
    """Pairs a line with the wish for it; `pointer` leads to the edit that has the most to say."""

    line: Line
    pointer: str
    wish: Wish

    @property
    def ends(self) -> bool:
        """Returns True if nothing of the line would be left, or a running subscription would stop."""
        return self.wish.quantity == 0 or bool(self.wish.stops)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingWish:
    """Asks for a shipping method, at a price in minor units; without one policy's price holds, of the order as it is
    when all its lines are priced."""

    method: str
    price: int | None
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Describes a line to add, at a price in minor units, which somebody may have given `by_hand`; `tax_included` is
    None where the edit does not say. `like` is what it carries where units of an exchange are replaced by others of
    their kind; only there the price may be None."""

    sku: str
    title: str
    quantity: int
    unit_price: int | None
    by_hand: bool = False
    product: Product | None
    pointer: str
    like: Line | None = None
    parent: Line | None = None
    start_date: date | None = None
    end_date: date | None = None
    tax_included: bool | None = None
    charges: tuple[Charge, ...] = ()


class CreditWish(NamedTuple):
    """Wants goodwill of `amount` minor units on one line, on shipping, or on the whole order."""

    amount: int
    line_id: str | None
    shipping: bool
    pointer: str


class SettleWish(NamedTuple):
    """Wants what is overpaid back: `amount` minor units of it, or all; on one payment, or on the last ones first."""

    amount: int | None
    payment_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Counts the units that a cancellation takes from a line, by the stage they had reached, least far first."""

    line: Line
    stages: tuple[tuple[Stage, int], ...]
