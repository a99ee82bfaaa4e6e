"""Moves bundles together: as the quantity or dates of a parent move, so do those of its components, in proportion.

This is worked out when all edits of a change are applied, so that their order does not matter. An edit of a component
itself must come to what the bundle's does.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from shared.domain.order.bundles import components, moves_as, sold_as, units_for
from shared.domain.order.line import Line
from shared.domain.order.line_history import Proportion
from shared.domain.planning.cancellation import ended, take
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import op_of
from shared.domain.planning.edits.set_dates import SetDates
from shared.domain.planning.edits.set_quantity import SetQuantity
from shared.domain.planning.line_draft import BundleDates, Dates, LineDraft, Proportions, Wish
from shared.domain.planning.reductions import drop, may_fall, may_last, may_run

_SET_DATES, _SET_QUANTITY = op_of(SetDates), op_of(SetQuantity)


def move_groups(draft: EditDraft) -> None:
    """Moves the components of the lines that move; a required component cannot fall below its share alone."""
    children = draft.children if draft.lines or draft.bundle_dates else {}
    if children:
        _move_quantities(draft, children)
        _keep_proportions(draft)
    for dates in draft.bundle_dates:
        _move_dates(draft, dates, components(children, dates.line))


class _Group(NamedTuple):
    """Holds the parent as its edits want it, and the units of it that are `left`."""

    head: LineDraft
    left: int


def _move_quantities(draft: EditDraft, children: Mapping[str, list[Line]]) -> None:
    heads, done = [line_id for line_id in draft.lines if line_id in children], set()
    for line_id in heads:  # what moves is appended, for it may head a bundle itself
        group = _moving(draft.lines[line_id])
        if group is None or line_id in done:
            continue
        done.add(line_id)
        for component in children[line_id]:
            _follow(draft, component, group)
        below = [component.line_id for component in children[line_id]]
        heads += [each for each in below if each in children and each in draft.lines]


def _moving(head: LineDraft) -> _Group | None:
    wish = head.wish
    if wish.restored is not None:
        return None
    if head.ends:
        return _Group(head, 0)
    return None if wish.quantity in (None, head.line.quantity) else _Group(head, wish.quantity)


def _follow(draft: EditDraft, component: Line, group: _Group) -> None:
    """Gives a component the units that go with its parent's, unless an edit of its own has."""
    known = draft.lines.get(component.line_id)
    if _stays(draft, component, group) or (known is not None and known.wish.restored is not None):
        return
    left = units_for(moves_as(component, group.head.line), group.left)
    if known is not None and (known.wish.quantity is not None or known.wish.stops):
        if (0 if known.ends else known.wish.quantity) != left:
            words = f"Line {component.line_id} moves with its bundle to {left}; another edit sets its quantity too."
            draft.refuse("conflicting-edits", words, group.head.pointer)
    elif left != component.quantity:
        _resize(draft, component, left, group.head)
    elif component.sold_as is None:  # a row that does not tell it yet: what it stands for by then is kept
        draft.wish(component, group.head.pointer, Wish(quantity=left))


def _stays(draft: EditDraft, component: Line, group: _Group) -> bool:
    """Tells if nothing of the component can move: it is gone, has ended, or stands to no parent."""
    if component.quantity:
        return ended(draft, component) or not (group.head.line.quantity or component.sold_as)
    return not group.left or component.sold_as is None


def _resize(draft: EditDraft, component: Line, left: int, head: LineDraft) -> None:
    units, shipped = component.quantity - left, draft.order.progress_of(component).out
    if draft.kind != "amendment":
        take(draft, component, units, head.wish.exception, head.pointer)
    elif left < shipped:
        words = f"{shipped} of {component.sku} of this bundle have shipped; cancel the rest singly."
        draft.refuse("component-shipped", words, head.pointer)
    elif units > 0 and (head.ends or head.wish.cancelled):
        drop(draft, component, units, head.pointer)
    elif _may_become(draft, component, left, head):
        draft.wish(component, head.pointer, Wish(quantity=left))


def _may_become(draft: EditDraft, component: Line, left: int, head: LineDraft) -> bool:
    """Tells if the component itself may be set to that quantity. A component of which nothing is left, because its
    share was rounded down, has no state that could speak against it."""
    if component.quantity and draft.line(component.line_id, _SET_QUANTITY, head.pointer) is None:
        return False
    return may_fall(draft, component, left, f"{head.pointer}/quantity")


