"""Defines the edit `add_line`: a product that the order did not have, or more of it on a line of its own."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from shared.domain.money.given import Money
from shared.domain.order.line import Line
from shared.domain.planning.bundles import parent_of
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import AmendmentEdit
from shared.domain.planning.known_lines import KnownLines
from shared.domain.planning.line_draft import Addition


@dataclass(frozen=True, slots=True, kw_only=True)
class AddLine(AmendmentEdit):
    """Adds a line, under a parent where it joins a bundle. Without `unit_price` the product's list price holds; without
    `tax_included` the order's other lines tell if its price contains tax."""

    sku: str
    quantity: int
    unit_price: Money | None = None
    title: str | None = None
    parent_line_id: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    tax_included: bool | None = None
    op: Literal["add_line"] = "add_line"
    parts: ClassVar[tuple[str, ...]] = ("unit_price", "tax_included")

    @property
    def on(self) -> str:
        return self.sku

    def apply(self, draft: EditDraft, pointer: str) -> None:
        if not draft.rights.allowed(self.op, None, pointer) or not draft.rights.in_flight(self.sku, pointer):
            return
        if self.tax_included is not None:
            draft.rights.allowed(f"{self.op}.tax_included", None, f"{pointer}/tax_included")
        price = self._price(draft, pointer)
        parent = parent_of(draft, self.parent_line_id, pointer)
        unpriced = price is None and (self.unit_price is not None or draft.kind != "exchange")
        if unpriced or (self.parent_line_id is not None and parent is None):
            return
        start, end = self.start_date, self.end_date
        if (start is None) != (end is None) or (start and end and end < start):
            words = "A subscription has a start, and an end that is not before it."
            draft.refuse("end-before-start", words, pointer)
        else:
            draft.additions.append(self._addition(draft, price, parent, pointer))

    def affected_skus(self, known: KnownLines) -> set[str]:
        return {self.sku}

    @staticmethod
    def turns(line: Line, into: Line) -> bool:
        """Returns False: an undo makes no new line."""
        return False

    def _addition(self, draft: EditDraft, price: int | None, parent: Line | None, pointer: str) -> Addition:
        product = draft.catalogue.products.get(self.sku)
        return Addition(
            sku=self.sku,
            title=self.title or (product.title if product else self.sku),
            quantity=self.quantity,
            unit_price=price,
            by_hand=self.unit_price is not None,
            product=product,
            pointer=pointer,
            parent=parent,
            start_date=self.start_date,
            end_date=self.end_date,
            tax_included=self.tax_included,
        )

    def _price(self, draft: EditDraft, pointer: str) -> int | None:
        """Returns minor units; None where the price is refused or not known. In an exchange it is not refused here: it
        may be that of the units that go."""
        if self.unit_price is None:
            listed = draft.list_price(self.sku)
            if listed is None and draft.kind != "exchange":
                draft.refuse_unpriced(self.sku, f"{pointer}/sku")
            return listed
        given = f"{pointer}/unit_price"
        allowed = draft.rights.allowed(f"{self.op}.unit_price", None, given)
        if not allowed or not draft.same_currency(self.unit_price, given):
            return None
        draft.check_price(self.sku, self.unit_price.amount, draft.list_price(self.sku))
        return self.unit_price.amount
