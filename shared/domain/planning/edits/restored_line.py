"""Puts one line back as it was for an undo, where nothing has moved on since."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import get_args

from shared.domain.order import pricing, terms
from shared.domain.order.formerly import rest_of, with_former
from shared.domain.order.goodwill import keeping_goodwill, terms_of, with_goodwill, without_goodwill
from shared.domain.order.line import Line
from shared.domain.order.line_fields import counting
from shared.domain.order.unit_terms import resumed
from shared.domain.order.upgrades import from_day
from shared.domain.planning.cancellation import running, stop
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import EditBase, op_of
from shared.domain.planning.edits.cancel_line import CancelLine
from shared.domain.planning.edits.requested import RequestedEdit
from shared.domain.planning.edits.set_dates import SetDates
from shared.domain.planning.edits.set_discount import SetDiscount
from shared.domain.planning.edits.set_quantity import SetQuantity
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


def restore_line(
    draft: EditDraft, restored: RestoredLine, made_on: date | None, pointer: str, *, moved: bool = False
) -> None:
    """Wishes for the line as it was, or keeps the reason why that cannot be. `made_on` is the day of the change: on
    that day nothing of it is used yet. `moved` tells that the change moved the order to another jurisdiction."""
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
            _take_back(draft, line, used=_used(draft, line, made_on), pointer=pointer)
    elif _may_be(draft, line, was, pointer):
        passed = _used(draft, line, made_on) or _used(draft, was, made_on)
        draft.wish(line, pointer, Wish(restored=_from_today(draft, line, was, moved=moved) if passed else was))


def _used(draft: EditDraft, line: Line, made_on: date | None) -> bool:
    """Returns True if a running line has been used since the change, or could have been without it; what was used is
    not undone, and what was not is not charged."""
    return running(draft, line) and made_on != draft.today


def _take_back(draft: EditDraft, line: Line, *, used: bool, pointer: str) -> None:
    if used:
        stop(draft, line, line.quantity, None, pointer)
    else:
        draft.wish(line, pointer, Wish(quantity=0, cancelled=line.quantity, as_never_begun=True))


def _from_today(draft: EditDraft, line: Line, was: Line, *, moved: bool) -> Line:
    """Returns the former content of a running line from today on: units that the change added count until now, those
    that it took count from now on, as does a line that had stopped, and what another product has used stays paid, taxed
    where the order is again."""
    today = draft.today
    if today is None or not was.quantity:
        return was
    counted = resumed(line, was, today)
    left = _taxed_as(without_goodwill(line), was) if moved else without_goodwill(line)
    if (was.sku, was.charges) != (line.sku, line.charges):
        sized = pricing.moved(left, terms.terms_of(left)._replace(quantity=was.quantity, **counted._asdict()))
        return keeping_goodwill(was, lambda bare: from_day(sized, _without_setup(pricing.uncut(bare), line), today))
    put_off = line.start_date if line.start_date and was.start_date and line.start_date > was.start_date else today
    return keeping_goodwill(was, lambda bare: pricing.resumed(_having_used(bare, left), *counted, put_off, today))


def _taxed_as(line: Line, was: Line) -> Line:
    """Returns the line on the rates that it had before a move; what it had used then bears the tax that it bore."""
    back = pricing.taxed(line, rest_of(was).taxes)
    bore = {replace(each, taxes=()): each for each in was.formerly}
    formerly = tuple(bore.get(replace(each, taxes=()), each) for each in back.formerly)
    return with_former(rest_of(back), formerly)


def _having_used(was: Line, line: Line) -> Line:
    """Returns the former content with what other products have used by now: more, if units left on the day on which the
    line became this one."""
    return was if was.formerly == line.formerly else with_former(rest_of(was), line.formerly)


def _without_setup(line: Line, left: Line) -> Line:
    """Returns the line without what it costs once, where what is `left` was this product before: that stays paid with
    it."""
    if all(former.sku != line.sku for former in left.formerly):
        return line
    return replace(line, charges=tuple(charge for charge in line.charges if charge.type != "one_time"))


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
    if draft.kept_after_all.get(line.line_id) == was.quantity - line.quantity:
        edits.remove(SetQuantity)  # the customer has these units already: no right is needed to leave them
    if was.quantity and (SetUnitPrice in edits or SetDiscount in edits):
        draft.check_discounted(was)
    allowed = [draft.rights.allowed(_OP[edit], line, pointer) for edit in edits]  # no early stop: keep all
    allowed.append(may_fall(draft, line, was.quantity, pointer))
    allowed.append(_may_run(draft, line, was, edits, pointer))
    return all(allowed)


def _may_run(draft: EditDraft, line: Line, was: Line, edits: Collection[type[EditBase]], pointer: str) -> bool:
    if SetDates not in edits or not was.start_date or not was.end_date:
        return True
    return may_run(draft, line, was.start_date, was.end_date, pointer)


_content = attrgetter(*counting(Line, "undo"))
