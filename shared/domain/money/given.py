"""Money as somebody gave it, before it is known whether it fits the order."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount as somebody gave it, in minor units of the currency that they named."""

    amount: int
    currency: str