def _keep_proportions(draft: EditDraft) -> None:
    for line_id, line_draft in list(draft.lines.items()):
        line, wish = line_draft.line, line_draft.wish
        parent = draft.by_id.get(line.parent_line_id or "")
        if parent is None or wish.restored is not None or not (wish.quantity is not None or wish.stops):
            continue
        head = draft.lines.get(parent.line_id)
        parents = draft.quantity_after(parent)
        if not parents or not parent.quantity or (head is not None and head.ends):
            continue
        quantity = 0 if line_draft.ends else draft.quantity_after(line)
        _check_required(draft, line_draft, quantity, units_for(sold_as(line, parent), parents))
        if wish.quantity is not None and (quantity, parents) != (line.quantity, parent.quantity):
            kept = _proportions(line, parent, quantity, parents)
            draft.lines[line_id] = line_draft._replace(wish=wish._replace(proportions=kept))


def _check_required(draft: EditDraft, line_draft: LineDraft, quantity: int, share: int) -> None:
    """Refuses to take a required component below its share without its parent, unless others come in its place; an
    accessory may go alone."""
    line = line_draft.line
    if line.required and quantity < min(share, line.quantity) and not _is_replaced(draft, line):
        words = f"{line.sku} is required in its bundle ({share} of it); cancel the bundle, or replace it."
        draft.refuse("required-component", words, line_draft.pointer)


def _is_replaced(draft: EditDraft, line: Line) -> bool:
    """Tells if as many units come as go: below the same parent, or else of the same SKU. An undo of that puts back the
    line that it took the place of."""
    if draft.kind != "exchange":
        beside = [each for each in draft.lines.values() if each.line.parent_line_id == line.parent_line_id]
        back = [each.wish.restored.quantity - each.line.quantity for each in beside if each.wish.restored]
        return sum(back) >= line.quantity
    going = [(taken.line, sum(count for _, count in taken.stages)) for taken in draft.taken]
    below = sum(units for each, units in going if each.parent_line_id == line.parent_line_id)
    alike = sum(units for each, units in going if each.sku == line.sku)
    joining = [each for each in draft.additions if each.parent and each.parent.line_id == line.parent_line_id]
    others = [each for each in draft.additions if each.sku == line.sku and not (each.parent or each.by_hand)]
    return sum(each.quantity for each in joining) >= below or sum(each.quantity for each in others) >= alike


def _proportions(line: Line, parent: Line, quantity: int, parents: int) -> Proportions:
    """Returns the proportion from now on: as before, unless the quantity of the component itself was changed."""
    sold = sold_as(line, parent)
    if quantity == units_for(moves_as(line, parent), parents):
        return Proportions(sold, line.moves_as)
    own = None if quantity == units_for(sold, parents) else Proportion(units=quantity, parents=parents)
    return Proportions(sold, own)


def _move_dates(draft: EditDraft, wanted: BundleDates, below: list[Line]) -> None:
    """Gives the dates to every component that has some, unless it has been stopped before the others end."""
    dated = [line for line in below if line.quantity and line.start_date and line.end_date]
    if not dated and not (wanted.line.start_date and wanted.line.end_date):
        words = f"Line {wanted.line.line_id} is no subscription; it has no dates."
        draft.refuse("line-without-dates", words, wanted.pointer)
    last = max((line.end_date for line in (wanted.line, *dated) if line.end_date), default=None)
    for line in dated:
        if line.end_date == last or not ended(draft, line):
            _move_component(draft, line, wanted)


def _move_component(draft: EditDraft, line: Line, wanted: BundleDates) -> None:
    start, end = wanted.start or line.start_date, wanted.end or line.end_date
    known = draft.lines.get(line.line_id)
    if start is None or end is None or (known is not None and (known.ends or known.wish.dates == (start, end))):
        return
    if end < start:
        words = f"{line.sku} of this bundle would end on {end}, before it starts on {start}."
        draft.refuse("end-before-start", words, wanted.pointer)
    elif draft.line(line.line_id, _SET_DATES, wanted.pointer) and _may_move(draft, line, start, end, wanted.pointer):
        draft.wish(line, wanted.pointer, Wish(dates=Dates(start, end)))


def _may_move(draft: EditDraft, line: Line, start: date, end: date, pointer: str) -> bool:
    return may_run(draft, line, start, end, pointer) and may_last(draft, line, start, end, pointer)
