"""Finds the SKUs whose products and stock must be read before a change can be planned."""

from collections.abc import Iterable

from shared.domain.order.order import Order
from shared.domain.planning.edits import Edit
from shared.domain.planning.known_lines import KnownLines


def touched_skus(order: Order, edits: Iterable[Edit]) -> tuple[str, ...]:
    """Returns the SKUs of the lines that the edits name; all of them where an address may move the order's taxes."""
    known = KnownLines.of(order)
    return tuple(sorted({sku for edit in edits for sku in edit.affected_skus(known)}))
