"""Put committed events on the bus: as the stream brings them, and by sweeping for those that it lost."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from shared.domain.change.events import Event
from shared.ports.bus import Bus
from shared.ports.stores import Orders
from shared.ports.system import Clock
from shared.usecases.core.trouble import describe_error

logger = logging.getLogger(__name__)

STREAM_GRACE = timedelta(minutes=2)
"""The stream may take so long before the sweeper publishes instead; publishing twice is safe (same ids)."""
BATCH = 100
"""Writes that are read at once; their events fill whole calls of the bus."""
ENOUGH = timedelta(seconds=25)
"""Half of the sweep's time: thousands of writes, and the other jobs still have their turn."""

Write = Sequence[Event]


def publish_events(bus: Bus, orders: Orders, events: Sequence[Event]) -> None:
    """Publish the events of one write, then mark them: a crash between the two publishes them again.

    Raises:
        PublishFailed: some are not on the bus; nothing is marked.
    """
    bus.publish(events)
    orders.mark_published(events)


def publish_forgotten(bus: Bus, orders: Orders, clock: Clock) -> int:
    """Publish what should have been published by now, batch after batch, until nothing waits or the time is up; return
    how many writes had events waiting.

    Raises:
        ExceptionGroup: what could not be published, once everything else is on the bus. The log names it.
    """
    began = clock.now()
    count, failed = 0, dict[str, Exception]()
    while batch := _unpublished(orders, began - STREAM_GRACE, failed):
        failed |= _publish_all(bus, orders, batch)
        count += len(batch)
        if clock.now() - began >= ENOUGH:
            break
    if failed:
        raise ExceptionGroup(f"{len(failed)} of {count} writes are not published", list(failed.values()))
    return count


def _unpublished(orders: Orders, older_than: datetime, failed: Mapping[str, Exception]) -> list[Write]:
    """Return a batch of writes that have not failed just now."""
    found = orders.unpublished(older_than, BATCH + len(failed))
    return [events for events in found if events[0].id not in failed]


def _publish_all(bus: Bus, orders: Orders, batch: Sequence[Write]) -> dict[str, Exception]:
    """Publish the writes' events together, in whole calls; if that fails, one write after another, so that one's events
    keep no other's from the bus. Return what failed, by the first event."""
    try:
        bus.publish([event for events in batch for event in events])
    except Exception:  # noqa: BLE001 (whose events they were shows one by one; those that are on the bus come twice)
        return _each(batch, lambda events: publish_events(bus, orders, events))
    return _each(batch, orders.mark_published)


def _each(batch: Sequence[Write], work: Callable[[Write], None]) -> dict[str, Exception]:
    failed: dict[str, Exception] = {}
    for events in batch:
        try:
            work(events)
        except Exception as error:  # noqa: BLE001 (one write keeps no other from its turn)
            first = events[0]
            logger.error(
                "not published: events from %d of %s: %s", first.sequence, first.order_id, describe_error(error)
            )
            failed[first.id] = error
    return failed
