"""Routes each kind of change to the departments that it concerns.

The routing rules of the event bus say the same in the template; a test holds them against this table.
"""

from collections.abc import Iterable
from typing import Literal

Department = Literal["warehouse", "billing", "logistics"]
Changed = Literal["quantity", "price", "dates", "address", "shipping", "shipment", "payment", "hold"]

DEPARTMENTS: tuple[Department, ...] = ("warehouse", "billing", "logistics")

ROUTING: dict[Changed, tuple[Department, ...]] = {
    "quantity": ("warehouse", "billing"),
    "price": ("billing",),
    "dates": ("billing",),
    "address": ("logistics", "warehouse"),
    "shipping": ("logistics", "billing"),
    "shipment": ("logistics",),
    "payment": ("billing",),
    "hold": ("warehouse", "logistics"),
}


def concerned(changed: Iterable[Changed]) -> tuple[Department, ...]:
    """Returns the departments that must hear of a change and acknowledge it, in a fixed order."""
    hearing = {department for kind in changed for department in ROUTING[kind]}
    return tuple(department for department in DEPARTMENTS if department in hearing)
