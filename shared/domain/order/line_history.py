"""Describes what a line keeps of where it came from: what was accepted, sold, given back and used."""

from dataclasses import dataclass
from datetime import date

from shared.domain.order.line_price import Charge, LineDiscount, Tax


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
    `beside`. `whole` says that it was all that they cost: then it is all that is left of them, whatever is rounded.
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
    whole: bool = False

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
class Withheld:
    """Counts the units of a product that changes for a reason of fraud or law took of a line, or cut the term of."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """So many units of a component for so many units of its parent."""

    units: int
    parents: int


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
