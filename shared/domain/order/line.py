"""Describes a line of an order: its price, its dates, and the progress of its units. Amounts are in minor units."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.domain.order.line_history import (
    Basis,
    EndedUnits,
    FormerProduct,
    Goodwill,
    JoinedUnits,
    Proportion,
    Sold,
    Upgrade,
    Withheld,
)
from shared.domain.order.line_price import Charge, LineDiscount, Tax


class LineStatus(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    IN_FULFILLMENT = "in_fulfillment"
    PARTIALLY_FULFILLED = "partially_fulfilled"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


HEADING = "heading"
"""The constraint of a line that only heads a bundle: there are no goods of it, so none of it is ever sent."""


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
    `sold` is the price that it came in at, while it has another; prices are bounded by it. `withheld` is what was taken
    of it for a reason of fraud or law, which not everybody may give back. `since` is the version that gave the line
    this content."""

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
    withheld: tuple[Withheld, ...] = ()
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
