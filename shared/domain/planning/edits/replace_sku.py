"""Defines the edit `replace_sku`: another product on a line."""

from dataclasses import dataclass
from typing import Literal

from shared.domain.order.line import Line
from shared.domain.order.product import Product
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import LinesEdit
from shared.domain.planning.known_lines import KnownLines
from shared.domain.planning.line_draft import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceSku(LinesEdit):
    """Puts another product on a line, or on every line of a `sku`, at the other product's list price."""

    line_id: str | None = None
    sku: str | None = None
    with_sku: str
    op: Literal["replace_sku"] = "replace_sku"

    def apply(self, draft: EditDraft, pointer: str) -> None:
        product = draft.catalogue.products.get(self.with_sku)
        price = draft.list_price(self.with_sku)
        where = f"{pointer}/with_sku"
        if product is None or price is None:
            draft.refuse_unpriced(self.with_sku, where)
            return
        if not draft.rights.in_flight(self.with_sku, where):
            return
        for line_id in draft.matching(self.line_id, self.sku, pointer):
            line = draft.line(line_id, self.op, pointer)
            if line is not None:
                _replace(draft, line, product, price, pointer)

    def affected_skus(self, known: KnownLines) -> set[str]:
        # named in full: a dataclass with slots is made anew, so a bare super() would look for the old one
        return {self.with_sku} | LinesEdit.affected_skus(self, known)

    @staticmethod
    def turns(line: Line, into: Line) -> bool:
        return into.sku != line.sku


def _replace(draft: EditDraft, line: Line, product: Product, price: int, pointer: str) -> None:
    if draft.order.progress_of(line).out:
        draft.refuse("sku-shipped", f"Units of line {line.line_id} have shipped as {line.sku}.", pointer)
    elif line.charges:
        words = f"Line {line.line_id} has charges of its own; cancel it and add another line."
        draft.refuse("sku-has-charges", words, pointer)
    else:
        draft.wish(line, pointer, Wish(product=product, unit_price=price))
