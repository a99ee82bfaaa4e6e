"""Packs our ids into the reference that Adyen returns with a refund: at most 80 characters, as there is no metadata."""

import re

from shared.ports.gateways import RefundOrder

_PREFIXES = ("ord", "chg", "ref")
_OURS = re.compile(r"(\w+)\.(\w+)\.(\w+)")


def reference_of(order: RefundOrder) -> str:
    """Returns the ids of order, change and refund without their constant prefixes: 74 characters."""
    ids = (order.order_id, order.change_id, order.key)
    return ".".join(id_.removeprefix(f"{prefix}_") for prefix, id_ in zip(_PREFIXES, ids, strict=True))


def ids_of(reference: str) -> tuple[str, str, str] | None:
    """Returns order_id, change_id and key; None for a reference that is not ours."""
    found = _OURS.fullmatch(reference)
    if found is None:
        return None
    order_id, change_id, key = (f"{prefix}_{id_}" for prefix, id_ in zip(_PREFIXES, found.groups(), strict=True))
    return order_id, change_id, key
