"""Values without what says who somebody is and where they live; and changes that would need what is gone."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from shared.domain.order.order import Order
from shared.domain.order.party import Address
from shared.domain.order.states import NOTHING_TO_DELIVER, order_status

PERSONAL = "personal"
"""In the metadata of an edit's field: an erasure takes its value out."""


def erased_address(address: Address | None) -> Address | None:
    """Of an address the country stays, and the region where it sets a tax: they say where tax was due."""
    if address is None:
        return None
    taxed_by_region = address.jurisdiction != address.country
    return Address(country=address.country, region=address.region if taxed_by_region else None)


def erased_value(value: Any) -> Any:
    """A personal value of an edit, erased: addresses keep where tax was due, also inside a value; texts go."""
    if isinstance(value, Address):
        return erased_address(value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: erased_value(getattr(value, each.name)) for each in fields(value)})
    return "" if isinstance(value, str) else None


def needs_what_is_erased(before: Order, after: Order) -> bool:
    """Whether a change of an erased order asks for a delivery, or brings an address back."""
    if before.erased_at is None:
        return False
    return order_status(after) not in NOTHING_TO_DELIVER or before.shipping_address != after.shipping_address
