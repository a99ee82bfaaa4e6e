"""Reads orders from sales channels: each reader turns the bytes of a channel into one `NewOrder`, or refuses them.

A reader is pure. It takes the channel's own shape and amounts and checks that they add up. Duplicates, stock and policy
are checked later.
"""

from collections.abc import Callable, Mapping

from shared.adapters.channels.shopify import order as shopify
from shared.adapters.channels.woocommerce import order as woocommerce
from shared.domain.intake.new_order import NewOrder
from shared.domain.refusal import Refusal

Reader = Callable[[bytes], NewOrder]

READERS: Mapping[str, Reader] = {
    "shopify": shopify.read,
    "woocommerce": woocommerce.read,
}
"""Channel name → its reader. A channel is added by its line here."""


def read(channel: str, raw: bytes) -> NewOrder:
    """Returns the order in `raw`, the body exactly as the channel sent it.

    Raises:
        Refusal: `unknown-channel`, or the mistake that the channel's reader finds.
    """
    reader = READERS.get(channel)
    if reader is None:
        raise Refusal("unknown-channel", f"There is no channel '{channel[:40]}'; known are {', '.join(READERS)}.")
    return reader(raw)
