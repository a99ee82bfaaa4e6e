"""Sales channels: each reader turns the bytes a channel sends into one `NewOrder`, or refuses them in plain words.

A reader is pure. It takes the channel's own shape and the channel's own amounts, and checks that they add up; whether
the order may come in at all (duplicates, stock, policy) is decided further in.
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
    """The order in `raw`, the body exactly as the channel sent it.

    Raises:
        Refusal: `unknown-channel`, or whatever the channel's reader finds wrong.
    """
    reader = READERS.get(channel)
    if reader is None:
        raise Refusal("unknown-channel", f"There is no channel '{channel[:40]}'; known are {', '.join(READERS)}.")
    return reader(raw)
