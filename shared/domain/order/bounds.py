"""Limits what one order holds, whatever door it comes in by and whatever edits make of it, so that it can be kept,
planned and shown.

A whole order is one reply, which stays below 5 MB (DESIGN.md, "Nothing is unbounded"): a line is some 600 bytes of it,
a part of a line some 150, and texts come on top.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.domain.order.line import Line
from shared.domain.order.order import Discount, Fee
from shared.domain.refusal import Violation

MAX_LINES = 2_000
MAX_PARTS = 10_000
"""Taxes, discounts, charges and constraints of all lines together, each line's share of what is off the whole order
among them."""
MAX_TEXT = 1_250_000
"""Bytes of the texts of all lines, as JSON writes them: a shop names a tax once for all lines, a reply repeats it."""


@dataclass(frozen=True, slots=True)
class Size:
    """Measures lines by what they hold: how many, of how many parts, with how many bytes of text."""

    lines: int
    parts: int
    text: int


def size_of(lines: Iterable[Line]) -> Size:
    """Returns the size of these lines."""
    all_lines = tuple(lines)
    texts = [text for line in all_lines for text in _texts(line)]
    return Size(len(all_lines), sum(map(_parts, all_lines)), len(json.dumps(texts, ensure_ascii=False).encode()))


def excess(size: Size, pointer: str) -> Violation | None:
    """Returns what forbids lines of this size; `pointer` leads to what would be too large. None if nothing does."""
    if size.lines > MAX_LINES:
        return Violation("too-many-lines", f"An order has {MAX_LINES:,} lines at most.", pointer)
    if size.parts > MAX_PARTS:
        words = f"The lines of an order have {MAX_PARTS:,} taxes, discounts, charges and constraints at most"
        return Violation("too-many", f"{words}; shares of what is off the whole order count.", pointer)
    if size.text > MAX_TEXT:
        return Violation("order-too-large", f"The texts of an order's lines have {MAX_TEXT:,} bytes at most.", pointer)
    return None


def shares(lines: int, discounts: Iterable[Discount], fees: Iterable[Fee]) -> int:
    """Returns how many parts an order's own discounts and deductions become at most, shared out over so many lines."""
    return lines * (len(tuple(discounts)) + sum(fee.total < 0 for fee in fees))


def _parts(line: Line) -> int:
    return len(line.taxes) + len(line.discounts) + len(line.charges) + len(line.constraints)


def _texts(line: Line) -> Iterator[str | None]:
    yield from (line.line_id, line.sku, line.title, line.bundle_id, line.parent_line_id, *line.constraints)
    for tax in line.taxes:
        yield from (tax.name, tax.jurisdiction)
    for discount in line.discounts:
        yield discount.code
    for charge in line.charges:
        yield charge.charge_id
