"""Which SKUs a change must know of before it can be planned: their products, and their stock."""

from collections.abc import Iterable, Mapping

from shared.domain.order.bundles import children_of, components
from shared.domain.order.line import Line
from shared.domain.order.order import Order
from shared.domain.planning.edits import (
    AddLine,
    CancelLine,
    CancelOrder,
    CancelUnits,
    Credit,
    Edit,
    ReplaceSku,
    Restore,
    SetShippingAddress,
    SetShippingMethod,
)


def touched_skus(order: Order, edits: Iterable[Edit]) -> tuple[str, ...]:
    """The SKUs of the lines that the edits name; all of them where an address may move the order's taxes."""
    lines = {line.line_id: line for line in order.lines}
    children = children_of(order)
    skus: set[str] = set()
    for edit in edits:
        skus |= _named(order, lines, children, edit)
    return tuple(sorted(skus))


def _named(order: Order, lines: Mapping[str, Line], children: Mapping[str, list[Line]], edit: Edit) -> set[str]:
    if isinstance(edit, SetShippingAddress):
        known = order.shipping_address
        moves = known is None or edit.address.jurisdiction != known.jurisdiction
        return {line.sku for line in order.lines} if moves else set()
    if isinstance(edit, SetShippingMethod | CancelOrder | Credit):
        return (
            set()
        )  # nothing is asked of the catalogue: what is freed needs no stock, what goes whole no modifiability
    if isinstance(edit, Restore):
        sides = [side for restored in edit.lines for side in (restored.left, restored.was)]
        moved = order.lines if edit.address is not None else ()
        return {side.sku for side in (*sides, *moved) if side is not None}
    if isinstance(edit, AddLine):
        return {edit.sku}
    named = {edit.with_sku} if isinstance(edit, ReplaceSku) else set()
    if isinstance(edit, CancelLine | ReplaceSku) and edit.sku is not None:
        return named | {edit.sku}
    line = lines.get(edit.line_id or "")
    if line is None or (isinstance(edit, CancelUnits) and edit.quantity is None):
        return named
    below = components(children, line) if isinstance(edit, CancelLine) else []
    return named | {line.sku} | {each.sku for each in below}
