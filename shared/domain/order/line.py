"""Describes a line of an order: its price, its dates, and the progress of its units. Amounts are in minor units."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from shared.domain.money.proration import Period


class LineStatus(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    IN_FULFILLMENT = "in_fulfillment"
    PARTIALLY_FULFILLED = "partially_fulfilled"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


class FulfilmentEvent(StrEnum):
    PICKED = "picked"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"


HEADING = "heading"
"""The constraint of a line that only heads a bundle: there are no goods of it, so none of it is ever sent."""

DiscountType = Literal["percent", "amount"]
DiscountScope = Literal["line", "order", "goodwill"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDiscount:
    """Records the effect of one discount on this line: `amount` minor units, for the line's quantity as it stands.

    `scope` order means a share of an order discount, allocated once when the order came in; `scope` goodwill means what
    was given back of the line while its goods stay. One that counts `after_tax` lowers no tax: the price is taxed as if
    it were not there.
    """

    type: DiscountType
    scope: DiscountScope = "line"
    code: str | None = None
    percent: Decimal | None = None
    amount: int
    after_tax: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """Records one tax on a line: `rate` as a fraction (0.20), `amount` in minor units for the line's quantity as it
    stands."""

    name: str
    rate: Decimal
    amount: int
    jurisdiction: str | None = None


ChargeType = Literal["one_time", "recurring", "usage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Describes one of several prices on a line: one-time per line, recurring per unit and period, usage billed
    afterwards."""

    charge_id: str
    type: ChargeType
    period: Period | None = None
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Keeps what the customer accepted, in minor units, while the line is away from it: `quantity` units at a unit
    price and for dates, which are None where the line still has its own.

    All that the line carries is worked out from this and from where the line is now, so it does not depend on the path
    that led there. `discounts` are whole: a fixed one may be more than a low price has room for.
    `joined` and `ended` are the line's when they were accepted, because units that join in mid-term later take part in
    percentages and rates only. Units that an undo brings `back` are not such: it was for them that this was accepted.
    """

    quantity: int
    unit_price: int | None = None
    start_date: date | None = None
    end_date: date | None = None
    gross: int
    discounts: tuple[int, ...]
    taxes: tuple[int, ...]
    joined: tuple["JoinedUnits", ...] = ()
    ended: tuple["EndedUnits", ...] = ()
    back: tuple["JoinedUnits", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodwill:
    """Records the money given back of a line, or of shipping, while the goods stay (minor units, tax included).

    `given` lowers the price and its taxes in proportion; `given_beside` is a payment without tax effect, and stands
    among the order's fees. Both were given when `quantity` units at `unit_price` cost `gross`; of fewer units, or a
    shorter time, a share is left: `amount`, of which `discount` is off the price and `taxes` off each tax, and
    `beside`.
    """

    given: int = 0
    given_beside: int = 0
    gross: int = 0
    quantity: int = 1
    unit_price: int = 0
    amount: int = 0
    discount: int = 0
    taxes: tuple[int, ...] = ()
    beside: int = 0

    @property
    def total(self) -> int:
        """Returns the minor units that are left of both kinds."""
        return self.amount + self.beside

    @property
    def terms(self) -> tuple[int, ...]:
        """Returns what was given, and of what; it stays while the share that is left moves."""
        return (self.given, self.given_beside, self.gross, self.quantity, self.unit_price)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """Keeps at what price a line was sold when it came in, in minor units for each unit. Once an edit has given it
    other discounts of its own, `own` are those that it came with, off a `gross`."""

    unit_price: int
    gross: int = 0
    own: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """So many units of a component for so many units of its parent."""

    units: int
    parents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedUnits:
    """Counts units of a line that joined it while it ran, so that they count from `start_date` on."""

    quantity: int
    start_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedUnits:
    """Counts units that left a line while it ran: what they used stays paid, from `start_date` to `end_date`, both
    inclusive."""

    quantity: int
    start_date: date
    end_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerProduct:
    """Tells what a line was before it became another product while it ran: `amount` minor units, used to `end_date`,
    stay paid, less their share of `discounts` and with their share of the `taxes` that were charged."""

    sku: str
    end_date: date
    amount: int
    discounts: tuple[LineDiscount, ...] = ()
    taxes: tuple[Tax, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """Keeps what a line was when the day began on which it became another product while it ran: the fields are those of
    a line."""

    day: date
    sku: str
    title: str
    unit_price: int
    gross: int
    discounts: tuple[LineDiscount, ...] = ()
    taxes: tuple[Tax, ...] = ()
    start_date: date | None = None
    end_date: date | None = None
    charges: tuple[Charge, ...] = ()
    joined: tuple[JoinedUnits, ...] = ()
    ended: tuple[EndedUnits, ...] = ()
    formerly: tuple[FormerProduct, ...] = ()
    basis: Basis | None = None
    taxed: Basis | None = None
    sold: Sold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Describes an order line. `quantity` counts the units that the order still stands for; cancelled ones are in
    `cancelled_quantity`. `allocated` units are covered by stock, `backordered` ones wait for it; a line of an untracked
    SKU has neither. Every shipped unit counts as allocated, also one that the order stands for no more;
    `planning.stock_cover.cover_so_far` tells the units that have moved on since this content was given. `sold_as` is
    the proportion of a component to its parent when it was sold, and `moves_as` the one since its quantity was changed
    by itself. `joined` are those of its units that count from a later day than its start, `ended` units besides them
    that have left, and `formerly` the products that it was while it ran, of which `upgrade` is kept for the day of the
    last. `goodwill` is what was given back of it, which its discounts and taxes tell too. `taxed` is what the line was
    when it moved to another jurisdiction, if that was not what was accepted: its taxes are worked out from there.
    `sold` is the price that it came in at, while it has another; prices are bounded by it. `since` is the version that
    gave the line this content."""

    line_id: str
    sku: str
    title: str = ""
    quantity: int
    cancelled_quantity: int = 0
    unit_price: int
    gross: int
    discounts: tuple[LineDiscount, ...] = ()
    taxes: tuple[Tax, ...] = ()
    tax_included: bool = False
    quantity_modifiable: bool = True
    start_date: date | None = None
    end_date: date | None = None
    charges: tuple[Charge, ...] = ()
    joined: tuple[JoinedUnits, ...] = ()
    ended: tuple[EndedUnits, ...] = ()
    formerly: tuple[FormerProduct, ...] = ()
    upgrade: Upgrade | None = None
    bundle_id: str | None = None
    parent_line_id: str | None = None
    required: bool = False
    constraints: tuple[str, ...] = ()
    allocated: int = 0
    backordered: int = 0
    basis: Basis | None = None
    taxed: Basis | None = None
    sold_as: Proportion | None = None
    moves_as: Proportion | None = None
    goodwill: Goodwill | None = None
    sold: Sold | None = None
    since: int = 1

    @property
    def discount(self) -> int:
        return sum([discount.amount for discount in self.discounts])

    @property
    def own_discount(self) -> int:
        """Returns the minor units of the line's own discounts, without its shares of order discounts and goodwill."""
        return sum([discount.amount for discount in self.discounts if discount.scope == "line"])

    @property
    def tax(self) -> int:
        return sum([tax.amount for tax in self.taxes])

    @property
    def net(self) -> int:
        """Returns the amount in minor units after discounts, before added tax."""
        return self.gross - self.discount

    @property
    def taxable(self) -> int:
        """Returns the amount in minor units that taxes are worked out on: the net, and what came off after tax."""
        return self.net + sum([discount.amount for discount in self.discounts if discount.after_tax])

    @property
    def worth(self) -> int:
        """Returns the net in minor units before goodwill: what free shipping and margins are measured by."""
        return self.net + self.goodwill.discount if self.goodwill else self.net

    @property
    def total(self) -> int:
        """Returns the amount in minor units that the customer pays for the line, tax included."""
        return self.net if self.tax_included else self.net + self.tax

    @property
    def cost(self) -> int:
        """Returns the total in minor units less goodwill that stands beside the lines: what would be given back."""
        return self.total - self.goodwill.beside if self.goodwill else self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counts the units of a line that came so far: cumulative counts, never lowered. `intercepted` units were stopped
    on their way by a cancellation; `returning` ones were delivered and then cancelled, and the customer sends them
    back."""

    picked: int = 0
    packed: int = 0
    shipped: int = 0
    delivered: int = 0
    returned: int = 0
    intercepted: int = 0
    returning: int = 0
    delivered_on: date | None = None
    tracking: tuple[str, ...] = ()

    @property
    def recalled(self) -> int:
        """Returns the number of shipped units that the order stands for no more."""
        return self.intercepted + self.returning

    @property
    def out(self) -> int:
        """Returns the number of shipped units that the order still stands for."""
        return self.shipped - self.recalled

    @property
    def arrived(self) -> int:
        """Returns the number of delivered units that the order still stands for."""
        return self.delivered - self.returning


NO_PROGRESS = Progress()
