"""Finds the components of bundles, which are lines below a parent line."""

from collections.abc import Mapping

from shared.domain.order.line import Line
from shared.domain.order.order import Order


def components(children: Mapping[str, list[Line]], parent: Line) -> list[Line]:
    """Returns every line below `parent`, nearest first; intake refuses lines that are their own ancestors."""
    found = list(children.get(parent.line_id, ()))
    for line in found:
        found += children.get(line.line_id, ())
    return found


def children_of(order: Order) -> dict[str, list[Line]]:
    """Returns the lines directly below each line that has any."""
    children: dict[str, list[Line]] = {}
    for line in order.lines:
        if line.parent_line_id is not None:
            children.setdefault(line.parent_line_id, []).append(line)
    return children
