"""Undo after commit: putting lines, address and shipping back as they were, where nothing has moved on since."""

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import TypeVar

from shared.domain.edits import Restore, RestoredAddress, RestoredFees, RestoredLine, RestoredShipping
from shared.domain.line import Line
from shared.domain.plan import ChangePlan
from shared.domain.targets import Targets

T = TypeVar("T")


def restoration(change_id: str, plan: ChangePlan) -> Restore:
    """The edit that undoes a committed plan."""
    return Restore(
        change_id=change_id,
        version=plan.base_version + 1,
        lines=tuple(RestoredLine(left=line.after, was=line.before) for line in plan.lines),
        address=_if_moved(RestoredAddress, plan.address_after, plan.address_before),
        shipping=_if_moved(RestoredShipping, plan.shipping_after, plan.shipping_before),
        fees=_if_moved(RestoredFees, plan.fees_after, plan.fees_before),
        recalled=tuple(units.line_id for units in plan.cancelled if units.stage in ("shipped", "delivered")),
    )


def restore(targets: Targets, edit: Restore, pointer: str) -> None:
    if not targets.allowed("restore", None, pointer):
        return
    for restored in edit.lines:
        _restore_line(targets, restored, pointer)
    for line_id in edit.recalled:
        targets.refuse("goods-moved-on", f"Units of line {line_id} are on their way back.", pointer)
    order, address, shipping, fees = targets.order, edit.address, edit.shipping, edit.fees
    if address is not None:
        _restore_address(targets, edit, address, pointer)
    if shipping is not None and shipping.left != order.shipping:
        targets.refuse("changed-since", "Shipping was changed again since; undo that first.", pointer)
    if fees is not None and fees.left != order.fees:
        targets.refuse("changed-since", "Fees were changed again since; undo that first.", pointer)
    targets.shipping = shipping.was if shipping else order.shipping  # never recalculated: what it was is known
    targets.fees = fees.was if fees else order.fees


def _if_moved(kind: Callable[..., T], left: object, was: object) -> T | None:
    return kind(left=left, was=was) if left != was else None


def _restore_address(targets: Targets, edit: Restore, address: RestoredAddress, pointer: str) -> None:
    if address.left != targets.order.shipping_address:
        targets.refuse("changed-since", "The address was changed again since; undo that first.", pointer)
    if any(targets.order.progress_of(line).packed for line in targets.order.lines):
        targets.refuse("goods-moved-on", "Goods are packed for the new address.", pointer)
    targets.address = address.was
    for line in targets.order.lines:
        if line.since < edit.version:  # the move left it alone, and so does its undo
            targets.wish(line, pointer, restored=line)


def _restore_line(targets: Targets, restored: RestoredLine, pointer: str) -> None:
    line = targets.by_id.get(restored.left.line_id)
    if line is None or _content(line) != _content(restored.left):
        targets.refuse(
            "changed-since", f"Line {restored.left.line_id} was changed again since; undo that first.", pointer
        )
        return
    shipped = targets.order.progress_of(line).out
    if shipped > (restored.was.quantity if restored.was else 0):
        targets.refuse("goods-moved-on", f"{shipped} units of line {line.line_id} have shipped since.", pointer)
    elif restored.was is None:
        targets.wish(line, pointer, quantity=0, cancelled=line.quantity)
    else:
        targets.wish(line, pointer, restored=restored.was)


_NOT_CONTENT = {"allocated", "backordered", "since"}
"""A line's stock cover, and the version that it dates from."""

_content = attrgetter(*(field.name for field in fields(Line) if field.name not in _NOT_CONTENT))
