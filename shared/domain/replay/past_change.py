"""A past change as it was asked for: its order with what was known of it then, so that it can be judged once more."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.line import NO_PROGRESS
from shared.domain.order.order import Order
from shared.domain.order.product import Catalogue, StockLevel
from shared.domain.planning.stock_cover import cover_so_far

ENOUGH = 10**9
"""Units of a tracked SKU: nothing is short in a replay, for a change that was kept had its stock."""

_NOT_SUBMITTED = frozenset(
    {ChangeStatus.DRAFT, ChangeStatus.UNDONE, ChangeStatus.WITHDRAWN, ChangeStatus.EXPIRED, ChangeStatus.FAILED}
)
_WITHOUT_EFFECT = frozenset(
    {
        *(ChangeStatus.REJECTED, ChangeStatus.DECLINED, ChangeStatus.EXPIRED),
        *(ChangeStatus.UNDONE, ChangeStatus.WITHDRAWN, ChangeStatus.FAILED),
    }
)


def was_submitted(change: Change) -> bool:
    """Whether it ever was more than a draft: only then did policy decide on it."""
    reached = {change.status, *(entry.status for entry in change.timeline)}
    return not reached <= _NOT_SUBMITTED


def has_effect(change: Change) -> bool:
    """Whether it took effect, or still may: only then does it cost anything."""
    return change.committed_version is not None or change.status not in _WITHOUT_EFFECT


def planned_at(change: Change) -> datetime:
    """When its edits were planned: when it was created, or when its draft got other edits."""
    return max((entry.at for entry in change.timeline if entry.status is ChangeStatus.DRAFT), default=change.created_at)


def rebuilt(order: Order, change: Change) -> Order:
    """The order (its version that the change was based on) with its lines as far as they were when it was planned.

    Of lines that the plan did not touch nothing is known any more; they count as not begun. It matters to moves of the
    address alone, which are possible only while nothing is packed.
    """
    return replace(order, progress=change.progress)


def stocked(products: Catalogue, change: Change) -> Catalogue:
    """The products as they are now, with stock for what the plan took: as much as a line was fitted to, else enough."""
    after = [line.after for line in change.plan.lines]
    stock = {line.sku: ENOUGH for line in after if line.allocated or line.backordered}
    levels = {sku: StockLevel(sku=sku, on_hand=units) for sku, units in (stock | _fitted(change)).items()}
    return replace(products, stock=levels, refunds_today=change.refunds_today)


def _fitted(change: Change) -> Counter[str]:
    """What was available of the SKUs of lines that were fitted to stock, as far as they took it."""
    fitted = {edit.on for edit in change.edits if edit.reads_stock}
    available: Counter[str] = Counter()
    for each in change.plan.lines:
        if each.line_id in fitted and each.before is not None:
            progress = change.progress.get(each.line_id, NO_PROGRESS)
            covered = cover_so_far(each.before, progress).allocated - progress.recalled
            available[each.after.sku] += max(0, each.after.quantity - covered)
    return available
