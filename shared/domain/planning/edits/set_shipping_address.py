"""Defines the edit `set_shipping_address`: another address for the goods."""

from dataclasses import dataclass
from typing import Literal

from shared.domain.order.party import Address
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import OrderEdit
from shared.domain.planning.known_lines import KnownLines


@dataclass(frozen=True, slots=True, kw_only=True)
class SetShippingAddress(OrderEdit):
    address: Address
    op: Literal["set_shipping_address"] = "set_shipping_address"

    def apply(self, draft: EditDraft, pointer: str) -> None:
        if not draft.rights.allowed(self.op, None, pointer):
            return
        if any(draft.order.progress_of(line).packed for line in draft.order.lines):
            words = "Goods are packed for the old address; ask logistics to re-route the parcel instead."
            draft.refuse("address-after-packing", words, f"{pointer}/address")
        elif draft.address is not None:
            draft.refuse("conflicting-edits", "Another edit sets the address too.", pointer)
        else:
            draft.address = self.address

    def affected_skus(self, known: KnownLines) -> set[str]:
        """Returns the SKUs of every line, where the address may move the order's taxes."""
        address = known.order.shipping_address
        moves = address is None or self.address.jurisdiction != address.jurisdiction
        return known.skus if moves else set()
