"""What an amendment takes away: it meets the rules that a cancellation of the same would, and is no way round them.

What a subscription has used stays paid: a line that runs stops instead, and neither its units nor the days behind it
are taken back.
"""

from datetime import date

from shared.domain.order.line import Line
from shared.domain.planning.cancellation import all_may_go, recurring, running, stages_of, stop
from shared.domain.planning.edit_draft import EditDraft


def drop(draft: EditDraft, line: Line, units: int, pointer: str) -> None:
    """Take units that have not left; a running subscription stops."""
    if running(draft, line):
        stop(draft, line, units, None, pointer)
    elif _may_lose(draft, line, units, pointer):
        draft.wish(line, pointer, quantity=line.quantity - units, cancelled=units)


def may_fall(draft: EditDraft, line: Line, quantity: int, pointer: str) -> bool:
    """Whether the line may have `quantity` units, as far as that is fewer than it has."""
    if quantity >= line.quantity:
        return True
    if running(draft, line):
        words = f"Line {line.line_id} is running and cannot have fewer; cancel it, and add a line for what is to go on."
        draft.refuse("subscription-running", words, pointer)
        return False
    return _may_lose(draft, line, line.quantity - quantity, pointer)


def may_run(draft: EditDraft, line: Line, start: date, end: date, pointer: str) -> bool:
    """Whether the line may run from `start` to `end`, as far as that gives days back that it has."""
    if not recurring(line) or line.start_date is None or line.end_date is None:
        return True
    begun, today = running(draft, line), draft.today
    if begun and today is not None and (start > line.start_date or end < min(line.end_date, today)):
        words = f"Line {line.line_id} is running: it keeps its start, and what lies behind it stays; it can end today."
        draft.refuse("subscription-running", words, pointer)
        return False
    return end - start >= line.end_date - line.start_date or _may_lose(draft, line, 1, pointer)


def _may_lose(draft: EditDraft, line: Line, units: int, pointer: str) -> bool:
    if running(draft, line):
        return all_may_go(draft, line, (("running", line.quantity),), None, pointer)
    return all_may_go(draft, line, stages_of(line, draft.order.progress_of(line), units), None, pointer)
