"""Tells what charges a line that is added has: as somebody gave them, or as a price for a whole term comes to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from shared.domain import money
from shared.domain.money.given import Money
from shared.domain.money.proration import MONTHS, Period, periods
from shared.domain.order.line_price import Charge, ChargeType
from shared.domain.order.product import ProductCharge

TERM = "term"
"""The id of the charge that a price for a whole term is kept as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCharge:
    """A charge as somebody gave it, before it is known whether it fits the order."""

    charge_id: str
    type: ChargeType
    period: Period | None = None
    price: Money

    @property
    def charge(self) -> Charge:
        """Returns the charge of a line, in minor units of the currency that was given."""
        return Charge(charge_id=self.charge_id, type=self.type, period=self.period, price=self.price.amount)


def listed_as(charge: Charge, listed: Iterable[ProductCharge], currency: str) -> int | None:
    """Returns the minor units that a product's charge of the same id and kind comes to for the period of this one;
    None if it has none. Whoever is billed by the year pays twelve months at once."""
    own = next((each for each in listed if (each.charge_id, each.type) == (charge.charge_id, charge.type)), None)
    price = own.price.get(currency) if own else None
    if own is None or price is None or own.period == charge.period or charge.type != "recurring":
        return price
    if own.period is None or charge.period is None:
        return None
    return money.divide(price * MONTHS[charge.period], MONTHS[own.period])


def at_least(charge: Charge, listed: Iterable[ProductCharge], currency: str) -> Charge:
    """Returns the charge at the product's price for its period, if that is higher."""
    price = listed_as(charge, listed, currency)
    return charge if price is None or price <= charge.price else replace(charge, price=price)


def is_timed(charges: Iterable[Charge | GivenCharge]) -> bool:
    """Returns True if the charges tell what time costs: by period, or by what will have been used."""
    return any(charge.type != "one_time" for charge in charges)


def is_recurring(charges: Iterable[Charge | GivenCharge]) -> bool:
    return any(charge.type == "recurring" for charge in charges)


def of_term(price: int, start: date, end: date) -> Charge | None:
    """Returns the recurring charge that a price for a whole term, in minor units, comes to: by the month, else
    by the quarter or the year; None if the term or the price is no whole number of any."""
    for period in MONTHS:
        count = periods(start, end, period)
        if count > 0 and count.denominator == 1 and price % count.numerator == 0:
            return Charge(charge_id=TERM, type="recurring", period=period, price=price // count.numerator)
    return None
