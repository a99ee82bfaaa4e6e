"""Bundles: a parent with its components. Cancelling the parent cancels them; a required one cannot go alone."""

from shared.domain.order.bundles import children_of, components
from shared.domain.order.line import Line
from shared.domain.planning.cancellation import ended, take
from shared.domain.planning.edit_draft import Targets
from shared.domain.planning.edits import AddLine
from shared.domain.planning.reductions import drop


def cancel_components(targets: Targets) -> None:
    """What belongs to a line that ends, ends with it."""
    children = children_of(targets.order)
    ending = [target for target in targets.lines.values() if target.ends and target.restored is None]
    for target in ending:
        for line in components(children, target.line):
            known = targets.lines.get(line.line_id)
            if not line.quantity or (known is not None and known.ends) or ended(targets, line):
                continue
            if targets.kind == "cancellation":
                take(targets, line, line.quantity, target.exception, target.pointer)
            elif targets.order.progress_of(line).out:
                targets.refuse(
                    "component-shipped",
                    f"{line.sku} of this bundle has shipped; cancel the rest singly.",
                    target.pointer,
                )
            else:
                drop(targets, line, line.quantity, target.pointer)


def check_required(targets: Targets) -> None:
    """A required component goes only together with its parent; an accessory may."""
    for target in list(targets.lines.values()):
        line = target.line
        if not target.ends or not line.required or line.parent_line_id is None:
            continue
        parent = targets.by_id.get(line.parent_line_id)
        known = targets.lines.get(line.parent_line_id)
        if parent is not None and parent.quantity and not (known is not None and known.ends):
            targets.refuse(
                "required-component",
                f"{line.sku} is required in its bundle; cancel the bundle, or replace it.",
                target.pointer,
            )


def parent_of(targets: Targets, edit: AddLine, pointer: str) -> Line | None:
    """The line that an added one joins: it must be there, live, and not a subscription that has ended."""
    if edit.parent_line_id is None:
        return None
    parent = targets.by_id.get(edit.parent_line_id)
    where = f"{pointer}/parent_line_id"
    if parent is None or not parent.quantity:
        targets.refuse("unknown-parent", f"The order has no live line '{edit.parent_line_id}' to add to.", where)
        return None
    family = (parent, *components(children_of(targets.order), parent))
    ends = [line.end_date for line in family if line.end_date and line.quantity]
    if targets.today is not None and ends and max(ends) < targets.today:
        targets.refuse("subscription-ended", f"This subscription ended on {max(ends)}; place a new order.", where)
        return None
    return parent
