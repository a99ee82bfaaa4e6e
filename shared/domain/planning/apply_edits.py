"""Applies the edits of a change to its draft, one after the other, with their consequences for bundles."""

from collections.abc import Sequence

from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits import AddLine, Edit, TakeBack
from shared.domain.planning.group_moves import move_groups


def apply_edits(draft: EditDraft, edits: Sequence[Edit]) -> EditDraft:
    """Returns the draft with the wishes of every edit, and with the lines that move with others."""
    where = draft.edits_at
    if draft.kind == "exchange":
        _check_sides(draft, edits)
    for index, edit in enumerate(edits):
        edit.apply(draft, f"{where}/{index}")
    move_groups(draft)
    return draft


def _check_sides(draft: EditDraft, edits: Sequence[Edit]) -> None:
    """Refuses an exchange that only takes back, or only adds: other kinds of change are for that."""
    if not any(isinstance(edit, TakeBack) for edit in edits):
        draft.refuse("one-sided-exchange", "Nothing is taken back; to add a line, amend the order.", "/edits")
    if not any(isinstance(edit, AddLine) for edit in edits):
        draft.refuse("one-sided-exchange", "Nothing comes in exchange; to take units back, cancel them.", "/edits")
