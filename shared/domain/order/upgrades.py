"""Makes another product of a running line from a day on: what it used as the former one stays paid, and only the rest
of the term is sold as the new one (DESIGN.md, "Money": time counts from when it counts)."""

from dataclasses import replace
from datetime import date, timedelta

from shared.domain.order.line import FormerProduct, JoinedUnits, Line
from shared.domain.order.pricing import gross_of


def from_day(line: Line, into: Line, day: date) -> Line:
    """Returns `into`, which is `line` as another product, for the rest of the term from `day` on; it is not priced
    yet."""
    rest = (JoinedUnits(quantity=into.quantity, start_date=day),)
    return replace(into, joined=rest, ended=(), formerly=_formerly(line, day))


def _formerly(line: Line, day: date) -> tuple[FormerProduct, ...]:
    """Returns the products that the line was before `day`, itself included if any of it had begun."""
    yesterday = day - timedelta(days=1)
    later = sum(each.quantity for each in line.joined if each.start_date >= day)
    if later >= line.quantity and not line.ended:
        return line.formerly
    used = gross_of(replace(line, end_date=yesterday, formerly=()))
    return (*line.formerly, FormerProduct(sku=line.sku, end_date=yesterday, amount=used))
