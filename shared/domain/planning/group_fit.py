"""Fits a bundle to stock: as many of its parent as stock covers with their share of every component.

The components move with their parent in the proportion that they were sold in, so the scarcest of them decides. Units
that waited for stock are covered by what is available now.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from shared.domain.order.bundles import components, moves_as, units_for
from shared.domain.order.line import Line
from shared.domain.planning.cancellation import ended
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.line_draft import Wish
from shared.domain.planning.reductions import may_fall, quantity_may_be
from shared.domain.planning.stock_cover import cover_so_far, tracked

Units = Mapping[str, int]
"""Units by line."""


def parts_of(draft: EditDraft, head: Line) -> Sequence[Line]:
    """Returns the live components below a line, those of a subscription that has ended apart."""
    found: list[Line] = []
    live = {head.line_id}
    for line in components(draft.children, head):
        if line.quantity and line.parent_line_id in live and not ended(draft, line):
            live.add(line.line_id)
            found.append(line)
    return found


def fit_bundle(draft: EditDraft, op: str, head: Line, parts: Sequence[Line], pointer: str) -> None:
    """Wishes for the bundle as stock covers it, or keeps the reason why that cannot be."""
    whole = (head, *parts)
    most = _most(draft, whole)
    if most == 0:
        words = f"Stock covers none of {head.sku} with all that belongs to it; cancel the line instead."
        draft.refuse("nothing-in-stock", words, pointer)
    elif quantity_may_be(draft, head, most, pointer):
        units = _units(whole, most)
        allowed = [_may_be(draft, op, line, units[line.line_id], pointer) for line in parts]  # every objection is kept
        if all(allowed):
            _fit(draft, whole, units, pointer)


def _may_be(draft: EditDraft, op: str, line: Line, units: int, pointer: str) -> bool:
    if units == line.quantity:
        return True
    shipped = draft.order.progress_of(line).out
    if units < shipped:
        words = f"{shipped} of {line.sku} of this bundle have shipped; cancel the rest singly."
        draft.refuse("component-shipped", words, pointer)
        return False
    return draft.line(line.line_id, op, pointer) is not None and may_fall(draft, line, units, pointer)


def _fit(draft: EditDraft, whole: Sequence[Line], units: Units, pointer: str) -> None:
    draft.fitted.update(_needed(draft, whole, units))
    for line in whole:
        quantity, covered = units[line.line_id], None
        if tracked(line, draft.catalogue.stock):
            covered = quantity + draft.order.progress_of(line).recalled
        if covered is not None or quantity != line.quantity or line is whole[0]:
            draft.wish(line, pointer, Wish(quantity=quantity, allocated=covered))


def _most(draft: EditDraft, whole: Sequence[Line]) -> int:
    """Returns the most units of the head that stock covers: what they need only rises with them."""
    low, high = 0, whole[0].quantity
    while low < high:
        middle = (low + high + 1) // 2
        if _is_covered(draft, _needed(draft, whole, _units(whole, middle))):
            low = middle
        else:
            high = middle - 1
    return low


def _units(whole: Sequence[Line], heads: int) -> Units:
    """Returns the units of each line that go with so many of the head; a part whose parent stays does too."""
    by_id = {line.line_id: line for line in whole}
    units = {whole[0].line_id: heads}
    for line in whole[1:]:
        parent = by_id[line.parent_line_id or ""]
        left = units[parent.line_id]
        units[line.line_id] = line.quantity if left == parent.quantity else units_for(moves_as(line, parent), left)
    return units


def _needed(draft: EditDraft, whole: Sequence[Line], units: Units) -> Counter[str]:
    """Returns the units of each SKU that are needed beyond those that are allocated."""
    needed: Counter[str] = Counter()
    for line in whole:
        if tracked(line, draft.catalogue.stock):
            progress = draft.order.progress_of(line)
            allocated = cover_so_far(line, progress).allocated
            needed[line.sku] += max(0, units[line.line_id] + progress.recalled - allocated)
    return needed


def _is_covered(draft: EditDraft, needed: Counter[str]) -> bool:
    """Tells if there is so much, after what lines fitted before have taken."""
    return all(
        units <= max(0, draft.catalogue.stock[sku].available + draft.held.get(sku, 0) - draft.fitted[sku])
        for sku, units in needed.items()
    )
