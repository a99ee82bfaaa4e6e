"""Tells what a change is judged by."""

from dataclasses import dataclass, field
from datetime import date

from tests.oracle.book import Price


@dataclass(frozen=True)
class Situation:
    """Holds the grounds on which a change is judged: its day, its reason, the list prices of products, and the
    charges of those that run for a time."""

    today: date
    reason: str = "customer_request"
    prices: dict[str, int] = field(default_factory=dict)
    plans: dict[str, tuple[Price, ...]] = field(default_factory=dict)
