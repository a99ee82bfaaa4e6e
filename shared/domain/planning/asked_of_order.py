"""Names what a change asks of its order, in the words of the order's table (`ORDER_TAKES`)."""

from collections.abc import Sequence

from shared.domain.order.order import ChangeKind
from shared.domain.order.states import Asked
from shared.domain.planning.edits import CancelOrder, CancelUnits, Credit, Edit, Restore
from shared.domain.planning.plan import CancelledUnits


def asked_of_order(kind: ChangeKind, edits: Sequence[Edit], cancelled: Sequence[CancelledUnits]) -> Asked:
    """Returns what the edits of one change come to; `cancelled` are the units that its plan takes."""
    if any(isinstance(edit, Restore) for edit in edits):
        return "undo"
    if kind != "cancellation":
        return kind
    if all(isinstance(edit, Credit) for edit in edits):
        return "goodwill"
    if any(isinstance(edit, (CancelOrder, CancelUnits)) and edit.exception for edit in edits):
        return "exception"
    return "stop" if cancelled and all(units.stage == "running" for units in cancelled) else "cancellation"
