"""Limits the size of a shop's order, so that it can be stored and sent in events; a refusal points at the excess.

The numbers are those of our own shape, except where a shop's own are known to be larger.
"""

from shared.domain.intake.new_order import NewOrder
from shared.domain.refusal import Refusal

MAX_TEXT = 300
"""Characters of a text."""
MAX_TITLE = 600
"""Twice a text: Shopify's name of a line is a product's title and a variant's, of up to 255 characters each."""
MAX_SKU = 100
MAX_ID = 80
"""Characters of a shop's id: with `woocommerce:guest:` before it, it is no longer than the 100 of our own."""
MAX_EMAIL = 254
"""Characters of an address that mail can be sent to (RFC 5321 §4.5.3.1.3, without the brackets)."""
MAX_OBJECTS = 2_000
"""Objects in one list: an order in our own shape has as many lines."""
MAX_PARTS = 50
"""Taxes or discounts of one line, taxes, coupons or fees of one order."""
MAX_ALL_PARTS = 10_000
"""Taxes, discounts and deductions of all lines together. A shop may name one once for all its lines, and our reply,
which Lambda lets have 6 MB, repeats it on each."""
MAX_PAYMENTS = 50


def bounded(order: NewOrder, pointer: str) -> NewOrder:
    """Returns the same order, if its lines fit into one reply.

    Raises:
        Refusal: `too-many`, pointing at the payload's lines.
    """
    deductions = sum(fee.total < 0 for fee in order.fees)
    if sum(len(line.taxes) + len(line.discounts) + deductions for line in order.lines) > MAX_ALL_PARTS:
        words = f"The lines of an order have {MAX_ALL_PARTS:,} taxes and discounts at most."
        raise Refusal("too-many", words, pointer=pointer)
    return order
