"""Makes another product of a running line from a day on: what it used as the former one stays paid, and only the rest
of the term is sold as the new one (DESIGN.md, "Money": time counts from when it counts).

What was used takes its share of each discount and of the tax actually charged with it; the rest of a fixed discount
goes with the rest of the term.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta

from shared.domain.order import pricing
from shared.domain.order.formerly import rest_of, used_of_each, with_former, with_rows_for
from shared.domain.order.line import Line
from shared.domain.order.line_history import FormerProduct, JoinedUnits, Upgrade
from shared.domain.order.line_price import LineDiscount
from shared.domain.order.terms import terms_of


def from_day(line: Line, into: Line, day: date) -> Line:
    """Returns `into`, which is `line` as another product, priced for the rest of the term from `day` on, and with what
    was used of `line` before that. The fixed discounts of `into` are whole, for all of the term."""
    formerly = (*line.formerly, *_used(line, day))
    rest = replace(
        with_rows_for(into, formerly),
        joined=(JoinedUnits(quantity=into.quantity, start_date=day),),
        ended=(),
        formerly=(),
        basis=None,
        upgrade=None,
    )
    rest = replace(rest, discounts=_left(rest, formerly))
    return with_former(pricing.repriced(rest), formerly)


def _left(whole: Line, formerly: tuple[FormerProduct, ...]) -> tuple[LineDiscount, ...]:
    """Returns the discounts of a line without what former products of it have used of them."""
    pairs = zip(whole.discounts, used_of_each(whole.discounts, formerly), strict=True)
    return tuple(replace(row, amount=max(0, row.amount - used)) if used else row for row, used in pairs)


def _used(line: Line, day: date) -> tuple[FormerProduct, ...]:
    """Returns what was used of the line as it is before `day`; nothing if none of it had begun."""
    later = sum(each.quantity for each in line.joined if each.start_date >= day)
    if later >= line.quantity and not line.ended:
        return ()
    rest, yesterday = rest_of(line), day - timedelta(days=1)
    last = min(line.end_date or yesterday, yesterday)
    used = pricing.moved(rest, terms_of(rest)._replace(end_date=last))
    return (FormerProduct(sku=line.sku, end_date=last, amount=used.gross, discounts=used.discounts, taxes=used.taxes),)


# --------------------------------------------------------------------------------------------- on the day of an upgrade


def becoming(line: Line, product: Line) -> Line:
    """Returns a line as the product that another one is, not priced yet, its fixed discounts whole."""
    whole = pricing.uncut(line)
    return replace(
        whole,
        sku=product.sku,
        title=product.title,
        unit_price=product.unit_price,
        charges=product.charges,
        sold=product.sold,
    )


def changed_with_upgrade(line: Line, day: date | None, change: Callable[[Line], Line]) -> Line:
    """Returns the line changed; if it became another product on `day`, what it was is changed, and becomes it anew."""
    was = before_upgrade(line, day)
    if was is None or day is None:
        return change(line)
    moved = change(was)
    return upgraded(moved, becoming(moved, line), day)


def upgraded(was: Line, into: Line, day: date) -> Line:
    """Returns `into` from `day` on, as `from_day` does; for that day it keeps what the line was, so that whatever else
    happens on the day comes to the same before the upgrade and after it."""
    kept = {name: getattr(was, name) for name in _KEPT}
    return replace(from_day(was, into, day), upgrade=Upgrade(day=day, **kept))


def before_upgrade(line: Line, day: date | None) -> Line | None:
    """Returns the line as the product that it was when `day` began, with all else that changed on the day; None if it
    became no other product on that day."""
    if line.upgrade is None or line.upgrade.day != day:
        return None
    return replace(line, upgrade=None, **{name: getattr(line.upgrade, name) for name in _KEPT})


_KEPT = tuple(field.name for field in fields(Upgrade) if field.name != "day")
