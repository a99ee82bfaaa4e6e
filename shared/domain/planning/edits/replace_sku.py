"""Defines the edit `replace_sku`: another product on a line."""

from dataclasses import dataclass
from typing import Literal

from shared.domain.order.charges import is_recurring, is_timed
from shared.domain.order.line import Line
from shared.domain.order.line_price import Charge
from shared.domain.order.product import Product
from shared.domain.planning.cancellation import ended, running
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import LinesEdit
from shared.domain.planning.known_lines import KnownLines
from shared.domain.planning.line_draft import Wish
from shared.domain.planning.line_taxes import is_other_category


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceSku(LinesEdit):
    """Puts another product on a line, or on every line of a `sku`, at the other product's list price and charges.

    A subscription that runs becomes the other product from today on: what it has used stays paid at its old price.
    """

    line_id: str | None = None
    sku: str | None = None
    with_sku: str
    op: Literal["replace_sku"] = "replace_sku"

    def apply(self, draft: EditDraft, pointer: str) -> None:
        product = draft.catalogue.products.get(self.with_sku)
        charges = product.charges_in(draft.order.currency) if product else None
        price = draft.list_price(self.with_sku)
        where = f"{pointer}/with_sku"
        if product is None or charges is None or (price is None and not charges):
            draft.refuse_unpriced(self.with_sku, where)
            return
        if not draft.rights.in_flight(self.with_sku, where):
            return
        for line_id in draft.matching(self.line_id, self.sku, pointer):
            line = draft.line(line_id, self.op, pointer)
            if line is not None and _may_become(draft, line, product, charges, pointer):
                draft.wish(line, pointer, Wish(product=product, unit_price=price or 0))

    def affected_skus(self, known: KnownLines) -> set[str]:
        # named in full: a dataclass with slots is made anew, so a bare super() would look for the old one
        return {self.with_sku} | LinesEdit.affected_skus(self, known)

    @staticmethod
    def turns(line: Line, into: Line) -> bool:
        return into.sku != line.sku


def _may_become(draft: EditDraft, line: Line, product: Product, charges: tuple[Charge, ...], pointer: str) -> bool:
    """Returns True if the line may become this product; otherwise keeps a refusal."""
    if draft.order.progress_of(line).out:
        draft.refuse("sku-shipped", f"Units of line {line.line_id} have shipped as {line.sku}.", pointer)
    elif line.charges and not charges:
        words = f"Line {line.line_id} has charges, and {product.sku} has none; cancel it and add another line."
        draft.refuse("sku-has-charges", words, pointer)
    elif is_recurring(charges) and not (line.start_date and line.end_date):
        words = f"{product.sku} is sold by the period, and line {line.line_id} has no dates; add a line that has."
        draft.refuse("missing-dates", words, pointer)
    elif ended(draft, line):
        draft.refuse("subscription-ended", f"This subscription has ended on {line.end_date}.", pointer)
    else:
        return _used_part_stays(draft, line, product, charges, pointer)
    return False


def _used_part_stays(draft: EditDraft, line: Line, product: Product, charges: tuple[Charge, ...], pointer: str) -> bool:
    """Returns True if it is known what a line that has begun has used, and how that is taxed."""
    begun = line.start_date is not None and draft.today is not None and line.start_date < draft.today
    if begun and charges and not is_timed(line.charges):
        words = f"Line {line.line_id} has no charge by the period, so what of it is used is not known."
        draft.refuse("charges-unknown", words, pointer)
        return False
    if running(draft, line) and is_other_category(draft, line.sku, product):
        words = f"{product.sku} is taxed otherwise than what line {line.line_id} has used; cancel it and add a line."
        draft.refuse("sku-taxed-otherwise", words, pointer)
        return False
    return True
