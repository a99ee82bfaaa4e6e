"""The order as the oracle keeps it: what was agreed for each line, and how much of it the order still stands for.

It shares no type with the planner's order. What was agreed (`Sold`, `Discounts`, `Taxes`) is never overwritten by what
is left of it, so every figure is worked out anew from the agreement, not from the figure before.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

MORE = Fraction(2)
"""A share that is more than the whole."""


@dataclass(frozen=True)
class Extent:
    """Measures how much of a line there is: its cost at the agreed price, in minor units; if nothing, its units."""

    price: int
    units: int

    def share_of(self, whole: "Extent") -> Fraction:
        """Returns how much of the whole this is: nothing of nothing, and what costs something is more than all of what
        cost nothing."""
        if self.price and not whole.price:
            return MORE
        part, of = (self.price, whole.price) if whole.price else (self.units, whole.units)
        return Fraction(part, of) if of else Fraction(0)


NOTHING = Extent(0, 0)


@dataclass(frozen=True)
class Grant:
    """One discount. `amount` minor units were granted for `extent`; of less of the line there is less of it.

    A percentage has a `percent` (a fraction) as well, and its amount is what it came to when it was granted.
    """

    amount: int
    extent: Extent
    percent: Fraction | None = None
    of_order: bool = False
    after_tax: bool = False
    """A deduction without tax: it lowers what is paid, and not what is taxed."""


@dataclass(frozen=True)
class Sold:
    """The price that was agreed: `gross` minor units for so many units at so much each."""

    quantity: int
    price: int
    gross: int


@dataclass(frozen=True)
class Discounts:
    """The discounts agreed at a price for an extent: what each came to, out of `gross` minor units."""

    price: int
    extent: Extent
    gross: int
    grants: tuple[Grant, ...]
    amounts: tuple[int, ...]
    seats: int = 0
    """The number of the last seats that they were agreed for."""


@dataclass(frozen=True)
class Rate:
    """One tax of a place: a fraction of the price, by its name."""

    name: str
    rate: Fraction


@dataclass(frozen=True)
class Taxes:
    """The taxes agreed at a price for an extent: what each came to, on `net` minor units."""

    price: int
    extent: Extent
    net: int
    rates: tuple[Rate, ...]
    amounts: tuple[int, ...]
    seats: int = 0


@dataclass(frozen=True)
class Seats:
    """Units of a running subscription that count from a later day than its start, or to an earlier day than its end.

    Those without an end are counted in the line's quantity. `number` tells in which order they joined, from 1;
    units that left and had been there from the start have 0.
    """

    units: int
    start: date
    end: date | None
    number: int


@dataclass(frozen=True)
class Given:
    """Goodwill in minor units, tax included, that was given on an extent of a line, at the price agreed then; `whole`
    where the line cost nothing any more with it."""

    amount: int
    extent: Extent
    price: int
    whole: bool = False


@dataclass(frozen=True)
class Price:
    """One of several prices of a subscription: one-time for the line, recurring for each unit and period, or usage."""

    type: Literal["one_time", "recurring", "usage"]
    price: int
    period: str = "month"


@dataclass(frozen=True)
class Used:
    """A line used this as a product that it is no more: what that came to, and `taxable` minor units of it."""

    sku: str
    gross: int
    discount: int
    taxable: int
    taxes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Morning:
    """Keeps what a line was on the morning of the day on which it became another product."""

    day: date
    line: "Line"


@dataclass(frozen=True)
class Line:
    line_id: str
    sku: str
    quantity: int
    price: int
    sold: Sold
    discounts: Discounts
    taxes: Taxes
    included: bool = False
    category: str = "standard"
    start: date | None = None
    end: date | None = None
    charges: tuple[Price, ...] = ()
    seats: tuple[Seats, ...] = ()
    used: tuple[Used, ...] = ()
    morning: Morning | None = None
    turned_back: bool = False
    """It is the product of the morning again, while the changes of a day are worked out."""
    parent: str | None = None
    required: bool = False
    proportion: Fraction | None = None
    """Units of a component for each unit of its parent."""
    stopped: bool = False
    goodwill: tuple[Given, ...] = ()
    shipped: int = 0
    """Units that have left and that the order still stands for; `delivered` of them have arrived."""
    delivered: int = 0

    @property
    def joined(self) -> int:
        """The units that joined and are still there."""
        return sum(each.units for each in self.seats if each.end is None)

    @property
    def last_seats(self) -> int:
        return max((each.number for each in self.seats), default=0)


@dataclass(frozen=True)
class Figures:
    """Holds the sums of a line, in minor units; `taxes` by name."""

    gross: int
    discount: int
    taxes: tuple[tuple[str, int], ...]
    included: bool

    @property
    def net(self) -> int:
        return self.gross - self.discount

    @property
    def tax(self) -> int:
        return sum(amount for _, amount in self.taxes)

    @property
    def total(self) -> int:
        return self.net if self.included else self.net + self.tax


@dataclass(frozen=True)
class Shipping:
    """Holds the price of shipping; `taxes` are agreed at their price, as those of a line."""

    method: str | None
    price: int
    taxes: Taxes
    included: bool = False
    spared: int = 0
    goodwill: int = 0


@dataclass(frozen=True)
class Fee:
    """An amount of the order's own. A restocking fee names its `rule`, and the `basis` of which it is a part."""

    code: str
    amount: int
    tax: int = 0
    rule: str | None = None
    basis: int = 0


@dataclass(frozen=True)
class Paid:
    """One payment: `open` minor units are authorised and not captured, `back` have gone back or are about to, and
    `voided` were open until a change reduced the authorisation."""

    payment_id: str
    captured: int
    back: int = 0
    open: int = 0
    voided: int = 0
    method: str = "card"

    @property
    def held(self) -> int:
        return self.captured - self.back


@dataclass(frozen=True)
class Book:
    currency: str
    place: str
    lines: tuple[Line, ...]
    shipping: Shipping
    fees: tuple[Fee, ...] = ()
    payments: tuple[Paid, ...] = ()
    percentages: tuple[Fraction, ...] = ()
    """The percentages on the whole order, in which lines added later take part."""
    exempt: bool = False
    has_shipped: bool = False

    @property
    def fees_total(self) -> int:
        return sum(fee.amount + fee.tax for fee in self.fees)

    def line(self, line_id: str) -> Line:
        return next(line for line in self.lines if line.line_id == line_id)

    def payment(self, payment_id: str) -> Paid:
        return next(each for each in self.payments if each.payment_id == payment_id)
