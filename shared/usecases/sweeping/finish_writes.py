"""Finish large writes whose stock was left between two batches."""

from datetime import timedelta

from shared.ports.stores import Orders
from shared.ports.system import Clock

GRACE = timedelta(minutes=2)
"""No function runs so long: a write that is older was left by a crash."""
BATCH = 25


def finish_writes(orders: Orders, clock: Clock) -> int:
    """Settle writes that were committed, give back those that were not; return how many. Running it twice at once is
    safe.

    Raises:
        ExceptionGroup: what could not be finished, once everything else is. The log names it.
    """
    return orders.finish_staged(clock.now() - GRACE, BATCH)
