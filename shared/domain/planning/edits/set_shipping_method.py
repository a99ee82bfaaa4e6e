"""Defines the edit `set_shipping_method`: another way for the goods to be sent."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from shared.domain.money.given import Money
from shared.domain.order.goodwill import keeping_shipping_goodwill
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import OrderEdit
from shared.domain.planning.known_lines import KnownLines
from shared.domain.planning.shipping import nothing_shipped, policy_price, priced


@dataclass(frozen=True, slots=True, kw_only=True)
class SetShippingMethod(OrderEdit):
    """Sets another shipping method, at policy's price for it unless one is given."""

    method: str
    price: Money | None = None
    op: Literal["set_shipping_method"] = "set_shipping_method"
    parts: ClassVar[tuple[str, ...]] = ("price",)

    def apply(self, draft: EditDraft, pointer: str) -> None:
        order = draft.order
        if not draft.rights.allowed(self.op, None, pointer):
            return
        if not any(line.quantity for line in order.lines):
            draft.refuse("already-cancelled", "Nothing of this order is left to be shipped.", pointer)
            return
        price = self._price(draft, pointer) if nothing_shipped(draft, pointer) else None
        if price is None:
            return
        if draft.shipping is not None:
            draft.refuse("conflicting-edits", "Another edit sets the shipping too.", pointer)
            return
        draft.shipping = keeping_shipping_goodwill(
            order.shipping, lambda bare: priced(replace(bare, method=self.method), price)
        )

    def affected_skus(self, known: KnownLines) -> set[str]:
        return set()

    def _price(self, draft: EditDraft, pointer: str) -> int | None:
        """Returns minor units; None where the price is refused or not known."""
        if self.price is None:
            return policy_price(draft, self.method, f"{pointer}/method")
        given = f"{pointer}/price"
        if not draft.rights.allowed(f"{self.op}.price", None, given) or not draft.same_currency(self.price, given):
            return None
        return self.price.amount
