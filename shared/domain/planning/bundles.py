"""Finds the line of a bundle that an added line joins."""

from shared.domain.order.bundles import components
from shared.domain.order.line import Line
from shared.domain.planning.edit_draft import EditDraft


def parent_of(draft: EditDraft, parent_line_id: str | None, pointer: str) -> Line | None:
    """Returns the parent that an added line joins; it must be there, live, and not a subscription that has ended."""
    if parent_line_id is None:
        return None
    parent = draft.by_id.get(parent_line_id)
    where = f"{pointer}/parent_line_id"
    if parent is None or not parent.quantity:
        draft.refuse("unknown-parent", f"The order has no live line '{parent_line_id}' to add to.", where)
        return None
    family = (parent, *components(draft.children, parent))
    ends = [line.end_date for line in family if line.end_date and line.quantity]
    if draft.today is not None and ends and max(ends) < draft.today:
        draft.refuse("subscription-ended", f"This subscription ended on {max(ends)}; place a new order.", where)
        return None
    return parent
