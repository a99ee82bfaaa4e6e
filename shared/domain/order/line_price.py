"""Describes the parts of a line's price: charges, discounts and taxes."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from shared.domain.money.proration import Period

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
