"""Checks what an amendment takes away by the rules of a cancellation, so that it is no way round them.

What a subscription has used stays paid: a line that runs stops instead, units that leave it count to that day, and the
days behind it are not taken back.
"""

from datetime import date

from shared.domain.order.charges import is_timed
from shared.domain.order.line import Line
from shared.domain.planning.cancellation import all_may_go, divisible, ended, recurring, running, stages_of, stop
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.line_draft import Wish
from shared.domain.policy.terms import out_of_bounds


def drop(draft: EditDraft, line: Line, units: int, pointer: str) -> None:
    """Takes units that have not left; a running subscription stops."""
    if running(draft, line):
        stop(draft, line, units, None, pointer)
    elif _may_lose(draft, line, units, pointer):
        draft.wish(line, pointer, Wish(quantity=line.quantity - units, cancelled=units))


def quantity_may_be(draft: EditDraft, line: Line, quantity: int, pointer: str) -> bool:
    """Returns True if the line may have `quantity` units: no fewer than have shipped, as many as may go, and no more of
    what has ended."""
    shipped = draft.order.progress_of(line).out
    if quantity < shipped:
        words = f"{shipped} of line {line.line_id} have shipped; the quantity cannot fall below that."
        draft.refuse("quantity-below-shipped", words, pointer)
        return False
    if divisible(draft, line):
        return may_fall(draft, line, quantity, pointer)
    refuse_fixed_quantity(draft, line, pointer)
    return False


def refuse_fixed_quantity(draft: EditDraft, line: Line, pointer: str) -> None:
    """Keeps the refusal of a part of a line that is sold whole."""
    words = f"The quantity of {line.sku} is fixed; cancel the line or add another instead."
    draft.refuse("quantity-not-modifiable", words, pointer)


def may_fall(draft: EditDraft, line: Line, quantity: int, pointer: str) -> bool:
    """Returns True if the line may fall to `quantity` units, or rise to them before it has ended; otherwise keeps a
    refusal."""
    if quantity == line.quantity:
        return True
    if ended(draft, line):
        draft.refuse("subscription-ended", f"This subscription has ended on {line.end_date}.", pointer)
        return False
    return quantity > line.quantity or _may_lose(draft, line, line.quantity - quantity, pointer)


def may_run(draft: EditDraft, line: Line, start: date, end: date, pointer: str) -> bool:
    """Returns True if the line may run from `start` to `end`, as far as that takes days away from it; otherwise keeps a
    refusal."""
    if not recurring(line) or line.start_date is None or line.end_date is None:
        return True
    begun, today = running(draft, line), draft.today
    if begun and today is not None and (start > line.start_date or end < min(line.end_date, today)):
        words = f"Line {line.line_id} is running: it keeps its start, and what lies behind it stays; it can end today."
        draft.refuse("subscription-running", words, pointer)
        return False
    return end - start >= line.end_date - line.start_date or _may_lose(draft, line, 1, pointer)


def may_last(draft: EditDraft, line: Line, start: date, end: date, pointer: str) -> bool:
    """Returns True if other dates of a line are within policy's bounds, and no longer where no charge tells what that
    costs; otherwise keeps a refusal."""
    if line.start_date is None or line.end_date is None:
        return True
    if line.gross and not is_timed(line.charges) and end - start > line.end_date - line.start_date:
        words = f"Line {line.line_id} has no charge by the period, so what a longer term costs is not known."
        draft.refuse("charges-unknown", words, pointer)
        return False
    was = line.start_date, line.end_date
    found = out_of_bounds(draft.policy, draft.judge.subject, line.sku, (start, end), draft.today, was)
    if found is not None:
        draft.refuse("term-out-of-bounds", found, pointer)
    return found is None


def _may_lose(draft: EditDraft, line: Line, units: int, pointer: str) -> bool:
    if running(draft, line):
        return all_may_go(draft, line, (("running", units),), None, pointer)
    return all_may_go(draft, line, stages_of(line, draft.order.progress_of(line), units), None, pointer)
