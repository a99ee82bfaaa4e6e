"""From the stream to the bus and the workflows: in order, stopping at what fails, safe to repeat."""

from types import SimpleNamespace
from typing import Any

from functions.publish.handler import handler as publish
from functions.workflow_starter.handler import handler as steer
from shared.ports.bus import PublishFailed
from tests.fakes import World
from tests.unit.functions.stories import DEARER, FEWER, a_paid_order, accepted, stream_of

CONTEXT: Any = SimpleNamespace()


def test_every_event_of_a_write_is_published_and_the_write_marked(world: World) -> None:
    accepted(world, a_paid_order(world), FEWER)
    writes = list(world.memory.outbox)
    assert publish(stream_of(*writes), CONTEXT) == {"batchItemFailures": []}
    assert world.bus.published == world.memory.events
    assert not world.memory.outbox


def test_a_bus_that_fails_stops_the_batch_where_it_failed(world: World) -> None:
    accepted(world, a_paid_order(world), FEWER)
    world.bus.broken = PublishFailed()
    writes = list(world.memory.outbox)
    assert publish(stream_of(*writes), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "100"}]}
    assert len(world.memory.outbox) == len(writes)


def test_a_row_that_cannot_be_read_is_reported_not_lost(world: World) -> None:
    stream = stream_of(())
    stream["Records"][0]["dynamodb"]["NewImage"] = {}
    assert publish(stream, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "100"}]}


def test_a_wanted_approval_starts_its_execution_once(world: World) -> None:
    change = accepted(world, a_paid_order(world), DEARER)
    writes = list(world.memory.outbox)
    for _ in range(2):
        assert steer(stream_of(*writes), CONTEXT) == {"batchItemFailures": []}
    assert list(world.workflows.started) == [f"{change.change_id}-1"]


def test_a_requested_refund_starts_its_execution(world: World) -> None:
    change = accepted(world, a_paid_order(world), FEWER)
    steer(stream_of(*world.memory.outbox), CONTEXT)
    assert list(world.workflows.started) == [change.refunds[0].refund_id]
