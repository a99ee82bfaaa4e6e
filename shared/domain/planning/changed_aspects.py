"""What a change differs in, by the kinds that decide which departments hear of it."""

from collections.abc import Iterable

from shared.domain.order.line import Line, Progress
from shared.domain.order.order import Order
from shared.domain.planning.cancellation import stages_of
from shared.domain.planning.departments import ROUTING, Changed
from shared.domain.planning.plan import LineChange

PARCELLED = frozenset({"in_warehouse", "shipped", "delivered"})
"""Stages of units that logistics may have a parcel of: it must stop it, turn it round, or expect it back."""


def what_changed(order: Order, after: Order, changes: Iterable[LineChange]) -> tuple[Changed, ...]:
    """In the order of the routing; by what the lines become, whichever edits, cancellation or undo asks for it."""
    changed: set[Changed] = set()
    for change in changes:
        changed |= _line_changed(change.before, change.after)
        if change.before and _in_parcels(change.before, change.after, order.progress.get(change.line_id)):
            changed.add("shipment")
    if after.shipping_address != order.shipping_address:
        changed.add("address")
    if after.shipping != order.shipping:
        changed.add("shipping")
    if after.fees != order.fees:
        changed.add("price")
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


def _in_parcels(before: Line, after: Line, progress: Progress | None) -> bool:
    """Whether units that the line loses, all of them if it becomes another product, have come as far as a parcel."""
    lost = before.quantity - (after.quantity if after.sku == before.sku else 0)
    if progress is None or lost <= 0:
        return False
    return any(stage in PARCELLED for stage, _ in stages_of(before, progress, lost))


def _terms(line: Line) -> list[tuple[object, ...]]:
    """Rates, with who gets them, and own discounts: what makes a price besides the price."""
    rates: list[tuple[object, ...]] = [(tax.name, tax.rate, tax.jurisdiction) for tax in line.taxes]
    own = [discount for discount in line.discounts if discount.scope == "line"]
    return rates + [(each.type, each.percent, each.amount if each.type == "amount" else 0) for each in own]
