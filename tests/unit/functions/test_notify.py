"""A department's consumer: once per event, in any order, and its word is given once."""

from types import SimpleNamespace
from typing import Any

import pytest

from functions.notify.handler import handler as notify
from shared.domain.change.change import Change
from shared.domain.change.events import Event
from shared.usecases.fulfilling.acknowledge_change import Acknowledge, acknowledge_change
from tests.fakes import World
from tests.fakes.builders import SERVICE
from tests.unit.functions.conftest import Deliveries
from tests.unit.functions.stories import FEWER, a_paid_order, accepted, queue_of

CONTEXT: Any = SimpleNamespace()


@pytest.fixture(autouse=True)
def _warehouse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPARTMENT", "warehouse")


@pytest.fixture
def change(world: World) -> Change:
    return accepted(world, a_paid_order(world), FEWER)


def amended(world: World) -> Event:
    return world.events("OrderAmended")[0]


def words(world: World, change: Change) -> list[str]:
    return [str(entry.department) for entry in world.memory.changes[change.change_id].timeline if entry.department]


def test_an_amendment_is_acknowledged_by_the_department_it_concerns(
    world: World, change: Change, deliveries: Deliveries
) -> None:
    assert notify(queue_of(amended(world)), CONTEXT) == {"batchItemFailures": []}
    assert words(world, change) == ["warehouse"]
    assert list(deliveries.kept) == [("warehouse", amended(world).id)]


def test_a_repeated_delivery_changes_nothing(world: World, change: Change) -> None:
    for _ in range(2):
        notify(queue_of(amended(world), amended(world)), CONTEXT)
    assert words(world, change) == ["warehouse"]


def test_a_crash_before_the_delivery_was_kept_repeats_safely(
    world: World, change: Change, deliveries: Deliveries
) -> None:
    notify(queue_of(amended(world)), CONTEXT)
    deliveries.kept.clear()
    assert notify(queue_of(amended(world)), CONTEXT) == {"batchItemFailures": []}
    assert words(world, change) == ["warehouse"]


def test_a_replay_from_the_archive_changes_nothing_long_after_the_request_is_forgotten(
    world: World, change: Change
) -> None:
    notify(queue_of(amended(world)), CONTEXT)
    world.memory.requests.clear()
    notify(queue_of(amended(world)), CONTEXT)
    assert words(world, change) == ["warehouse"]


def test_events_in_any_order_are_all_kept(world: World, change: Change, deliveries: Deliveries) -> None:
    events = list(reversed(world.memory.events))
    assert notify(queue_of(*events), CONTEXT) == {"batchItemFailures": []}
    assert {event_id for _, event_id in deliveries.kept} == {event.id for event in events}


def test_one_message_that_fails_does_not_hold_up_the_others(world: World, change: Change) -> None:
    queue = queue_of(amended(world), amended(world))
    queue["Records"][0]["body"] = "not json"
    assert notify(queue, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert words(world, change) == ["warehouse"]


def test_a_department_that_is_not_concerned_says_nothing(
    world: World, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPARTMENT", "logistics")
    assert notify(queue_of(*world.memory.events), CONTEXT) == {"batchItemFailures": []}
    assert words(world, change) == []


def test_an_event_that_comes_again_does_not_overrule_what_was_said_since(world: World, change: Change) -> None:
    notify(queue_of(amended(world)), CONTEXT)
    said = Acknowledge(change_id=change.change_id, department="warehouse", outcome="failed", note="it broke")
    acknowledge_change(world.services, world.request(SERVICE), said)
    world.memory.requests.clear()
    notify(queue_of(amended(world)), CONTEXT)
    assert world.memory.changes[change.change_id].acknowledgements["warehouse"].outcome == "failed"
