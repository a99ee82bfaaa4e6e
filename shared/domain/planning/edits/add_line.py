"""Defines the edit `add_line`: a product that the order did not have, or more of it on a line of its own."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from shared.domain.money.given import Money
from shared.domain.order.charges import GivenCharge
from shared.domain.order.line import Line
from shared.domain.planning.added_prices import Asked, price_of
from shared.domain.planning.bundles import parent_of
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import AmendmentEdit
from shared.domain.planning.known_lines import KnownLines
from shared.domain.planning.line_draft import Addition
from shared.domain.policy.terms import out_of_bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class AddLine(AmendmentEdit):
    """Adds a line, under a parent where it joins a bundle. Without `unit_price` the product's list price holds, and
    without `charges` the product's own; without `tax_included` the order's other lines tell if its price contains
    tax."""

    sku: str
    quantity: int
    unit_price: Money | None = None
    title: str | None = None
    parent_line_id: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    tax_included: bool | None = None
    charges: tuple[GivenCharge, ...] | None = None
    op: Literal["add_line"] = "add_line"
    parts: ClassVar[tuple[str, ...]] = ("unit_price", "tax_included", "charges")

    @property
    def on(self) -> str:
        return self.sku

    def apply(self, draft: EditDraft, pointer: str) -> None:
        if not draft.rights.allowed(self.op, None, pointer) or not draft.rights.in_flight(self.sku, pointer):
            return
        if self.tax_included is not None:
            draft.rights.allowed(f"{self.op}.tax_included", None, f"{pointer}/tax_included")
        start, end = self.start_date, self.end_date
        if not _may_be(draft, self.sku, start, end, pointer):
            return
        asked = Asked(self.op, self.sku, self.unit_price, self.charges, start, end, pointer)
        price, parent = price_of(draft, asked), parent_of(draft, self.parent_line_id, pointer)
        if price is None or (self.parent_line_id is not None and parent is None):
            return
        product = draft.catalogue.products.get(self.sku)
        draft.additions.append(
            Addition(
                sku=self.sku,
                title=self.title or (product.title if product else self.sku),
                quantity=self.quantity,
                unit_price=price.unit_price,
                by_hand=self.unit_price is not None or self.charges is not None,
                charges=price.charges,
                product=product,
                pointer=pointer,
                parent=parent,
                start_date=start,
                end_date=end,
                tax_included=self.tax_included,
            )
        )

    def affected_skus(self, known: KnownLines) -> set[str]:
        return {self.sku}

    @staticmethod
    def turns(line: Line, into: Line) -> bool:
        """Returns False: an undo makes no new line."""
        return False


def _may_be(draft: EditDraft, sku: str, start: date | None, end: date | None, pointer: str) -> bool:
    """Returns True if the dates make a term within policy's bounds, or there are none; otherwise keeps a refusal."""
    if start is None and end is None:
        return True
    if start is None or end is None or end < start:
        draft.refuse("end-before-start", "A subscription has a start, and an end that is not before it.", pointer)
        return False
    found = out_of_bounds(draft.policy, draft.judge.subject, sku, (start, end), draft.today)
    if found is not None:
        draft.refuse("term-out-of-bounds", found, pointer)
    return found is None
