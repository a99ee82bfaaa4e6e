"""Puts one line back as it was for an undo, where nothing has moved on since."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import get_args

from shared.domain import money
from shared.domain.order.goodwill import terms_of, with_goodwill, without_goodwill
from shared.domain.order.line import Line
from shared.domain.order.line_fields import counting
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import EditBase, op_of
from shared.domain.planning.edits.cancel_line import CancelLine
from shared.domain.planning.edits.requested import RequestedEdit
from shared.domain.planning.edits.set_dates import SetDates
from shared.domain.planning.edits.set_discount import SetDiscount
from shared.domain.planning.edits.set_unit_price import SetUnitPrice
from shared.domain.planning.line_draft import Wish
from shared.domain.planning.reductions import may_fall, may_run


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredLine:
    """Pairs a line to put back as the change left it with the line as it was (None: the change had added it)."""

    left: Line
    was: Line | None


_REQUESTED: tuple[type[EditBase], ...] = get_args(RequestedEdit)
_OP: dict[type[EditBase], str] = {kind: op_of(kind) for kind in _REQUESTED}


def restore_line(draft: EditDraft, restored: RestoredLine, pointer: str) -> None:
    """Wishes for the line as it was, or keeps the reason why that cannot be."""
    line = draft.by_id.get(restored.left.line_id)
    if line is None or _changed_since(restored, line):
        words = f"Line {restored.left.line_id} was changed again since; undo that first."
        draft.refuse("changed-since", words, pointer)
        return
    restored = _with_goodwill_since(restored, line)
    shipped, was = draft.order.progress_of(line).out, restored.was
    if shipped > (was.quantity if was and was.sku == line.sku else 0):
        draft.refuse("goods-moved-on", f"{shipped} units of line {line.line_id} have shipped since.", pointer)
    elif was is None:
        if draft.rights.allowed(_OP[CancelLine], line, pointer) and may_fall(draft, line, 0, pointer):
            draft.wish(line, pointer, Wish(quantity=0, cancelled=line.quantity))
    elif _may_be(draft, line, was, pointer):
        draft.wish(line, pointer, Wish(restored=was))


def _changed_since(restored: RestoredLine, line: Line) -> bool:
    """Tells if the line is another than the change left it; goodwill that was given since lies on top, and stays."""
    left, was = terms_of(restored.left), terms_of(restored.was) if restored.was else None
    if left not in (was, terms_of(line)):
        return True
    return _content(without_goodwill(line)) != _content(without_goodwill(restored.left))


def _with_goodwill_since(restored: RestoredLine, line: Line) -> RestoredLine:
    """Returns what is to be put back, under the goodwill that the line was given since."""
    was = restored.was
    if was is None or terms_of(line) == terms_of(restored.left):
        return restored
    return replace(restored, was=with_goodwill(without_goodwill(was), line.goodwill))


def _may_be(draft: EditDraft, line: Line, was: Line, pointer: str) -> bool:
    """Returns True if the line may become this. A cancelled one comes back by no other edit: it needs no other
    right."""
    if not line.quantity:
        return True
    edits = [edit for edit in _REQUESTED if edit.turns(line, was)]
    if was.quantity and (SetUnitPrice in edits or SetDiscount in edits):
        draft.check_price(was.sku, money.divide(was.gross - _own(was), was.quantity), line.unit_price)
    allowed = [draft.rights.allowed(_OP[edit], line, pointer) for edit in edits]  # no early stop: keep all
    allowed.append(may_fall(draft, line, was.quantity, pointer))
    allowed.append(_may_run(draft, line, was, edits, pointer))
    return all(allowed)


def _may_run(draft: EditDraft, line: Line, was: Line, edits: Collection[type[EditBase]], pointer: str) -> bool:
    if SetDates not in edits or not was.start_date or not was.end_date:
        return True
    return may_run(draft, line, was.start_date, was.end_date, pointer)


def _own(line: Line) -> int:
    return sum(each.amount for each in line.discounts if each.scope == "line")


_content = attrgetter(*counting(Line, "undo"))
