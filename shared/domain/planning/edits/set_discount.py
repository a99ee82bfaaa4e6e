"""Defines the edit `set_discount`: a discount of a line's own."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from shared.domain import money
from shared.domain.order.line import Line
from shared.domain.order.line_price import DiscountType, LineDiscount
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import LineEdit
from shared.domain.planning.line_draft import Wish
from shared.domain.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDiscount(LineEdit):
    """Sets the line's own discount, instead of those it has; shares of order discounts stay.

    `value` is a decimal string: per cent, or an amount in the order's currency for the whole line.
    """

    line_id: str
    type: DiscountType
    value: str
    op: Literal["set_discount"] = "set_discount"

    def apply(self, draft: EditDraft, pointer: str) -> None:
        line = draft.line(self.line_id, self.op, pointer)
        if line is None:
            return
        where = f"{pointer}/discount/value"
        try:
            draft.wish(line, where, Wish(discount=self._discount(draft.order.currency)))
        except Refusal as refusal:
            draft.refuse(refusal.code, refusal.detail, where)

    @staticmethod
    def turns(line: Line, into: Line) -> bool:
        exactly = into.quantity == line.quantity
        return _own(into, exactly) != _own(line, exactly)

    def _discount(self, currency: str) -> LineDiscount:
        if self.type == "amount":
            return LineDiscount(type="amount", amount=money.parse(self.value, currency))
        percent = Decimal(self.value)
        if percent > 100:
            raise Refusal("discount-over-price", "A discount of more than 100 per cent exceeds the price.")
        return LineDiscount(type="percent", percent=percent, amount=0)


def _own(line: Line, exactly: bool) -> list[object]:
    """Lists the line's own discounts for comparing; without `exactly` the amounts, which move with the quantity, are
    left out."""
    own = [each for each in line.discounts if each.scope == "line"]
    return [(each.type, each.percent, each.amount if exactly else None) for each in own]
