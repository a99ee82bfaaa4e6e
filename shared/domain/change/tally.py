"""Counts the refunds of a day, of a customer and of whoever asks for them, in the write that first asks for them.

So two at once count as two, and a change that waits counts as much as one that is committed. What was counted stays:
a change that is withdrawn was asked for all the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.change.change import Actor, Change, asker_of
from shared.domain.order.counted import NOTHING_COUNTED, Counted
from shared.domain.order.order import Order
from shared.domain.planning.plan import Planned
from shared.domain.planning.sums import Sums

KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One more under `key`, and `amount` minor units, on condition that the count still is `seen`, the number that the
    plan was judged by. The row expires at `until`."""

    key: str
    seen: int
    until: datetime
    amount: int = 0
    currency: str = ""


def refunds_key(order: Order, now: datetime) -> str:
    """Returns the key under which the refunds of the order's customer are counted on this day (UTC)."""
    return f"refunds/{order.customer.customer_id}/{now:%Y-%m-%d}"


def asker_key(asker: str, now: datetime) -> str:
    """Returns the key under which the refunds that one of the staff asks for are counted on this day (UTC)."""
    return f"refunds-by/{asker}/{now:%Y-%m-%d}"


def units_key(customer_id: str) -> str:
    """Returns the key under which the units are counted that a customer's waiting changes hold."""
    return f"held/{customer_id}"


def tally_keys(order: Order, askers: Iterable[str | None], now: datetime) -> tuple[str, ...]:
    """Returns the keys that a change asked for by one of these staff is judged by; None stands for a customer."""
    of_staff = (asker_key(asker, now) for asker in dict.fromkeys(askers) if asker)
    return (units_key(order.customer.customer_id), refunds_key(order, now), *of_staff)


def units_waiting(order: Order, counted: Mapping[str, Counted], own: int) -> int:
    """Returns the units that the customer's other changes hold while they wait; `own` are those of this one."""
    found = counted.get(units_key(order.customer.customer_id), NOTHING_COUNTED)
    return max(0, found.count - own)


def sums_before(order: Order, actor: Actor, counted: Mapping[str, Counted], now: datetime) -> Sums:
    """Returns what was asked for before a change of `actor`: on the order itself, and as it is `counted` by key."""
    customer, asker = counted.get(refunds_key(order, now), NOTHING_COUNTED), asker_of(actor)
    agent = counted.get(asker_key(asker, now), NOTHING_COUNTED) if asker else NOTHING_COUNTED
    return Sums(
        order=sum(payment.refunded + payment.refunding for payment in order.payments),
        customer=customer.amount(order.currency),
        agent=agent.amount(order.currency),
        refunds_today=customer.count,
        asked_today=agent.count,
    )


def counted_once(order: Order, change: Change, planned: Planned, now: datetime) -> tuple[Change, tuple[Tally, ...]]:
    """Returns the change with the sums that it was judged by, and the tallies of its refunds: none where it has none,
    or they were counted when it was first asked for."""
    if change.counted is not None or not planned.plan.refunds:
        return change, ()
    sums, asker = planned.sums, asker_of(change.requested_by)
    seen = {refunds_key(order, now): planned.refunds_today}
    seen |= {asker_key(asker, now): sums.asked_today} if asker else {}
    amount = sum(refund.amount for refund in planned.plan.refunds)
    tallies = tuple(
        Tally(key=key, seen=count, until=now + KEPT, amount=amount, currency=order.currency)
        for key, count in seen.items()
    )
    return replace(change, counted=sums, refunds_today=planned.refunds_today), tallies
