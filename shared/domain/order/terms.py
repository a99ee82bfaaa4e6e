"""Tells what a line comes to before discounts, at its terms: units, unit price, dates, and charges."""

from datetime import date
from typing import NamedTuple

from shared.domain import money
from shared.domain.order.line import Line
from shared.domain.order.line_history import EndedUnits, JoinedUnits
from shared.domain.order.line_price import Charge
from shared.domain.order.unit_terms import unit_periods


class Terms(NamedTuple):
    """Says what the price of a line is worked out by: its units, the price of each in minor units, its dates, and the
    units that joined it after its start or left it before its end."""

    quantity: int
    unit_price: int
    start_date: date | None
    end_date: date | None
    joined: tuple[JoinedUnits, ...] = ()
    ended: tuple[EndedUnits, ...] = ()


def gross_of(line: Line, quantity: int | None = None, unit_price: int | None = None) -> int:
    """Returns unit price × quantity plus the line's charges, in minor units, for the line's own quantity and price or
    others. Units that have left the line while it ran are in it with what they used, and so are products that it
    was."""
    units = line.quantity if quantity is None else quantity
    price = line.unit_price if unit_price is None else unit_price
    gone = sum(each.quantity for each in line.ended) if line.ended else 0
    used = sum(each.amount for each in line.formerly) if line.formerly else 0
    if not line.charges:
        return used + price * (units + gone)
    return used + price * (units + gone) + sum(charge_amount(line, charge, units) for charge in line.charges)


def charge_amount(line: Line, charge: Charge, units: int) -> int:
    """Returns minor units: a one-time charge once per line; a recurring one price × the periods of all units together,
    half-up; a usage charge 0, because it is billed when the usage is known."""
    if charge.type == "one_time":
        return charge.price if units else 0
    if charge.type == "usage" or not charge.period:
        return 0
    count = unit_periods(line, units, charge.period)
    return money.divide(charge.price * count.numerator, count.denominator)


def terms_of(line: Line) -> Terms:
    return Terms(line.quantity, line.unit_price, line.start_date, line.end_date, line.joined, line.ended)
