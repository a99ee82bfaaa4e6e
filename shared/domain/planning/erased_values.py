"""Refuses a change of an erased order that needs the values which the erasure took out."""

from shared.domain.order.order import Order
from shared.domain.order.states import NOTHING_TO_DELIVER, order_status


def needs_what_is_erased(before: Order, after: Order) -> bool:
    """Returns True if a change of an erased order asks for a delivery, or brings an address back."""
    if before.erased_at is None:
        return False
    return order_status(after) not in NOTHING_TO_DELIVER or before.shipping_address != after.shipping_address
