"""A backlog of events, after a bus that was down: the sweep publishes thousands in its time, and one keeps no other."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.change.events import Event
from shared.ports.bus import PublishFailed
from shared.usecases.publishing.publish_events import BATCH, ENOUGH, STREAM_GRACE, publish_forgotten
from tests.fakes import World, a_world
from tests.unit.functions.stories import a_paid_order


class Slow:
    """A bus on which every call of ten events takes so long, and some orders' events fail."""

    def __init__(self, world: World, seconds: float = 0.02, poison: str = "") -> None:
        self.world, self.seconds, self.poison = world, seconds, poison
        self.published: list[Event] = []

    def publish(self, events: Sequence[Event]) -> None:
        if any(event.order_id == self.poison for event in events):
            raise PublishFailed("1 of 10")
        self.published += events
        self.world.clock.passes(seconds=self.seconds * -(-len(events) // 10))


@pytest.fixture
def world() -> World:
    return a_world()


def a_backlog(world: World, writes: int) -> None:
    a_paid_order(world)
    (event, *_), *_ = world.memory.outbox
    made = [replace(event, id=f"evt-{number}", order_id=f"ord-{number}") for number in range(writes)]
    world.memory.outbox[:] = [(each,) for each in made]
    world.clock.passes(seconds=(STREAM_GRACE + timedelta(seconds=1)).total_seconds())


def test_a_backlog_of_thousands_is_published_in_one_sweep_in_whole_calls(world: World) -> None:
    a_backlog(world, 4_000)
    bus = Slow(world)
    assert publish_forgotten(bus, world.services.orders, world.clock) == 4_000
    assert len(bus.published) == 4_000
    assert not world.memory.outbox


def test_one_write_that_fails_keeps_no_other_waiting_and_is_not_tried_for_ever(world: World) -> None:
    a_backlog(world, BATCH * 3)
    with pytest.raises(ExceptionGroup, match=f"1 of {BATCH * 3}"):
        publish_forgotten(Slow(world, poison="ord-7"), world.services.orders, world.clock)
    assert [events[0].order_id for events in world.memory.outbox] == ["ord-7"]


def test_the_other_jobs_of_the_sweep_have_their_turn(world: World) -> None:
    """A bus that answers slowly does not take the sweep's whole time."""
    a_backlog(world, BATCH * 20)
    began = world.clock.now()
    done = publish_forgotten(Slow(world, seconds=1), world.services.orders, world.clock)
    assert BATCH <= done < BATCH * 20
    assert world.clock.now() - began < ENOUGH + timedelta(seconds=BATCH / 10 + 1)
