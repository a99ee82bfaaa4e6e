"""Applies the edits of a change to its draft, one after the other, with their consequences for bundles."""

from collections.abc import Iterable

from shared.domain.order.order import ChangeKind
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits import Edit
from shared.domain.planning.group_moves import move_groups

_WHERE: dict[ChangeKind, str] = {"amendment": "/edits", "cancellation": "/lines", "settlement": ""}
"""Gives the place in a request that names its edits."""


def apply_edits(draft: EditDraft, edits: Iterable[Edit]) -> EditDraft:
    """Returns the draft with the wishes of every edit, and with the lines that move with others."""
    where = _WHERE[draft.kind]
    for index, edit in enumerate(edits):
        edit.apply(draft, f"{where}/{index}")
    move_groups(draft)
    return draft
