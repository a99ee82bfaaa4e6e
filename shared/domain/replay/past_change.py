"""Rebuilds a past change as it was requested: its order with the facts of that time, so that it can be evaluated
again."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from shared.domain.change.change import Change
from shared.domain.change.collecting import without_collected
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.order.product import Catalogue, StockLevel
from shared.domain.order.progress import NO_PROGRESS
from shared.domain.planning.stock_cover import cover_so_far

ENOUGH = 10**9
"""Units of each tracked SKU in a replay: nothing is short, because a stored change had its stock."""

_NOT_SUBMITTED = frozenset(
    {ChangeStatus.DRAFT, ChangeStatus.UNDONE, ChangeStatus.WITHDRAWN, ChangeStatus.EXPIRED, ChangeStatus.FAILED}
)
_WITHOUT_EFFECT = frozenset(
    {
        *(ChangeStatus.REJECTED, ChangeStatus.DECLINED, ChangeStatus.EXPIRED),
        *(ChangeStatus.UNDONE, ChangeStatus.WITHDRAWN, ChangeStatus.FAILED, ChangeStatus.FALLOUT),
    }
)


def was_submitted(change: Change) -> bool:
    """Tells if it ever was more than a draft: only then did policy decide on it."""
    reached = {change.status, *(entry.status for entry in change.timeline)}
    return not reached <= _NOT_SUBMITTED


def has_effect(change: Change) -> bool:
    """Tells if it took effect or still may: only then does it cost anything."""
    return change.committed_version is not None or change.status not in _WITHOUT_EFFECT


def planned_at(change: Change) -> datetime:
    """Returns the time of the plan: the creation of the change, or the last edit of its draft."""
    return max((entry.at for entry in change.timeline if entry.status is ChangeStatus.DRAFT), default=change.created_at)


def rebuilt(order: Order, change: Change) -> Order:
    """Returns the order (the version that the change was based on) with the progress of its lines at the time of the
    plan.

    The progress of lines that the plan did not touch is no longer known; they count as not begun. This matters to moves
    of the address alone, which are possible only while nothing is packed. What the customer paid because of the plan
    came after it.
    """
    return replace(without_collected(order, change), progress=change.progress)


def stocked(products: Catalogue, change: Change) -> Catalogue:
    """Returns the products as they are now, with stock for the plan: as much as a line was fitted to, else enough."""
    after = [line.after for line in change.plan.lines]
    stock = {line.sku: ENOUGH for line in after if line.allocated or line.backordered}
    levels = {sku: StockLevel(sku=sku, on_hand=units) for sku, units in (stock | _fitted(change)).items()}
    return replace(products, stock=levels, refunds_today=change.refunds_today)


def _fitted(change: Change) -> Counter[str]:
    """Returns the units of each SKU that were available to lines fitted to stock, as far as they took them."""
    fitted = {edit.on for edit in change.edits if edit.reads_stock}
    available: Counter[str] = Counter()
    for each in change.plan.lines:
        if each.before is not None and (each.line_id in fitted or each.before.parent_line_id in fitted):
            fitted.add(each.line_id)
            progress = change.progress.get(each.line_id, NO_PROGRESS)
            covered = cover_so_far(each.before, progress).allocated - progress.recalled
            available[each.after.sku] += max(0, each.after.quantity - covered)
    return available
