"""Finds the aspects in which a change differs from the order; they decide which departments hear of it."""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any

from shared.domain.fields import values_of
from shared.domain.order.goodwill import shipping_without_goodwill, terms_of
from shared.domain.order.line import Line
from shared.domain.order.line_fields import Aspect, aspects, counting
from shared.domain.order.line_price import LineDiscount, Tax
from shared.domain.order.order import Order, Shipping
from shared.domain.order.progress import Progress
from shared.domain.planning.cancellation import stages_of
from shared.domain.planning.departments import ROUTING, Changed
from shared.domain.planning.plan import LineChange

PARCELLED = frozenset({"in_warehouse", "shipped", "delivered"})
"""Stages of units that logistics may have a parcel of: it must stop it, turn it round, or expect it back."""


def what_changed(order: Order, after: Order, changes: Iterable[LineChange]) -> tuple[Changed, ...]:
    """Returns the kinds of change in the order of the routing, judged by the lines' new content, whichever edits,
    cancellation or undo asks for it."""
    changed: set[Changed] = set()
    for change in changes:
        changed |= _line_changed(change.before, change.after)
        if _recalls(order, after, change) or (
            change.before and _in_parcels(change.before, change.after, order.progress.get(change.line_id))
        ):
            changed.add("shipment")
    changed |= {aspect for aspect, content in _OF_AN_ORDER if content(order) != content(after)}
    return tuple(kind for kind in ROUTING if kind in changed)


def _line_changed(before: Line | None, after: Line) -> set[Changed]:
    if before is None:
        return {"quantity", "price"}
    changed: set[Changed] = {aspect for aspect, content in _OF_A_LINE if content(before) != content(after)}
    if before.goodwill is not after.goodwill and terms_of(before) != terms_of(after):
        changed.add("price")
    return changed


def _in_parcels(before: Line, after: Line, progress: Progress | None) -> bool:
    """Returns True if units that the line loses, all of them if it becomes another product, have come as far as a
    parcel."""
    lost = before.quantity - (after.quantity if after.sku == before.sku else 0)
    if progress is None or lost <= 0:
        return False
    return any(stage in PARCELLED for stage, _ in stages_of(before, progress, lost))


def _recalls(order: Order, after: Order, change: LineChange) -> bool:
    """Returns True if logistics must stop or expect back other units of the line than before."""
    if after.progress is order.progress:
        return False
    return order.progress_of(change.after).recalled != after.progress_of(change.after).recalled


def _terms(line: Line) -> list[tuple[object, ...]]:
    """Lists what makes a price besides the price itself: tax rates, their recipients, and the line's own discounts."""
    own = [discount for discount in line.discounts if discount.scope == "line"]
    return [_TERMS_OF_TAX(tax) for tax in line.taxes] + [
        (each.amount if each.type == "amount" else 0, *_TERMS_OF_DISCOUNT(each)) for each in own
    ]


_TERMS_OF_TAX = values_of(counting(Tax, "departments"))
_TERMS_OF_DISCOUNT = values_of(name for name in counting(LineDiscount, "departments") if name != "amount")


ByAspect = tuple[tuple[Aspect, Callable[[Any], object]], ...]


def _compared(kind: type[Any], terms: Mapping[str, Callable[[Any], object]]) -> ByAspect:
    """Pairs each aspect with what is compared for it: its plain fields together, and those that `terms` tells its own
    way."""
    plain = {aspect: [name for name in names if name not in terms] for aspect, names in aspects(kind).items()}
    by_terms = {(aspect, terms[name]) for aspect, names in aspects(kind).items() for name in names if name in terms}
    return (*((aspect, attrgetter(*names)) for aspect, names in plain.items() if names), *by_terms)


_OF_A_LINE = _compared(Line, {"discounts": _terms, "taxes": _terms})
_TERMS_OF_SHIPPING = values_of(counting(Shipping, "departments"))
_OF_AN_ORDER: ByAspect = (
    *_compared(Order, {"shipping": lambda order: _TERMS_OF_SHIPPING(shipping_without_goodwill(order.shipping))}),
    ("price", lambda order: terms_of(order.shipping)),
)
