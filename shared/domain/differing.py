"""What a change differs in, by the kinds that decide which departments hear of it."""

from collections.abc import Iterable

from shared.domain.departments import ROUTING, Changed
from shared.domain.line import Line
from shared.domain.order import Order
from shared.domain.plan import CancelledUnits, LineChange

PARCELLED = frozenset({"in_warehouse", "shipped", "delivered"})
"""Stages of units that logistics may have a parcel of: it must stop it, turn it round, or expect it back."""


def what_changed(
    order: Order, after: Order, changes: Iterable[LineChange], cancelled: Iterable[CancelledUnits]
) -> tuple[Changed, ...]:
    changed: set[Changed] = set()
    for change in changes:
        changed |= _line_changed(change.before, change.after)
    if after.shipping_address != order.shipping_address:
        changed.add("address")
    if after.shipping != order.shipping:
        changed.add("shipping")
    if after.fees != order.fees:
        changed.add("price")
    if any(units.stage in PARCELLED for units in cancelled):
        changed.add("shipment")
    return tuple(kind for kind in ROUTING if kind in changed)


def _line_changed(before: Line | None, after: Line) -> set[Changed]:
    if before is None:
        return {"quantity", "price"}
    different: dict[Changed, bool] = {
        "quantity": (before.quantity, before.sku) != (after.quantity, after.sku),
        "price": (before.unit_price, _terms(before)) != (after.unit_price, _terms(after)),
        "dates": (before.start_date, before.end_date) != (after.start_date, after.end_date),
    }
    return {kind for kind, differs in different.items() if differs}


def _terms(line: Line) -> list[tuple[object, ...]]:
    """Rates and own discounts: what makes a price besides the price."""
    rates: list[tuple[object, ...]] = [(tax.name, tax.rate) for tax in line.taxes]
    own = [discount for discount in line.discounts if discount.scope == "line"]
    return rates + [(each.type, each.percent, each.amount if each.type == "amount" else 0) for each in own]
