"""Defines the edit `set_shipping_method`: another way for the goods to be sent."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from shared.domain.money.given import Money
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import OrderEdit
from shared.domain.planning.known_lines import KnownLines
from shared.domain.planning.line_draft import ShippingWish
from shared.domain.planning.shipping import method_known, nothing_shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class SetShippingMethod(OrderEdit):
    """Sets another shipping method, at policy's price for it unless one is given."""

    method: str
    price: Money | None = None
    op: Literal["set_shipping_method"] = "set_shipping_method"
    parts: ClassVar[tuple[str, ...]] = ("price",)

    def apply(self, draft: EditDraft, pointer: str) -> None:
        if not draft.rights.allowed(self.op, None, pointer):
            return
        if not any(line.quantity for line in draft.order.lines):
            draft.refuse("already-cancelled", "Nothing of this order is left to be shipped.", pointer)
            return
        if not nothing_shipped(draft, pointer) or not self._may_cost(draft, pointer):
            return
        if draft.shipping_wish is not None:
            draft.refuse("conflicting-edits", "Another edit sets the shipping too.", pointer)
            return
        price = self.price.amount if self.price else None
        draft.shipping_wish = ShippingWish(method=self.method, price=price, pointer=pointer)

    def affected_skus(self, known: KnownLines) -> set[str]:
        return set()

    def _may_cost(self, draft: EditDraft, pointer: str) -> bool:
        """Returns False where the price is refused or not known."""
        if self.price is None:
            return method_known(draft, self.method, f"{pointer}/method")
        given = f"{pointer}/price"
        return draft.rights.allowed(f"{self.op}.price", None, given) and draft.same_currency(self.price, given)
