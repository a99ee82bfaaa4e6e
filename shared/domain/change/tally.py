"""Counts a customer's refunds of a day, in the same write as the refund, so that two at once count as two."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.order.order import Order

KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One more under `key`, on condition that the count still is `seen`, the number that the plan was judged by. The
    row expires at `until`."""

    key: str
    seen: int
    until: datetime


def refunds_key(order: Order, now: datetime) -> str:
    """Returns the key under which the refunds of the order's customer are counted on this day (UTC)."""
    return f"refunds/{order.customer.customer_id}/{now:%Y-%m-%d}"


def refund_counted(order: Order, seen: int, now: datetime) -> Tally:
    return Tally(key=refunds_key(order, now), seen=seen, until=now + KEPT)
