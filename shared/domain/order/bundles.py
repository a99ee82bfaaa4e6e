"""Finds the components of bundles, which are lines below a parent, and the proportion in which they stand to it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from shared.domain import money
from shared.domain.order.line import Line
from shared.domain.order.line_history import Proportion
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


def with_proportions(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines of a new order, each component with the proportion in which it was sold."""
    known = tuple(lines)
    live = {line.line_id: line for line in known if line.quantity}
    return tuple(
        replace(line, sold_as=_today(line, live[line.parent_line_id])) if line.parent_line_id in live else line
        for line in known
    )


def sold_as(component: Line, parent: Line) -> Proportion:
    """The proportion that a required component cannot fall below. Of a row that does not tell it, that of today."""
    return component.sold_as or _today(component, parent)


def moves_as(component: Line, parent: Line) -> Proportion:
    """The proportion in which a component moves with its parent."""
    return component.moves_as or sold_as(component, parent)


def units_for(proportion: Proportion, parents: int) -> int:
    """Returns the units of a component for so many of its parent, half-up: of three for two, two stay with one.

    It depends on the parents left alone, so that cancelling bundles one by one ends where cancelling them together ends
    (DESIGN.md, "Money").
    """
    return money.share(proportion.units, parents, proportion.parents) if proportion.parents else proportion.units


def _today(component: Line, parent: Line) -> Proportion:
    return Proportion(units=component.quantity, parents=parent.quantity)
