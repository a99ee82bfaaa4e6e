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

    def skus_of(self, line_id: str | None, sku: str | None) -> set[str]:
        """Returns the SKUs of the lines that are named, by id or by SKU, and of the bundles that they head."""
        if sku is None:
            return self.skus_with_below(line_id)
        heads = [line.line_id for line in self.order.lines if line.sku == sku and line.line_id in self.children]
        return {sku}.union(*(self.skus_with_below(each) for each in heads))

    @property
    def skus(self) -> set[str]:
        return {line.sku for line in self.order.lines}
