"""Applies the edits of a change to its draft, one after the other, with their consequences for bundles."""

from collections.abc import Iterable

from shared.domain.order.order import ChangeKind
from shared.domain.planning import bundles
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits import Edit

_WHERE: dict[ChangeKind, str] = {"amendment": "/edits", "cancellation": "/lines"}
"""Gives the place in a request that names its edits."""


def apply_edits(draft: EditDraft, edits: Iterable[Edit]) -> EditDraft:
    """Returns the draft with the wishes of every edit, and with the components of the lines that end."""
    where = _WHERE[draft.kind]
    for index, edit in enumerate(edits):
        edit.apply(draft, f"{where}/{index}")
    bundles.cancel_components(draft)
    bundles.check_required(draft)
    return draft
