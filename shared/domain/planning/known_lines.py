"""Looks the lines of an order up once for all edits of a change."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.order.bundles import children_of, components
from shared.domain.order.line import Line
from shared.domain.order.order import Order


@dataclass(frozen=True, slots=True)
class KnownLines:
    """Indexes an order's lines by id, and the lines directly below each."""

    order: Order
    by_id: Mapping[str, Line]
    children: Mapping[str, list[Line]]

    @classmethod
    def of(cls, order: Order) -> "KnownLines":
        return cls(order, {line.line_id: line for line in order.lines}, children_of(order))

    def sku_of(self, line_id: str | None) -> set[str]:
        """Returns the line's SKU; an empty set if the order has no such line."""
        line = self.by_id.get(line_id or "")
        return {line.sku} if line else set()

    def skus_with_below(self, line_id: str | None) -> set[str]:
        """Returns the SKUs of the line and of everything in the bundle that it heads."""
        line = self.by_id.get(line_id or "")
        return {each.sku for each in (line, *components(self.children, line))} if line else set()

    @property
    def skus(self) -> set[str]:
        return {line.sku for line in self.order.lines}
