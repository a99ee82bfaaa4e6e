"""Puts lines under their parents, once a channel has said which belong together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from shared.domain.intake.new_order import NewLine


def with_parents(
    lines: Sequence[NewLine], parents: Mapping[str, str], accessories: Collection[str] = ()
) -> tuple[NewLine, ...]:
    """Returns the lines, each of those in `parents` under the line that it names there: required, unless it is one of
    the `accessories`. All lines of a group have the id of its outermost line as `bundle_id`. A parent that is not among
    the lines is nobody's: the shop took it out of the order, and its parts stand alone."""
    here = {line.line_id for line in lines if line.line_id}
    known = {child: parent for child, parent in parents.items() if parent in here}
    heads = set(known.values())
    return tuple(
        replace(
            line,
            parent_line_id=known.get(line.line_id),
            bundle_id=_outermost(line.line_id, known),
            required=line.line_id in known and line.line_id not in accessories,
        )
        if line.line_id and (line.line_id in known or line.line_id in heads)
        else line
        for line in lines
    )


def _outermost(line_id: str, parents: Mapping[str, str]) -> str:
    """Returns the line at the top; of lines that are each other's parents, which intake refuses, the same for all."""
    seen: set[str] = set()
    while line_id in parents:
        if line_id in seen:
            return min(seen)
        seen.add(line_id)
        line_id = parents[line_id]
    return line_id
