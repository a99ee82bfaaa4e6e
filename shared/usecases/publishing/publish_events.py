"""Put committed events on the bus: as the stream brings them, and by sweeping for those that it lost."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from shared.domain.change.events import Event
from shared.ports.bus import Bus
from shared.ports.stores import Orders
from shared.ports.system import Clock
from shared.usecases.core.trouble import describe_error

logger = logging.getLogger(__name__)

STREAM_GRACE = timedelta(minutes=2)
"""The stream may take so long before the sweeper publishes instead; publishing twice is safe (same ids)."""
BATCH = 100


def publish_events(bus: Bus, orders: Orders, events: Sequence[Event]) -> None:
    """Publish the events of one write, then mark them: a crash between the two publishes them again.

    Raises:
        PublishFailed: some are not on the bus; nothing is marked.
    """
    bus.publish(events)
    orders.mark_published(events)


def publish_forgotten(bus: Bus, orders: Orders, clock: Clock) -> int:
    """Publish what should have been published by now; returns how many writes had events waiting.

    Raises:
        ExceptionGroup: what could not be published, once everything else is on the bus. The log names it.
    """
    batches = orders.unpublished(clock.now() - STREAM_GRACE, BATCH)
    troubles: list[Exception] = []
    for events in batches:
        try:
            publish_events(bus, orders, events)
        except Exception as error:  # noqa: BLE001 (one write's events keep no other's from the bus)
            first = events[0]
            logger.error(
                "not published: events from %d of %s: %s", first.sequence, first.order_id, describe_error(error)
            )
            troubles.append(error)
    if troubles:
        raise ExceptionGroup(f"{len(troubles)} of {len(batches)} writes are not published", troubles)
    return len(batches)
