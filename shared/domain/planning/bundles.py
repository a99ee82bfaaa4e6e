"""Keeps bundles whole: cancelling a parent cancels its components; a required component cannot go alone."""

from shared.domain.order.bundles import children_of, components
from shared.domain.order.line import Line
from shared.domain.planning.cancellation import ended, take
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.reductions import drop


def cancel_components(draft: EditDraft) -> None:
    """Ends the components of each line that ends."""
    children = children_of(draft.order)
    ending = [line_draft for line_draft in draft.lines.values() if line_draft.ends and line_draft.wish.restored is None]
    for line_draft in ending:
        for line in components(children, line_draft.line):
            known = draft.lines.get(line.line_id)
            if not line.quantity or (known is not None and known.ends) or ended(draft, line):
                continue
            if draft.kind == "cancellation":
                take(draft, line, line.quantity, line_draft.wish.exception, line_draft.pointer)
            elif draft.order.progress_of(line).out:
                draft.refuse(
                    "component-shipped",
                    f"{line.sku} of this bundle has shipped; cancel the rest singly.",
                    line_draft.pointer,
                )
            else:
                drop(draft, line, line.quantity, line_draft.pointer)


def check_required(draft: EditDraft) -> None:
    """Refuses to end a required component without its parent; an accessory may end alone."""
    for line_draft in list(draft.lines.values()):
        line = line_draft.line
        if not line_draft.ends or not line.required or line.parent_line_id is None:
            continue
        parent = draft.by_id.get(line.parent_line_id)
        known = draft.lines.get(line.parent_line_id)
        if parent is not None and parent.quantity and not (known is not None and known.ends):
            draft.refuse(
                "required-component",
                f"{line.sku} is required in its bundle; cancel the bundle, or replace it.",
                line_draft.pointer,
            )


def parent_of(draft: EditDraft, parent_line_id: str | None, pointer: str) -> Line | None:
    """Returns the parent that an added line joins; it must be there, live, and not a subscription that has ended."""
    if parent_line_id is None:
        return None
    parent = draft.by_id.get(parent_line_id)
    where = f"{pointer}/parent_line_id"
    if parent is None or not parent.quantity:
        draft.refuse("unknown-parent", f"The order has no live line '{parent_line_id}' to add to.", where)
        return None
    family = (parent, *components(children_of(draft.order), parent))
    ends = [line.end_date for line in family if line.end_date and line.quantity]
    if draft.today is not None and ends and max(ends) < draft.today:
        draft.refuse("subscription-ended", f"This subscription ended on {max(ends)}; place a new order.", where)
        return None
    return parent
