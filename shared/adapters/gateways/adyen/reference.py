"""What travels to Adyen and back with a refund: one reference of at most 80 characters, for there is no metadata."""

import re

from shared.ports.gateways import RefundOrder

_PREFIXES = ("ord", "chg", "ref")
_OURS = re.compile(r"(\w+)\.(\w+)\.(\w+)")


def reference_of(order: RefundOrder) -> str:
    """The ids of order, change and refund, without the prefixes that they always have: 74 characters."""
    ids = (order.order_id, order.change_id, order.key)
    return ".".join(id_.removeprefix(f"{prefix}_") for prefix, id_ in zip(_PREFIXES, ids, strict=True))


def ids_of(reference: str) -> tuple[str, str, str] | None:
    """order_id, change_id and key; None for a reference that is not ours."""
    found = _OURS.fullmatch(reference)
    if found is None:
        return None
    order_id, change_id, key = (f"{prefix}_{id_}" for prefix, id_ in zip(_PREFIXES, found.groups(), strict=True))
    return order_id, change_id, key
