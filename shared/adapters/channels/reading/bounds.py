"""Limits the single fields of a shop's order, so that they can be stored and sent in events; a refusal points at the
excess. How much an order holds in all is limited where it is made (`shared/domain/order/bounds.py`).

The numbers are those of our own shape, except where a shop's own are known to be larger.
"""

from shared.domain.order.bounds import MAX_LINES

MAX_TEXT = 300
"""Characters of a text."""
MAX_TITLE = 600
"""Twice a text: Shopify's name of a line is a product's title and a variant's, of up to 255 characters each."""
MAX_SKU = 100
MAX_ID = 80
"""Characters of a shop's id: with `woocommerce:guest:` before it, it is no longer than the 100 of our own."""
MAX_OBJECTS = MAX_LINES
"""Objects in one list: an order in our own shape has as many lines."""
MAX_PARTS = 50
"""Taxes or discounts of one line, taxes, coupons or fees of one order."""
MAX_PAYMENTS = 50
