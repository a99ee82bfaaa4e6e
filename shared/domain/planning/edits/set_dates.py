"""Defines the edit `set_dates`: other dates for a subscription, or for every subscription of a bundle."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.domain.order.line import Line
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import LineEdit
from shared.domain.planning.known_lines import KnownLines
from shared.domain.planning.line_draft import BundleDates, Dates, Wish
from shared.domain.planning.reductions import may_last, may_run


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDates(LineEdit):
    """Sets other dates for a subscription line, both inclusive; a date that is left out stays. On the parent of a
    bundle they are for every component that has dates."""

    line_id: str
    start_date: date | None = None
    end_date: date | None = None
    op: Literal["set_dates"] = "set_dates"

    def apply(self, draft: EditDraft, pointer: str) -> None:
        line = draft.line(self.line_id, self.op, pointer)
        if line is None:
            return
        draft.bundle_dates.append(BundleDates(line, self.start_date, self.end_date, pointer))
        if line.start_date is None or line.end_date is None:
            return  # its components may have dates: that is seen to when all edits are applied
        start, end = self.start_date or line.start_date, self.end_date or line.end_date
        if end < start:
            draft.refuse("end-before-start", f"It would end on {end}, before it starts on {start}.", pointer)
        elif may_run(draft, line, start, end, pointer) and may_last(draft, line, start, end, pointer):
            draft.wish(line, pointer, Wish(dates=Dates(start, end)))

    def affected_skus(self, known: KnownLines) -> set[str]:
        return known.skus_with_below(self.line_id)

    @staticmethod
    def turns(line: Line, into: Line) -> bool:
        return (into.start_date, into.end_date) != (line.start_date, line.end_date)
