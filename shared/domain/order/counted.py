"""Holds what is counted under a key of its own beside the orders, such as a customer's refunds of a day."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Holds what stands under one key: how many, and how many minor units by currency."""

    count: int = 0
    amounts: Mapping[str, int]

    def amount(self, currency: str) -> int:
        """Returns the minor units counted in this currency."""
        return self.amounts.get(currency, 0)


NOTHING_COUNTED = Counted(amounts={})
