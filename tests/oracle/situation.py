"""Tells what a change is judged by."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Situation:
    """Holds the grounds on which a change is judged: its day, its reason, and the list prices of products."""

    today: date
    reason: str = "customer_request"
    prices: dict[str, int] = field(default_factory=dict)
