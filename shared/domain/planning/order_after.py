"""Makes the order as it would be after a change: lines, address, progress, shipping and its own fees; not yet its
money."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shared.domain.order.line import Line
from shared.domain.order.order import Order
from shared.domain.order.party import Address
from shared.domain.order.progress import Progress
from shared.domain.planning.cancellation import recalled
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.fees import kept_fees
from shared.domain.planning.goodwill import beside_left
from shared.domain.planning.plan import LineChange
from shared.domain.planning.shipping_after import shipping_after


def order_after(order: Order, changes: Sequence[LineChange], address: Address | None, draft: EditDraft) -> Order:
    """Returns the order's next version, shipping recalculated where policy asks for it and no edit sets it."""
    moved, lines = _moved(order, address, draft.now), _lines(order, changes)
    after = replace(moved, version=order.version + 1, lines=lines, progress=_progress(order, draft))
    shipping = shipping_after(order, after, changes, draft)
    fees = beside_left(order.fees, order, changes, shipping) if draft.fees is None else draft.fees
    after = replace(after, shipping=shipping, fees=fees)
    return replace(after, fees=kept_fees(after, draft))


def _moved(order: Order, address: Address | None, now: datetime | None) -> Order:
    if address == order.shipping_address:
        return order
    return replace(order, shipping_address=address, address_changed_at=now)


def _lines(order: Order, changes: Sequence[LineChange]) -> tuple[Line, ...]:
    by_id = {change.line_id: change.after for change in changes if change.before}
    lines = [by_id.get(line.line_id, line) for line in order.lines]
    return (*lines, *(change.after for change in changes if not change.before))


def _progress(order: Order, draft: EditDraft) -> dict[str, Progress]:
    """Returns the order's own progress, changed only where units that had left are called back, or where an undo lets
    the customer keep them after all."""
    moved = {
        taken.line.line_id: progress
        for taken in draft.taken
        if (progress := recalled(order.progress_of(taken.line), taken.stages)) is not None
    }
    for line_id, units in draft.kept_after_all.items():
        progress = order.progress[line_id]
        moved[line_id] = replace(progress, returning=progress.returning - units)
    return {**order.progress, **moved} if moved else order.progress
