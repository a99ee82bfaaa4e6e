"""Defines the edit `set_unit_price`: another price for each unit of a line."""

from dataclasses import dataclass
from typing import Literal

from shared.domain.money.given import Money
from shared.domain.order.line import Line
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import LineEdit
from shared.domain.planning.line_draft import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUnitPrice(LineEdit):
    line_id: str
    unit_price: Money
    op: Literal["set_unit_price"] = "set_unit_price"

    def apply(self, draft: EditDraft, pointer: str) -> None:
        line = draft.line(self.line_id, self.op, pointer)
        if line is not None and draft.same_currency(self.unit_price, f"{pointer}/unit_price"):
            draft.wish(line, pointer, Wish(unit_price=self.unit_price.amount))
            draft.check_price(line, self.unit_price.amount)

    @staticmethod
    def turns(line: Line, into: Line) -> bool:
        """Returns False for a line of another SKU: `replace_sku` accounts for its price."""
        return into.sku == line.sku and into.unit_price != line.unit_price
