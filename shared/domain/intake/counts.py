"""Refuses a new order that would be too large before it is made: every line gets its share of what is off the whole."""

from shared.domain.intake.new_order import NewOrder
from shared.domain.order.bounds import Size, excess, shares
from shared.domain.refusal import Refusal


def check_counts(new: NewOrder) -> None:
    """Checks how many lines the order would have, and how many parts.

    Raises:
        Refusal: `too-many-lines`, `too-many`.
    """
    parts = sum(len(line.taxes) + len(line.discounts) + len(line.charges) + len(line.constraints) for line in new.lines)
    parts += shares(len(new.lines), new.discounts, new.fees)
    if found := excess(Size(lines=len(new.lines), parts=parts, text=0), new.lines_at):
        raise Refusal(found.code, found.detail, pointer=found.pointer)
