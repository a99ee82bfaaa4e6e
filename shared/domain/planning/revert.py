"""Undo after commit: putting lines, address and shipping back as they were, where nothing has moved on since.

Whoever undoes needs what they would need to do it: each thing put back is judged as the edit that does the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields
from operator import attrgetter
from typing import TypeVar

from shared.domain import money
from shared.domain.order.line import Line
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits import Restore, RestoredAddress, RestoredFees, RestoredLine, RestoredShipping
from shared.domain.planning.plan import ChangePlan
from shared.domain.planning.reductions import may_fall, may_run
from shared.domain.planning.shipping import nothing_shipped

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


def restore(draft: EditDraft, edit: Restore, pointer: str) -> None:
    if not draft.allowed("restore", None, pointer):
        return
    for restored in edit.lines:
        _restore_line(draft, restored, pointer)
    for line_id in edit.recalled:
        draft.refuse("goods-moved-on", f"Units of line {line_id} are on their way back.", pointer)
    order, address, shipping, fees = draft.order, edit.address, edit.shipping, edit.fees
    if address is not None:
        _restore_address(draft, edit, address, pointer)
    if shipping is not None:
        _check_shipping(draft, shipping, pointer)
    if fees is not None and fees.left != order.fees:
        draft.refuse("changed-since", "Fees were changed again since; undo that first.", pointer)
    draft.shipping = shipping.was if shipping else order.shipping  # never recalculated: what it was is known
    draft.fees = fees.was if fees else order.fees


def _if_moved(kind: Callable[..., T], left: object, was: object) -> T | None:
    return kind(left=left, was=was) if left != was else None


def _check_shipping(draft: EditDraft, shipping: RestoredShipping, pointer: str) -> None:
    if shipping.left != draft.order.shipping:
        draft.refuse("changed-since", "Shipping was changed again since; undo that first.", pointer)
    elif shipping.left.method != shipping.was.method and draft.allowed("set_shipping_method", None, pointer):
        nothing_shipped(draft, pointer)


def _restore_address(draft: EditDraft, edit: Restore, address: RestoredAddress, pointer: str) -> None:
    draft.allowed("set_shipping_address", None, pointer)
    if address.left != draft.order.shipping_address:
        draft.refuse("changed-since", "The address was changed again since; undo that first.", pointer)
    if any(draft.order.progress_of(line).packed for line in draft.order.lines):
        draft.refuse("goods-moved-on", "Goods are packed for the new address.", pointer)
    draft.address = address.was
    for line in draft.order.lines:
        if line.since < edit.version:  # the move left it alone, and so does its undo
            draft.wish(line, pointer, restored=line)


def _restore_line(draft: EditDraft, restored: RestoredLine, pointer: str) -> None:
    line = draft.by_id.get(restored.left.line_id)
    if line is None or _content(line) != _content(restored.left):
        draft.refuse(
            "changed-since", f"Line {restored.left.line_id} was changed again since; undo that first.", pointer
        )
        return
    shipped, was = draft.order.progress_of(line).out, restored.was
    if shipped > (was.quantity if was and was.sku == line.sku else 0):
        draft.refuse("goods-moved-on", f"{shipped} units of line {line.line_id} have shipped since.", pointer)
    elif was is None:
        if draft.allowed("cancel_line", line, pointer) and may_fall(draft, line, 0, pointer):
            draft.wish(line, pointer, quantity=0, cancelled=line.quantity)
    elif _may_be(draft, line, was, pointer):
        draft.wish(line, pointer, restored=was)


def _may_be(draft: EditDraft, line: Line, was: Line, pointer: str) -> bool:
    """Whether this may become of the line. A cancelled one comes back by no other edit: it needs no more than this."""
    if not line.quantity:
        return True
    ops = list(_edits(line, was))
    if was.quantity and {"set_unit_price", "set_discount"} & set(ops):
        draft.check_bounds(was.sku, money.divide(was.gross - _own(was), was.quantity), line.unit_price)
    allowed = [draft.allowed(op, line, pointer) for op in ops]  # each has its say
    allowed.append(may_fall(draft, line, was.quantity, pointer))
    if "set_dates" in ops and was.start_date and was.end_date:
        allowed.append(may_run(draft, line, was.start_date, was.end_date, pointer))
    return all(allowed)


def _edits(line: Line, was: Line) -> Iterator[str]:
    """The edits that would make the one of the other."""
    if was.sku != line.sku:
        yield "replace_sku"
    elif was.unit_price != line.unit_price:
        yield "set_unit_price"
    if _discounts(was, was.quantity == line.quantity) != _discounts(line, was.quantity == line.quantity):
        yield "set_discount"
    if (was.start_date, was.end_date) != (line.start_date, line.end_date):
        yield "set_dates"
    if was.quantity != line.quantity:
        yield "set_quantity"


def _discounts(line: Line, exactly: bool) -> list[object]:
    """The line's own; amounts fall and rise with the quantity, and say nothing where that differs."""
    own = [each for each in line.discounts if each.scope == "line"]
    return [(each.type, each.percent, each.amount if exactly else None) for each in own]


def _own(line: Line) -> int:
    return sum(each.amount for each in line.discounts if each.scope == "line")


_NOT_CONTENT = {"allocated", "backordered", "since"}
"""A line's stock cover, and the version that it dates from."""

_content = attrgetter(*(field.name for field in fields(Line) if field.name not in _NOT_CONTENT))
