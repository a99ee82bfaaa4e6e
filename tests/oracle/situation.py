"""Tells what a change is judged by."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Situation:
    """What a change is judged by: its day, its reason, and the list prices of products."""

    today: date
    reason: str = "customer_request"
    prices: dict[str, int] = field(default_factory=dict)
