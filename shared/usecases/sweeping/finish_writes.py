"""Finish large writes whose stock was left between two batches."""

from datetime import timedelta

from shared.ports.stores import Orders
from shared.ports.system import Clock
from shared.usecases.core.time_left import UNLIMITED, TimeLeft

GRACE = timedelta(minutes=2)
"""No function runs so long: a write that is older was left by a crash."""
BATCH = 25


def finish_writes(orders: Orders, clock: Clock, time: TimeLeft = UNLIMITED) -> int:
    """Settle writes that were committed, give back those that were not, a batch at a time; return how many. Running it
    twice at once is safe.

    Raises:
        ExceptionGroup: what could not be finished, once everything else is. The log names it.
    """
    finished = batch = orders.finish_staged(clock.now() - GRACE, BATCH)
    while batch == BATCH and not time.is_up:
        batch = orders.finish_staged(clock.now() - GRACE, BATCH)
        finished += batch
    return finished
